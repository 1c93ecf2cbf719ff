import type { Ask } from './database.ts';
import { identifier } from './schema.ts';
import type { State } from './session.ts';

/** pgvector indexes so many numbers in single precision, and in half precision; longer vectors are compared each. */
const MOST_SINGLE = 2000;
const MOST_HALF = 4000;

/** Whether an HNSW index over the vectors is there and whole; in half precision where vectors are long. */
export async function indexedAs(ask: Ask, { tables }: State): Promise<'single' | 'half' | undefined> {
  const [row] = await ask(
    `SELECT pg_get_indexdef(i.indexrelid) AS made FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
      WHERE i.indrelid = $1::regclass AND a.amname = 'hnsw' AND i.indisvalid LIMIT 1`,
    [tables.passages],
  );
  if (row === undefined) return undefined;
  return String(row.made).includes('halfvec') ? 'half' : 'single';
}

/** What makes the index; undefined where vectors are too long for one. */
export function hnswStatement(
  { tables, manifest, generation }: State,
  { m, efConstruction }: { readonly m: number; readonly efConstruction: number },
): string | undefined {
  const { dimensions } = manifest;
  if (dimensions > MOST_HALF) return undefined;
  const over = dimensions <= MOST_SINGLE ? 'vector vector_ip_ops' : `(vector::halfvec(${dimensions})) halfvec_ip_ops`;
  return `CREATE INDEX ${identifier(`passages_${generation}_hnsw`)} ON ${tables.passages} USING hnsw (${over}) WITH (m = ${m}, ef_construction = ${efConstruction})`;
}
