import type { FieldFilter, Pipeline } from './address.ts';

export interface Asked {
  readonly index: string | undefined;
  readonly query: string;
  readonly filters: Readonly<Record<string, FieldFilter>>;
  readonly pipeline: Pipeline;
}

export type SearchBody = Readonly<Record<string, unknown>>;

/** As the server has it, and as many results as a page can be asked to draw. */
const [CANDIDATES, MOST_SHOWN] = [25, 100];

/** The body of `POST /v1/search`. All candidates come back, so that each is seen where it was and where it went. */
export function bodyOf({ index, query, filters, pipeline }: Asked): SearchBody {
  const candidates = typeof pipeline.candidates === 'number' ? pipeline.candidates : CANDIDATES;
  const filter = filterOf(filters, pipeline.filter);
  const body: Record<string, unknown> = { index, query, ...pipeline, candidates, top: Math.min(candidates, MOST_SHOWN) };
  if (filter !== undefined) body.filter = filter;
  return body;
}

/** The filter of the page, and that of the pipeline. Names stand in `fields`, where any may. */
export function filterOf(filters: Readonly<Record<string, FieldFilter>>, own?: unknown): unknown {
  const fields = Object.fromEntries(
    Object.entries(filters).map(([field, { any, from, to }]) => [field, any ? { in: any } : limits(from, to)]),
  );
  if (Object.keys(fields).length === 0) return own;
  return own === undefined ? { fields } : { and: [{ fields }, own] };
}

const limits = (gte: unknown, lte: unknown): unknown => (gte === undefined ? { lte } : lte === undefined ? { gte } : { gte, lte });
