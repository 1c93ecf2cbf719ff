import { FinetoothError } from '../../errors.ts';
import { fuse } from '../../search/fuse.ts';
import { checksAt } from '../../search/plan-checks.ts';
import type { Document, FieldValue } from '../../types.ts';
import { checkValue, type OptionChecks, text, texts, when } from '../../wording/check-options.ts';
import { openCheckedRanker, type RankerOptions, type RankOptions, rankerChecks, rankList } from '../list-ranker.ts';
import type { Batch, RecordBatchLike } from './arrow.ts';
import { columnOf, distinctRows, type FoundRow, mergeBatches, namesIn, SCORE } from './merge-batches.ts';

export interface HybridRerankerOptions
  extends RankerOptions,
    Pick<RankOptions, 'deadlineMs' | 'minScore' | 'fieldLabels' | 'effort' | 'instruction' | 'exact' | 'signal'> {
  /** The column that is read, or several, in order. @default of each row its own: title and text where it has them, otherwise all that hold words */
  readonly columns?: string | readonly string[];
}

/** What LanceDB's `rerank` of a hybrid query takes. */
export interface HybridReranker extends AsyncDisposable {
  /** The rows of both searches, each once, best first, with `_relevance_score`. */
  rerankHybrid<Rows extends RecordBatchLike>(query: string, vecResults: Rows, ftsResults: Rows): Promise<Rows>;
  /** Frees the models; later calls are refused. A reranker of your own stays open. */
  close(): Promise<void>;
}

const { deadlineMs, minScore, fieldLabels, effort, instruction, exact, signal } = checksAt('rerank');
const optionChecks: OptionChecks<HybridRerankerOptions> = {
  ...rankerChecks,
  columns: when(
    'the name of a column, or a list of them',
    (value) => text(value) === undefined || (texts(value) === undefined && (value as []).length > 0),
  ),
  deadlineMs,
  minScore,
  fieldLabels,
  effort,
  instruction,
  exact,
  signal,
};

/**
 * A reranker for LanceDB's hybrid queries: `table.query().nearestTo(vector).fullTextSearch(words).rerank(hybridReranker({ columns: 'text' }))`. Rows that no reranker came to in time keep the
 * order of reciprocal rank fusion at the end.
 *
 * @example
 * import { connect } from '@lancedb/lancedb';
 * import { hybridReranker } from 'finetooth/lancedb';
 *
 * const table = await (await connect('./vectors')).openTable('notes'); // with an index for words on `text`
 * const vector = Array.from({ length: 384 }, () => 0.05); // of the query, by the model of the table
 * const reranker = hybridReranker({ columns: 'text' });
 * const rows = await table.query().nearestTo(vector).fullTextSearch('bats').rerank(reranker).limit(5).toArray();
 * await reranker.close();
 *
 * @throws E_USAGE for an option that there is not, and for a value that is not what it must be
 */
export function hybridReranker(options: HybridRerankerOptions = {}): HybridReranker {
  const ranker = openCheckedRanker('hybridReranker', options, optionChecks);
  const { columns, deadlineMs, minScore, fieldLabels, effort, instruction, exact, signal } = options;
  const named = columns === undefined ? undefined : [columns].flat();
  const close = async (): Promise<void> => ranker.close?.();
  return {
    rerankHybrid: async (query, vecResults, ftsResults) => {
      const batches = [vecResults, ftsResults].map(checkedBatch).filter((batch) => batch !== undefined);
      const [first, ...others] = batches;
      if (first === undefined) throw new FinetoothError('E_INPUT_FORMAT', 'LanceDB gave no rows of either search, not even their columns.');
      const rows = inFusedOrder(batches);
      if (rows.length === 0) return (await mergeBatches([first, ...others], [], new Float32Array(0))) as unknown as typeof vecResults;
      checkColumns(batches, named);
      const documents = rows.map((row) => documentAt(batches, row, named));
      const answer = await rankList(ranker, query, documents, {
        rankFields: named,
        deadlineMs,
        minScore,
        fieldLabels,
        effort,
        instruction,
        exact,
        signal,
      });
      const order = answer.results.map(({ index }) => rows[index] as FoundRow);
      const scores = Float32Array.from(answer.results, ({ relevanceScore }) => relevanceScore);
      return (await mergeBatches([first, ...others], order, scores)) as unknown as typeof vecResults;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The order in which they come to the reranker: what it does not score keeps it. */
function inFusedOrder(batches: readonly Batch[]): FoundRow[] {
  const rows = distinctRows(batches);
  const byId = new Map(rows.map(({ id, row }) => [id, row]));
  const lists = batches.map((_, which) =>
    rows
      .filter(({ row }) => row[which] !== undefined)
      .sort((a, b) => (a.row[which] as number) - (b.row[which] as number))
      .map(({ id }) => ({ id, score: 0, document: {} })),
  );
  return fuse(lists, rows.length).map(({ id }) => byId.get(id) as FoundRow);
}

/** Throws E_FIELD for a column that no row has, and where there is none to read. */
function checkColumns(batches: readonly Batch[], named: readonly string[] | undefined): void {
  const missing = named?.find((name) => batches.every((batch) => columnOf(batch, name) === undefined));
  if (missing !== undefined)
    throw new FinetoothError(
      'E_FIELD',
      `the rows have no column "${missing}" to rank by; they have ${namesIn(batches)}. Name it in select(), or leave select() out.`,
    );
}

/** The row as a document: the columns that are named, or all that LanceDB did not add. */
function documentAt(batches: readonly Batch[], row: FoundRow, named: readonly string[] | undefined): Document {
  const which = row.findIndex((at) => at !== undefined);
  const [batch, at] = [batches[which] as Batch, row[which] as number];
  const names = named ?? batch.schema.fields.map(({ name }) => name).filter((name) => !name.startsWith('_') && name !== SCORE);
  return Object.fromEntries(names.map((name) => [name, plainOf(columnOf(batch, name)?.get(at))]));
}

/** What stands in a column, as a field has it; vectors and bytes are no words. */
function plainOf(value: unknown): FieldValue {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || !(Symbol.iterator in value)) return null;
  const all = [...(value as Iterable<unknown>)];
  return all.every((one) => typeof one === 'string') ? all : null;
}

function checkedBatch(batch: unknown): Batch | undefined {
  if (batch === null || batch === undefined) return undefined;
  checkValue(
    'the results of a search',
    batch,
    when(
      'a record batch of Apache Arrow',
      (value) => typeof value === 'object' && ['numRows', 'schema', 'data'].every((name) => name in (value as object)),
    ),
  );
  return batch as Batch;
}
