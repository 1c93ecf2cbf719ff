/** A vendor's API as its documentation, its OpenAPI file or its own client says it is; the place is named in each file. */
import type { IncomingHttpHeaders } from 'node:http';

export interface Scored {
  readonly index: unknown;
  readonly score: unknown;
}

/** A request that the vendor would refuse, and how. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Body = Readonly<Record<string, unknown>>;

export interface RerankRoute {
  /** A name that the vendor has. */
  readonly model: string;
  path(model: string): string;
  /** Throws Refusal for what the vendor refuses. */
  read(body: Body): { readonly query: string; readonly documents: readonly string[] };
  /** `rows`: best first. */
  tell(rows: readonly Scored[], tokens: number): unknown;
  headers?(tokens: number): Readonly<Record<string, string>>;
}

export interface EmbedRoute {
  readonly model: string;
  path(model: string): string;
  read(body: Body, path: string): { readonly texts: readonly string[] };
  tell(vectors: readonly unknown[], tokens: number): unknown;
  headers?(tokens: number): Readonly<Record<string, string>>;
}

export interface Protocol {
  /** As in `vendor:model`. */
  readonly vendor: string;
  /** Where it was read, with the version. */
  readonly source: string;
  /** What the client finds the key under, and the address: the vendor's own variables. */
  readonly variables: (url: string) => Readonly<Record<string, string>>;
  /** Whether the request carries the key. */
  knows(headers: IncomingHttpHeaders, key: string): boolean;
  readonly rerank?: RerankRoute;
  readonly embed?: EmbedRoute;
  /** The form of its errors. */
  fail(status: number, message: string): unknown;
}

export const bearer = (headers: IncomingHttpHeaders, key: string): boolean => headers.authorization === `Bearer ${key}`;

/** Throws Refusal unless the body has these fields, of these types, and none besides those and the optional ones. */
export const shape = (body: Body, needed: Readonly<Record<string, 'string' | 'list'>>, optional: readonly string[], status = 422): void => {
  for (const [name, type] of Object.entries(needed)) {
    const value = body[name];
    if (type === 'list' ? !Array.isArray(value) || value.length === 0 : typeof value !== 'string' || value === '')
      throw new Refusal(status, `field "${name}" is required and must be a ${type}`);
  }
  const unknown = Object.keys(body).find((name) => !(name in needed) && !optional.includes(name));
  if (unknown !== undefined) throw new Refusal(status, `unknown field "${unknown}"`);
};

export const texts = (value: unknown, status = 400): readonly string[] => {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string' && one !== '')) return value as string[];
  throw new Refusal(status, 'texts must be a list of strings that are not empty');
};

/** Throws Refusal for more than so many. */
export const atMost = (list: readonly unknown[], most: number, status: number, message: string): void => {
  if (list.length > most) throw new Refusal(status, message);
};

/** OpenAI's list of vectors. */
export const openAiList = (vectors: readonly unknown[], tokens: number, model: string): unknown => ({
  object: 'list',
  data: vectors.map((embedding, index) => ({ object: 'embedding', index, embedding })),
  model,
  usage: { prompt_tokens: tokens, total_tokens: tokens },
});

export const openAiError = (status: number, message: string): unknown => ({
  error: { message, type: status === 429 ? 'rate_limit_error' : 'invalid_request_error', param: null, code: null },
});
