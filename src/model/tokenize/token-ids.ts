import type { TextTokenizer } from './tokenizer.ts';

/** Asks a worker for all tokens of texts, however long; the model is not run. */
export interface TokenIdsRequest {
  readonly ids: readonly string[];
  /** With the special tokens of the template. */
  readonly special: boolean;
}

export interface TokenIdsResult {
  /** As `NamedToken[][]`, JSON in UTF-8: only arrays of bytes go from a worker without a copy. */
  readonly json: Uint8Array;
}

export interface NamedToken {
  readonly id: number;
  /** As the vocabulary has it. */
  readonly text: string;
  readonly special: boolean;
}

export function tokenIds({ ids, special }: TokenIdsRequest, tokenizer: TextTokenizer): TokenIdsResult {
  const named = (numbers: readonly number[], isSpecial: boolean): NamedToken[] =>
    numbers.map((id) => ({ id, text: tokenizer.nameOf(id), special: isSpecial }));
  const all = ids.map((text) => {
    const own = named(tokenizer.plain(text, Number.MAX_SAFE_INTEGER).ids, false);
    return special ? [...named(tokenizer.before, true), ...own, ...named(tokenizer.after, true)] : own;
  });
  return { json: new TextEncoder().encode(JSON.stringify(all)) };
}

export const tokensIn = ({ json }: TokenIdsResult): readonly (readonly NamedToken[])[] =>
  JSON.parse(new TextDecoder().decode(json)) as NamedToken[][];
