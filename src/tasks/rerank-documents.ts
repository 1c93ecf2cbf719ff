import { openChecks } from '../assemble/check-open-index.ts';
import type { ModelOptions } from '../assemble/model-options.ts';
import { modelChecks } from '../assemble/model-options.ts';
import { createRerankerBuilder } from '../assemble/reranker.ts';
import { FinetoothError } from '../errors.ts';
import { type ReadOptions, readChecks, readDocuments, readOptionsIn } from '../read/read.ts';
import type { RerankerPlan } from '../rerank/reranker-plan.ts';
import { checkQuery } from '../search/check.ts';
import type { ListOptions } from '../search/options.ts';
import { plan } from '../search/plan.ts';
import { listChecks } from '../search/plan-checks.ts';
import { type RerankAnswer, rerankWith } from '../search/rerank.ts';
import { fieldCounts } from '../text/recipe.ts';
import type { Document } from '../types.ts';
import { checkOptions, type OptionChecks, text } from '../wording/check-options.ts';
import { readNotes } from '../wording/read-notes.ts';

/** `reranker` is `default`, and `top` 5. */
export interface RerankDocumentsOptions extends ListOptions, RerankerPlan, ReadOptions {
  /** A file or a folder, as `readDocuments` takes it; `-` is `stdin`. @default - */
  readonly source?: string;
  /** The model of late interaction, by name. @default bge-small-en-v1.5 */
  readonly embedder?: string;
  readonly models?: ModelOptions;
}

export interface RerankDocumentsReport {
  readonly answer: RerankAnswer;
  /** Documents that were scored. */
  readonly documents: number;
  /** Fields that were read of them, and those that were read of some because those have none of the others. */
  readonly fields: readonly string[];
  readonly otherFields: readonly string[];
}

const { reranker, fallback, strict, calibration, scoreCache, longDocuments } = openChecks;
const rerankChecks: OptionChecks<RerankDocumentsOptions> = {
  ...readChecks,
  ...listChecks,
  source: text,
  embedder: text,
  models: modelChecks,
  // null has a sentence of its own.
  reranker,
  fallback,
  strict,
  calibration,
  scoreCache,
  longDocuments,
};

/**
 * Ranks the documents of a file for a query, without an index. A document without an id has its place in the input for one.
 *
 * @example
 * import { rerankDocuments } from 'finetooth/tasks';
 *
 * const { answer, documents } = await rerankDocuments('a shark at the beach', { source: 'movies.json', top: 1 });
 * console.log(answer.results[0].document.title, documents); // Jaws 6
 *
 * @throws E_QUERY, E_USAGE, E_INPUT_EMPTY, and what reading, opening and ranking throw
 */
export async function rerankDocuments(query: string, options: RerankDocumentsOptions = {}): Promise<RerankDocumentsReport> {
  checkOptions('rerankDocuments', options, rerankChecks);
  const { source = '-', reranker = 'default', fallback, strict, calibration, scoreCache, longDocuments, embedder, models } = options;
  checkQuery(query);
  if (reranker === null) throw new FinetoothError('E_USAGE', 'rerank needs a reranker; got none. Name another, or leave it out.');
  const documents: { readonly id: string; readonly document: Document }[] = [];
  const notes = readNotes();
  const counts = fieldCounts(1000);
  for await (const one of readDocuments(source, readOptionsIn(options))) {
    documents.push({ id: one.id ?? idOf(one.document, documents.length), document: one.document });
    counts.see(one.document);
    notes.add(one.notes);
  }
  if (documents.length === 0)
    throw new FinetoothError('E_INPUT_EMPTY', `${source === '-' ? 'standard input' : source} holds no documents.`);
  const builder = createRerankerBuilder({ embedder, models });
  try {
    const built = await builder.build(reranker, { fallback, strict, calibration, scoreCache, longDocuments });
    const answer = await rerankWith(built, query, documents, { ...rerankOptionsIn(options), top: options.top ?? plan.top.default });
    const all = [...(answer.notes ?? []), ...notes.sentences()];
    const fields = options.rankFields ?? counts.common();
    return {
      answer: { ...answer, notes: all.length === 0 ? undefined : all },
      documents: documents.length,
      fields,
      otherFields: options.rankFields === undefined ? Object.keys(counts.unread(fields)) : [],
    };
  } finally {
    await builder.close();
  }
}

/** The field of the document that names it, else its place in the input. */
function idOf(document: Document, place: number): string {
  for (const name of ['_id', 'id']) {
    const value = document[name];
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') return String(value);
  }
  return String(place);
}

function rerankOptionsIn(options: ListOptions): ListOptions {
  return Object.fromEntries((Object.keys(listChecks) as (keyof ListOptions)[]).map((key) => [key, options[key]]));
}
