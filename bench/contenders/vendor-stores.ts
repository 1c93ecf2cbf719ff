/** Searching as the vendors' own quick starts do it, over the same vectors and texts: the peers of the stores. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Table, VectorQuery } from '@lancedb/lancedb';
import { loadLance } from '../../src/store/lancedb/library.ts';
import type { Entry } from '../../src/store/store.ts';

/** Ids, best first. `below`: only documents whose `share` is less. */
export interface VendorStore {
  readonly name: string;
  load(entries: AsyncIterable<readonly Entry[]>): Promise<void>;
  dense(vector: Float32Array, count: number, below?: number): Promise<readonly string[]>;
  hybrid(vector: Float32Array, text: string, count: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

const textIn = ({ document }: Entry): string => [document.title, document.text].filter((one) => typeof one === 'string').join(' ');

/** A table, an index over vectors with its defaults, a full-text index, and reciprocal rank fusion of its own. */
export async function lanceExample(folder: string): Promise<VendorStore> {
  const { lance } = await loadLance();
  const connection = await lance.connect(join(folder, 'vendor-lancedb'));
  let table: Table | undefined;
  const open = () => table as Table;
  const idsOf = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);
  return {
    name: 'LanceDB quick start',
    load: async (batches) => {
      for await (const batch of batches) {
        const rows = batch.map((entry) => ({
          id: entry.id,
          vector: Array.from(entry.vector),
          text: textIn(entry),
          share: entry.document.share as number,
        }));
        if (table === undefined) table = await connection.createTable('items', rows);
        else await table.add(rows);
      }
      await open().createIndex('vector');
      await open().createIndex('text', { config: lance.Index.fts() });
    },
    dense: async (vector, count, below) => {
      const query = open().search(vector) as VectorQuery;
      const some = below === undefined ? query : query.where(`share < ${below}`);
      return idsOf(await some.limit(count).select(['id']).toArray());
    },
    hybrid: async (vector, text, count) => {
      const reranker = await lance.rerankers.RRFReranker.create();
      const query = open().query().fullTextSearch(text).nearestTo(vector).rerank(reranker);
      return idsOf(await query.limit(count).select(['id']).toArray());
    },
    close: async () => connection.close(),
  };
}

/** A collection with a dense and a sparse vector, points in batches of a hundred, and fusion in the engine. */
export async function qdrantExample(url: string): Promise<VendorStore> {
  const { QdrantClient } = await import('@qdrant/js-client-rest');
  const client = new QdrantClient({ url, checkCompatibility: false });
  const name = 'vendor-example';
  const sparse = (terms: string) => {
    const counts = new Map<number, number>();
    for (const word of terms.split(' ').filter(Boolean)) {
      const index = createHash('md5').update(word).digest().readUInt32LE(0);
      counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    return { indices: [...counts.keys()], values: [...counts.values()] };
  };
  const idsOf = ({ points }: { readonly points: readonly { readonly payload?: Record<string, unknown> | null }[] }) =>
    points.map(({ payload }) => payload?.id as string);
  let at = 0;
  return {
    name: 'Qdrant quick start',
    load: async (batches) => {
      await client.createCollection(name, {
        vectors: { dense: { size: 384, distance: 'Cosine' } },
        sparse_vectors: { words: { modifier: 'idf' } },
      });
      for await (const batch of batches)
        for (let from = 0; from < batch.length; from += 100)
          await client.upsert(name, {
            wait: true,
            points: batch.slice(from, from + 100).map((entry) => ({
              id: at++,
              vector: { dense: Array.from(entry.vector), words: sparse(entry.terms) },
              payload: { id: entry.id, text: textIn(entry), share: entry.document.share },
            })),
          });
      for (let tries = 0; tries < 600; tries++) {
        if ((await client.getCollection(name)).status === 'green') break;
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    },
    dense: async (vector, count, below) =>
      idsOf(
        await client.query(name, {
          query: Array.from(vector),
          using: 'dense',
          limit: count,
          with_payload: ['id'],
          filter: below === undefined ? undefined : { must: [{ key: 'share', range: { lt: below } }] },
        }),
      ),
    hybrid: async (vector, terms, count) =>
      idsOf(
        await client.query(name, {
          prefetch: [
            { query: Array.from(vector), using: 'dense', limit: count },
            { query: sparse(terms), using: 'words', limit: count },
          ],
          query: { fusion: 'rrf' },
          limit: count,
          with_payload: ['id'],
        }),
      ),
    close: async () => void (await client.deleteCollection(name)),
  };
}

/** A table, an HNSW index with its defaults, PostgreSQL's own full-text search, and fusion in SQL. */
export async function pgvectorExample(connectionString: string): Promise<VendorStore> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString });
  const written = (vector: Float32Array) => `[${vector.join(',')}]`;
  const idsOf = ({ rows }: { readonly rows: readonly { readonly id: string }[] }) => rows.map(({ id }) => id);
  return {
    name: 'pgvector quick start',
    load: async (batches) => {
      await pool.query('CREATE EXTENSION IF NOT EXISTS vector');
      await pool.query('CREATE TABLE vendor_items (id text PRIMARY KEY, content text, share float8, embedding vector(384))');
      for await (const batch of batches)
        for (let from = 0; from < batch.length; from += 500) {
          const some = batch.slice(from, from + 500);
          const places = some.map((_, i) => `($${4 * i + 1}, $${4 * i + 2}, $${4 * i + 3}, $${4 * i + 4})`).join(', ');
          const values = some.flatMap((entry) => [
            entry.id,
            textIn(entry).replaceAll('\0', ''),
            entry.document.share,
            written(entry.vector),
          ]);
          await pool.query(`INSERT INTO vendor_items (id, content, share, embedding) VALUES ${places}`, values);
        }
      await pool.query('CREATE INDEX ON vendor_items USING hnsw (embedding vector_cosine_ops)');
      await pool.query("CREATE INDEX ON vendor_items USING gin (to_tsvector('english', content))");
      await pool.query('ANALYZE vendor_items');
    },
    dense: async (vector, count, below) => {
      const values = below === undefined ? [written(vector), count] : [written(vector), count, below];
      const where = below === undefined ? '' : 'WHERE share < $3 ';
      return idsOf(await pool.query(`SELECT id FROM vendor_items ${where}ORDER BY embedding <=> $1 LIMIT $2`, values));
    },
    hybrid: async (vector, text, count) =>
      idsOf(
        await pool.query(
          `WITH near AS (
             SELECT id, rank() OVER (ORDER BY embedding <=> $1) AS place FROM (
               SELECT id, embedding FROM vendor_items ORDER BY embedding <=> $1 LIMIT $3) one),
           worded AS (
             SELECT id, rank() OVER (ORDER BY ts_rank_cd(to_tsvector('english', content), query) DESC) AS place
             FROM vendor_items, plainto_tsquery('english', $2) query
             WHERE to_tsvector('english', content) @@ query
             ORDER BY ts_rank_cd(to_tsvector('english', content), query) DESC LIMIT $3)
           SELECT coalesce(near.id, worded.id) AS id FROM near FULL OUTER JOIN worded ON near.id = worded.id
           ORDER BY coalesce(1.0 / (60 + near.place), 0) + coalesce(1.0 / (60 + worded.place), 0) DESC LIMIT $3`,
          [written(vector), text, count],
        ),
      ),
    close: async () => {
      await pool.query('DROP TABLE IF EXISTS vendor_items');
      await pool.end();
    },
  };
}
