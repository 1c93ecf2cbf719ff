import type { FieldValue } from '../types.ts';

/**
 * Which documents may be found, as people write it: a text, `year >= 2018 and tags in (sea, whales)`; fields that must all fit,
 * `{ year: { gte: 2018 }, tags: ['sea', 'whales'] }`; or parts. docs/filters.md is the whole language. Never join a text with what a stranger typed.
 */
export type Filter = string | FilterParts | FlatFilter;

/** All of the parts must fit; a filter without any fits everything. */
export interface FilterParts {
  readonly fields?: FilterFields;
  /** All of these; an empty list fits everything. */
  readonly and?: readonly Filter[];
  /** One of these; an empty list fits nothing. */
  readonly or?: readonly Filter[];
  /** What does not fit this. */
  readonly not?: Filter;
}

/** The same as these `fields`, where none of them has the name of a part. */
export type FlatFilter = FilterFields & { readonly [Part in keyof FilterParts]?: never };

/** What each of these fields must hold: a plain value is `equals`, a list `in`. */
export type FilterFields = Readonly<Record<string, string | number | boolean | null | readonly FieldValue[] | FieldCondition>>;

/** Of a list that a document holds, one value suffices; of `not` all must differ. Several conditions must all fit. */
export interface FieldCondition {
  readonly equals?: FieldValue;
  readonly in?: readonly FieldValue[];
  /** Documents without the field fit too. */
  readonly not?: FieldValue;
  /** Numbers with numbers, texts with texts (ISO 8601 dates sort as text). */
  readonly gt?: number | string;
  readonly gte?: number | string;
  readonly lt?: number | string;
  readonly lte?: number | string;
  /** The field is there and is not null, or is not. */
  readonly exists?: boolean;
  /** How a text begins. */
  readonly prefix?: string;
  /** A value that a list holds, or a piece of a text; letters are as they stand. */
  readonly contains?: string | number | boolean | null;
}

/** What fields hold, so that "2018" from a CSV file compares as a number; see docs/filters.md. */
export type FieldType = 'number' | 'date' | 'keyword' | 'boolean';
export type FieldTypes = Readonly<Record<string, FieldType>>;
