import type { ModelEntry } from '../catalog/model-entry.ts';
import type { TextTokenizer } from './tokenizer.ts';

/** Asks a worker for the tokens of texts in letters, as far as the window holds them; the model is not run. */
export interface TokenNamesRequest {
  readonly name: readonly string[];
}

export interface TokenNamesResult {
  /** A list of lists of texts, as JSON in UTF-8: only arrays of bytes go from a worker without a copy. */
  readonly json: Uint8Array;
}

export function nameTokens({ name }: TokenNamesRequest, { maxTokens }: ModelEntry, tokenizer: TextTokenizer): TokenNamesResult {
  const room = maxTokens - tokenizer.before.length - tokenizer.after.length;
  return { json: new TextEncoder().encode(JSON.stringify(name.map((text) => tokenizer.names(text, room)))) };
}

export const namesIn = ({ json }: TokenNamesResult): readonly (readonly string[])[] =>
  JSON.parse(new TextDecoder().decode(json)) as string[][];
