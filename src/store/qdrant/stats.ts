import type { Opened } from './collection.ts';
import type { Requests } from './requests.ts';

/** Bytes of a link in the graph, of ids and of indexes over the payload, by a point (measured: docs/scale.md). */
const POINT = 400;

/** Qdrant tells no sizes of a collection: vectors are counted, and of some points their payload. When it was changed last, as ISO 8601. */
export async function measure(requests: Requests, opened: Opened): Promise<{ readonly bytes: number; readonly changedAt?: string }> {
  const { collection, manifest, deletedAt, points } = opened;
  const { points: newest } = await requests.ask((client) =>
    client.scroll(collection, { limit: 100, with_payload: true, with_vector: false, order_by: { key: 'written', direction: 'desc' } }),
  );
  const mean = newest.reduce((sum, { payload }) => sum + JSON.stringify(payload).length, 0) / Math.max(1, newest.length);
  const written = Number((newest[0]?.payload as { readonly written?: number } | undefined)?.written ?? 0);
  const times = [written === 0 ? undefined : new Date(written / 1000).toISOString(), deletedAt].filter((time) => time !== undefined);
  const total = Math.max(points, newest.length);
  return { bytes: Math.round(total * (4 * manifest.dimensions + mean + POINT)), changedAt: times.sort().at(-1) };
}
