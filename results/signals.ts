/**
 * Writes what the default's formula and probabilities are fitted on: of each judged query the nearest 100 documents with their grades, cosines,
 * late interaction and logits, and how late interaction spreads on the collection, measured by the product from its documents alone.
 * usage: node results/signals.ts FOLDER [SET …]
 *
 * FOLDER keeps indexes and scores as `npm run results -- --keep FOLDER` does, and gets SET.signals.json.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCollection, readJudgments } from '../src/eval/index.ts';
import { openIndex, readDocuments } from '../src/index.ts';
import { randomFrom } from '../src/math/random.ts';
import { dot } from '../src/math/vectors.ts';
import { cascade } from '../src/rerank/wrappers/cascade.ts';
import { rankCandidates } from '../src/search/rank.ts';
import { collection } from './collections.ts';

interface SignalSet {
  /** Folder of the collection; none: the bundled films. */
  readonly from?: string;
  /** Of the index, where it is that of another set. */
  readonly index?: string;
  readonly part?: 'train' | 'dev';
  readonly judgments?: string;
  readonly fields?: readonly string[];
  /** Queries at most, drawn by a seed. */
  readonly most?: number;
  /** Candidates that the cross-encoder reads, best first by late interaction. */
  readonly read?: number;
}

const FIRST = 100;

/** Training sets first: constants are fitted on them alone. */
const sets: Readonly<Record<string, SignalSet>> = {
  'trecqa-train': { from: 'trecqa-train', most: 400, read: 40 },
  'wikiqa-train': { from: 'wikiqa-train', most: 400, read: 40 },
  'cosqa-dev': { from: 'cosqa', index: 'cosqa', part: 'dev', most: 200, read: 20 },
  'scifact-train': { from: 'scifact', index: 'scifact', part: 'train', most: 200, read: 20 },
  sample: { fields: ['title', 'overview', 'tagline'] },
  'trecqa-dev': { from: 'trecqa-dev' },
  'wikiqa-dev': { from: 'wikiqa-dev' },
  vaswani: { from: 'vaswani' },
  cisi: { from: 'cisi' },
  cranfield: { from: 'cranfield', read: 20 },
  cosqa: { from: 'cosqa', read: 20 },
  scifact: { from: 'scifact', read: 20 },
  dl19: { from: 'msmarco-dl19', judgments: 'qrels.full.tsv' },
  dl21: { from: 'msmarco-dl21', judgments: 'qrels.full.tsv', read: 40 },
};

async function writeSignals(
  keep: string,
  name: string,
  { from, index: shared, part, judgments, fields, most, read = FIRST }: SignalSet,
): Promise<void> {
  const folder = from === undefined ? join(import.meta.dirname, '..', 'samples', 'films') : (collection(from) as string);
  const at = join(keep, shared ?? name);
  const { documents, ...given } = await readCollection(folder);
  const queries = new Map(given.queries);
  if (part !== undefined)
    for await (const { document } of readDocuments(join(folder, `queries.${part}.jsonl`)))
      queries.set(`${document._id}`, `${document.text}`);
  const grades = judgments || part ? await readJudgments(join(folder, judgments ?? `qrels.${part}.tsv`)) : given.judgments;
  await using index = await openIndex(join(at, 'index'), {
    create: fields === undefined ? true : { fields },
    scoreCache: join(at, 'scores'),
  });
  // An index of before is measured with what it is given again.
  await index.add(documents.values());
  const [late, crossEncoder] = [await index.rerankerNamed(['late-interaction']), await index.rerankerNamed(['ms-marco-minilm-l-12-v2'])];
  const both = cascade([late, crossEncoder], { keep: [Number.POSITIVE_INFINITY, read] });
  const { spread } = index.manifest() ?? {};
  const random = randomFrom(20);
  const judged = [...grades.keys()].filter((id) => [...(grades.get(id)?.values() ?? [])].some((grade) => grade > 0));
  const drawn = judged
    .map((id) => ({ id, at: random.word() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, most)
    .map(({ id }) => id);
  const lists = [];
  for (const id of drawn) {
    const query = queries.get(id) as string;
    const { data } = await index.embedder().embed([query], 'query');
    const hits = await index.store.search({ vector: data, limit: FIRST, fields: ['document', 'tokens'] });
    const { stages } = await rankCandidates(both, query, hits, index.manifest()?.fields);
    const [li, logits] = stages.map(({ scores }) =>
      [...scores].map((score) => (Number.isNaN(score) ? null : Number(score.toPrecision(6)))),
    );
    const top = (li as number[])
      .map((score, place) => ({ score, place }))
      .sort((a, b) => b.score - a.score)
      .slice(0, 20);
    const vectors = top.map(({ place }) => hits[place]?.tokens?.vector as Float32Array);
    const known = grades.get(id);
    lists.push({
      id,
      words: query.split(/\s+/).length,
      grades: hits.map((hit) => known?.get(hit.id) ?? null),
      ideal: [...(known?.values() ?? [])]
        .filter((grade) => grade > 0)
        .sort((a, b) => b - a)
        .slice(0, 10),
      characters: hits.map(({ document }) => (index.manifest()?.fields ?? []).map((field) => document[field]).join(' ').length),
      cosine: hits.map(({ score }) => Number(score.toPrecision(6))),
      late: li,
      logits,
      nearTop: vectors.map((one) => vectors.map((other) => Number(dot(one, 0, other, 0, one.length).toFixed(4)))),
    });
    process.stderr.write(`${name}: ${lists.length} of ${drawn.length}\n`);
  }
  await writeFile(join(keep, `${name}.signals.json`), JSON.stringify({ name, spread, lists }));
}

const [keep, ...names] = process.argv.slice(2);
if (keep === undefined) throw new Error('usage: node results/signals.ts FOLDER [SET …]');
for (const name of names.length > 0 ? names : Object.keys(sets)) await writeSignals(keep, name, sets[name] as SignalSet);
