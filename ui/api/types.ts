import type { SearchAnswer, SearchResult } from '../../src/index.ts';
import type { Status } from '../../src/server/indexes/forms.ts';

type SnakeName<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? First extends Lowercase<First>
    ? `${First}${SnakeName<Rest>}`
    : `_${Lowercase<First>}${SnakeName<Rest>}`
  : Name;

/** A type of the library as the server's own API writes it; what is inside a document stays as it is. */
export type Sent<Value> = Value extends readonly (infer Item)[]
  ? number extends Value['length']
    ? readonly Sent<Item>[]
    : { readonly [At in keyof Value]: Sent<Value[At]> }
  : Value extends object
    ? { readonly [Name in keyof Value as SnakeName<Name & string>]: Name extends 'document' | 'value' ? Value[Name] : Sent<Value[Name]> }
    : Value;

export type Result = Sent<SearchResult>;
/** What `POST /v1/search` answers: the library's answer, its candidates without their documents. */
export type Answer = Sent<Omit<SearchAnswer, 'candidates'>> & {
  readonly candidates: readonly { readonly id: string; readonly score: number }[];
};
export type IndexStatus = Status;
