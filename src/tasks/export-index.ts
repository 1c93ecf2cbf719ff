import { checkKept, openStore, shownName } from '../assemble/store.ts';
import { FinetoothError } from '../errors.ts';
import { documentTest } from '../filter/document-test.ts';
import type { Filter } from '../filter/filter.ts';
import { originOf } from '../search/embedded.ts';
import { type ExportCounts, type ExportFormat, exportStore } from '../store/export/export.ts';
import { indexMissing } from '../store/index-changes.ts';
import type { UpkeepOptions } from '../store/lancedb/verify.ts';
import { typesIn } from '../store/store.ts';
import { checkOptions, needed, type OptionChecks, oneOf, path } from '../wording/check-options.ts';
import { upkeepChecks } from './upkeep-checks.ts';

export interface ExportIndexOptions extends UpkeepOptions {
  /** The index: a folder, or its address in a database. */
  readonly in: string;
  /** A file that is not there yet. */
  readonly to: string;
  /** @default told by the name of the file: `.parquet` or `.jsonl` */
  readonly format?: ExportFormat;
  /** Which documents are written. @default all */
  readonly filter?: Filter;
}

export interface ExportReport extends ExportCounts {
  readonly in: string;
  readonly to: string;
}

const exportChecks: OptionChecks<ExportIndexOptions> = {
  ...upkeepChecks,
  in: needed(path),
  to: needed(path),
  format: oneOf(['parquet', 'jsonl']),
  // Read, and refused with its place, by the filter's own reader.
  filter: () => undefined,
};

/**
 * Writes the documents of an index and their vectors to a file: a row for each document, and for each passage of one that has several. A Parquet file
 * says which model made the vectors, so that `indexDocuments` takes them over. Whatever is stopped or killed leaves nothing under the name of the file.
 *
 * @example
 * import { exportIndex } from 'finetooth/tasks';
 *
 * const { documents } = await exportIndex({ in: './movies', to: 'movies.parquet' });
 * console.log(documents); // 6
 *
 * @throws E_INDEX_MISSING, E_INDEX_DAMAGED, E_USAGE where the file is there already, E_LOCKED when others changed the index meanwhile, E_STOPPED
 */
export async function exportIndex(options: ExportIndexOptions): Promise<ExportReport> {
  checkOptions('exportIndex', options, exportChecks);
  const { in: folder, to, filter } = options;
  checkKept(folder, 'exported');
  const format = options.format ?? formatOf(to);
  const store = openStore(folder);
  try {
    const manifest = await store.open();
    if (manifest === undefined) throw indexMissing(shownName(folder));
    const fits = filter === undefined ? () => true : documentTest(filter, typesIn(manifest));
    return { in: shownName(folder), to, ...(await exportStore(store, originOf(manifest), to, { ...options, format, fits })) };
  } finally {
    await store.close();
  }
}

function formatOf(path: string): ExportFormat {
  const extension = /\.(parquet|jsonl)$/i.exec(path)?.[1]?.toLowerCase();
  if (extension !== undefined) return extension as ExportFormat;
  throw new FinetoothError('E_USAGE', `an index is exported to a file that ends with .parquet or .jsonl; got "${path}".`);
}
