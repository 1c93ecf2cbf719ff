import type { FileHandle } from 'node:fs/promises';
import type { ExportColumns } from './export-columns.ts';
import type { RowWriter } from './export-parquet.ts';

/** Characters that are written at once. */
const CHUNK = 1_000_000;

/** Nine digits give back the same 32-bit number. */
const shortest = (value: number): number => Number(value.toPrecision(9));

/** Writes rows as JSON, one a line, without token vectors: what has no value is left out. */
export function jsonlRows(file: FileHandle, { exported: { columns, idIsField } }: ExportColumns): RowWriter {
  let text = '';
  const flush = async (): Promise<void> => {
    await file.appendFile(text);
    text = '';
  };
  return {
    write: async ({ id, document, passage, begins, ends, line, vector }) => {
      const own: [string | undefined, unknown][] = [
        [columns.passage, passage],
        [columns.begins, begins],
        [columns.ends, ends],
        [columns.line, line],
        [columns.vector, Array.from(vector, shortest)],
      ];
      const named = own.filter(([name]) => name !== undefined) as [string, unknown][];
      const before = idIsField && document !== undefined ? [] : [[columns.id, id] as const];
      text += `${JSON.stringify(Object.fromEntries([...before, ...Object.entries(document ?? {}), ...named]))}\n`;
      if (text.length >= CHUNK) await flush();
    },
    finish: flush,
  };
}
