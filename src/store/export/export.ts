import { randomUUID } from 'node:crypto';
import { access, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskErrorOf, FinetoothError, throwIfStopped } from '../../errors.ts';
import type { CallOptions, Document, Origin, Progress } from '../../types.ts';
import type { Entry, Passage, Store } from '../store.ts';
import { type ColumnKind, type ExportColumns, exportColumns, kindOf } from './export-columns.ts';
import { jsonlRows } from './export-jsonl.ts';
import { parquetRows, type RowWriter } from './export-parquet.ts';

export type ExportFormat = 'parquet' | 'jsonl';

export interface ExportOptions extends CallOptions {
  readonly format: ExportFormat;
  /** Which documents are written. */
  readonly fits: (document: Document) => boolean;
  readonly onProgress?: (progress: Progress) => void;
}

export interface ExportCounts {
  readonly documents: number;
  /** One for each passage. */
  readonly rows: number;
  readonly bytes: number;
}

type Exportable = Pick<Entry, 'id' | 'document' | 'textHash' | 'vector' | 'tokens' | 'place' | 'further' | 'title'>;

const FIELDS = ['document', 'textHash', 'vector', 'tokens', 'place', 'further', 'title'] as const;

/** Documents after which progress is told. */
const EACH = 1000;

/**
 * Writes the documents of a store and their vectors to a new file, row by row. What is stopped or fails leaves nothing under the name of the file.
 *
 * @throws E_USAGE where the file is there already, E_LOCKED when a document was changed meanwhile into one that its columns cannot hold, E_DISK_FULL,
 * E_STOPPED
 */
export async function exportStore(store: Store, origin: Origin, to: string, options: ExportOptions): Promise<ExportCounts> {
  const { format, signal } = options;
  const refuse = async (): Promise<void> => {
    const isThere = await access(to).then(
      () => true,
      () => false,
    );
    if (isThere) throw new FinetoothError('E_USAGE', `${to} is there already, and an export overwrites nothing: name a new file.`);
  };
  await refuse();
  const columns = await exportColumns(store, origin, options);
  const part = `${to}.${randomUUID()}.part`;
  try {
    await mkdir(dirname(part), { recursive: true });
    const file = await open(part, 'wx');
    try {
      const writer = format === 'jsonl' ? jsonlRows(file, columns) : await parquetRows(file, columns);
      const counts = await writeAll(store, columns, writer, options);
      await file.sync();
      const { size: bytes } = await file.stat();
      throwIfStopped(signal);
      await refuse();
      await rename(part, to);
      return { ...counts, bytes };
    } finally {
      await file.close();
    }
  } catch (error) {
    throw diskErrorOf(error, to);
  } finally {
    await rm(part, { force: true });
  }
}

async function writeAll(
  store: Store,
  columns: ExportColumns,
  writer: RowWriter,
  { fits, signal, onProgress }: ExportOptions,
): Promise<Omit<ExportCounts, 'bytes'>> {
  let [documents, rows] = [0, 0];
  for await (const entry of store.get('all', FIELDS) as AsyncIterable<Exportable>) {
    throwIfStopped(signal);
    if (!fits(entry.document)) continue;
    checkUnchanged(entry, columns);
    const { id, document, textHash, title, further = [] } = entry;
    for (const [passage, { vector, tokens, place }] of [entry as Omit<Passage, 'terms'>, ...further].entries()) {
      const isFirst = passage === 0;
      const { span: [begins, ends] = [], line } = place ?? {};
      await writer.write({
        id,
        document: isFirst ? document : undefined,
        characters: isFirst ? JSON.stringify(document).length : 0,
        textHash,
        vector,
        tokens: tokens?.length === 0 ? undefined : tokens,
        title: isFirst ? title : undefined,
        passage,
        begins,
        ends,
        line,
      });
      rows++;
    }
    documents++;
    if (documents % EACH === 0) onProgress?.({ done: documents, unit: 'documents' });
  }
  await writer.finish();
  return { documents, rows };
}

/** Throws E_LOCKED for a document that was written after the columns were chosen, where they cannot hold it. */
function checkUnchanged({ id, document }: Exportable, { fields, exported }: ExportColumns): void {
  const { idIsField, columns, nulls } = exported;
  const holds = (name: string, value: Document[string]): boolean => {
    const kind = fields.get(name);
    if (kind === undefined) return false;
    if (kind === 'json') return true;
    if (value === null || value === undefined) return nulls.includes(name);
    const own: ColumnKind = kindOf(value);
    return own === kind || (own === 'integer' && kind === 'number');
  };
  const isId = !idIsField || String(document[columns.id]) === id;
  const hasNulls = nulls.every((name) => Object.hasOwn(document, name) || fields.get(name) === 'json');
  if (isId && hasNulls && Object.entries(document).every(([name, value]) => value === undefined || holds(name, value))) return;
  throw new FinetoothError('E_LOCKED', `the document "${id}" was changed while it was exported. Run the same command again.`);
}
