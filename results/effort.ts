/**
 * What each effort of the default costs and loses, over signals that were kept: the product's own cascade, with scores looked up in place of models.
 * usage: node results/effort.ts FOLDER [SET …]
 *
 * FOLDER holds the SET.signals.json of `results/signals.ts`. Prints the table and writes results/fits/effort.json. Work is what the cross-encoder
 * reads: characters up to its window and 64 beside them, as a share of what reading twenty takes.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultCascade } from '../src/assemble/default-reranker.ts';
import type { BiEncoder } from '../src/model/bi-encoder.ts';
import type { Effort } from '../src/rerank/effort.ts';
import { workIn } from '../src/rerank/pace.ts';
import type { Candidate, Reranker } from '../src/rerank/reranker.ts';
import { stageOf } from '../src/rerank/stage-of.ts';
import { cascade } from '../src/rerank/wrappers/cascade.ts';
import type { ScoreSpread } from '../src/types.ts';
import { median } from './workloads/tiers.ts';

interface SignalList {
  readonly grades: readonly (number | null)[];
  readonly ideal: readonly number[];
  readonly characters: readonly number[];
  readonly late: readonly number[];
  /** null where it was not read when the signals were made. */
  readonly logits: readonly (number | null)[];
}

const TWENTY = 20;
const efforts = ['low', 'normal', 'high', TWENTY] as const satisfies readonly Effort[];

const dcg = (grades: readonly number[]): number => grades.slice(0, 10).reduce((sum, grade, place) => sum + grade / Math.log2(place + 2), 0);

/** Scores by the candidate's place in the list, which is its id. */
const lookedUp = (name: string, scores: readonly (number | null)[]): Reranker => ({
  fingerprint: name,
  score: async (_, candidates) => ({ scores: Float32Array.from(candidates, ({ id }) => scores[Number(id)] as number) }),
});

const measure = async (
  list: SignalList,
  spread: ScoreSpread,
  effort: Effort,
): Promise<{ readonly ndcg: number; readonly work: number }> => {
  // Those alone whose logit is known, so that whatever is read has one.
  const known = [...list.logits.keys()].filter((place) => list.logits[place] !== null);
  const candidates: Candidate[] = known.map((place) => ({ id: String(place), text: ' '.repeat(list.characters[place] as number) }));
  const both = cascade([lookedUp('late', list.late), lookedUp('logits', list.logits)], defaultCascade({ workers: 2 } as BiEncoder));
  const given = await both.score('', candidates, { effort, spread });
  const order = candidates
    .map((_, i) => ({ i, stage: stageOf(given, i), score: given.scores[i] as number }))
    .sort((a, b) => b.stage - a.stage || b.score - a.score || a.i - b.i);
  const read = order.filter(({ stage }) => stage === 1);
  return {
    ndcg: dcg(order.map(({ i }) => Math.max(0, list.grades[known[i] as number] ?? 0))) / dcg(list.ideal),
    work: read.reduce((sum, { i }) => sum + workIn(candidates[i] as Candidate), 0),
  };
};

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const rounded = (value: number): number => Number(value.toFixed(4));

const [folder, ...given] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node results/effort.ts FOLDER [SET …]');
const kept = (await readdir(folder)).flatMap((file) => /^(.*)\.signals\.json$/.exec(file)?.[1] ?? []);
const sets: Record<string, unknown> = {};
const shares: Record<string, number[]> = Object.fromEntries(efforts.map((effort) => [effort, []]));
for (const name of given.length > 0 ? given : kept.sort()) {
  const { spread, lists } = JSON.parse(await readFile(join(folder, `${name}.signals.json`), 'utf8')) as {
    readonly spread: ScoreSpread;
    readonly lists: readonly SignalList[];
  };
  const judged = lists.filter(({ ideal }) => ideal.length > 0);
  const twenty = await Promise.all(judged.map((list) => measure(list, spread, TWENTY)));
  const byEffort: Record<string, { readonly ndcg: number; readonly work: number; readonly medianWork: number }> = {};
  for (const effort of efforts) {
    const measured = await Promise.all(judged.map((list) => measure(list, spread, effort)));
    const work = measured.map((one, i) => one.work / (twenty[i]?.work as number));
    shares[effort]?.push(...work);
    byEffort[effort] = {
      ndcg: rounded(mean(measured.map(({ ndcg }) => ndcg))),
      work: rounded(mean(work)),
      medianWork: rounded(median(work)),
    };
  }
  sets[name] = { queries: judged.length, ...byEffort };
  console.log(
    name.padEnd(14),
    String(judged.length).padStart(4),
    ...efforts.map((effort) => `${effort} ${byEffort[effort]?.ndcg.toFixed(4)} ${byEffort[effort]?.work.toFixed(2)}  `),
  );
}
const overall = Object.fromEntries(
  efforts.map((effort) => [
    effort,
    {
      ndcg: rounded(mean(Object.values(sets).map((set) => (set as Record<string, { readonly ndcg: number }>)[effort]?.ndcg as number))),
      medianWork: rounded(median(shares[effort] as number[])),
    },
  ]),
);
console.log(overall);
await writeFile(join(import.meta.dirname, 'fits', 'effort.json'), `${JSON.stringify({ efforts: overall, sets }, null, 1)}\n`);
