/** What the thin clients share: one POST with JSON both ways, and reading of answers that may be anything. */
import { asText } from './as-text.ts';
import { exchange } from './bounded-fetch.ts';
import type { Connection, EmbedReply, RankingRow } from './vendor.ts';

/** A request that failed on the wire. The fields are those of the AI SDK's APICallError, so that one reader understands both. */
export class WireError extends Error {
  readonly statusCode: number | undefined;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody: string | undefined;

  constructor(
    message: string,
    more: {
      readonly statusCode?: number;
      readonly responseHeaders?: Readonly<Record<string, string>>;
      readonly responseBody?: string;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: more.cause });
    this.name = 'WireError';
    this.statusCode = more.statusCode;
    this.responseHeaders = more.responseHeaders ?? {};
    this.responseBody = more.responseBody;
  }
}

/** An answer that came and is not what the vendor's documentation says. */
export class ShapeError extends Error {
  /** What of it, as it came. */
  readonly part: unknown;

  constructor(message: string, part: unknown) {
    super(message);
    this.name = 'ShapeError';
    this.part = part;
  }
}

export interface Answer {
  readonly body: unknown;
  readonly headers: Headers;
}

/** Bearer unless the headers say otherwise. Throws WireError, ShapeError, and what the network does. */
export async function post(
  connection: Connection,
  path: string,
  body: unknown,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = connection.key === undefined ? {} : { authorization: `Bearer ${connection.key}` },
): Promise<Answer> {
  const response = await exchange(`${connection.baseURL}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify(body),
    signal,
  });
  // Some servers put a byte order mark before their JSON, which the decoder takes away, and some frameworks answer a POST with 201.
  const text = new TextDecoder().decode(response.body);
  if (response.status < 200 || response.status > 299)
    throw new WireError(`status ${response.status}`, {
      statusCode: response.status,
      responseHeaders: Object.fromEntries(response.headers),
      responseBody: text,
    });
  try {
    return { body: JSON.parse(text) as unknown, headers: response.headers };
  } catch {
    throw new ShapeError('is no JSON', text);
  }
}

/** A field of something that may be anything. */
export const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;

/** A count where there is one. */
export const count = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;

/** Throws ShapeError unless it is a list. */
export function listIn(body: unknown, name?: string): readonly unknown[] {
  const list = name === undefined ? body : field(body, name);
  if (Array.isArray(list)) return list;
  throw new ShapeError(name === undefined ? 'is no list' : `has no list "${name}"`, body);
}

export const rankingIn = (rows: readonly unknown[], score: string): readonly RankingRow[] =>
  rows.map((row) => ({ index: field(row, 'index'), score: field(row, score), row }));

/** Rows that say which text they belong to, in the order of the texts. Throws ShapeError for a place twice, or none. */
export function inPlaces(rows: readonly unknown[], vectorOf: (row: unknown) => unknown): readonly unknown[] {
  const vectors: unknown[] = [];
  for (const [at, row] of rows.entries()) {
    const place = field(row, 'index') ?? at;
    if (!Number.isInteger(place) || (place as number) < 0 || (place as number) >= rows.length)
      throw new ShapeError(`gives the index ${asText(place).slice(0, 60)} among ${rows.length} vectors`, field(row, 'index'));
    if (vectors[place as number] !== undefined) throw new ShapeError(`gives the index ${String(place)} twice`, place);
    vectors[place as number] = vectorOf(row);
  }
  return vectors;
}

/** `{data: [{index, embedding}], usage: {total_tokens | prompt_tokens}}`, which OpenAI began and most speak. */
export function openAiVectors(body: unknown): EmbedReply {
  const usage = field(body, 'usage');
  const tokens = count(field(usage, 'total_tokens')) ?? count(field(usage, 'prompt_tokens'));
  const cost = count(field(usage, 'cost'));
  return {
    vectors: inPlaces(listIn(body, 'data'), (row) => field(row, 'embedding')),
    used: { tokens, cost },
  };
}
