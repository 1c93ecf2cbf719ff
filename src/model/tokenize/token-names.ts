import type { ModelEntry } from '../catalog/model-entry.ts';
import { markedTokenizer } from './marked-texts.ts';
import type { TextTokenizer } from './tokenizer.ts';

/** Asks a worker for the tokens of texts in letters, as far as the window holds them; the model is not run. */
export interface TokenNamesRequest {
  readonly name: readonly string[];
  /** As which a model that reads them differently reads them. @default document */
  readonly role?: 'query' | 'document';
}

export interface TokenNamesResult {
  /** A list of lists of texts, as JSON in UTF-8: only arrays of bytes go from a worker without a copy. */
  readonly json: Uint8Array;
}

export function nameTokens({ name, role = 'document' }: TokenNamesRequest, entry: ModelEntry, tokenizer: TextTokenizer): TokenNamesResult {
  const room = entry.maxTokens - tokenizer.before.length - tokenizer.after.length;
  const form = entry.kind === 'bi-encoder' ? entry.lateInteraction : undefined;
  const marked = form === undefined ? undefined : markedTokenizer(tokenizer, form)[role];
  const namesOf = (text: string): readonly string[] => {
    if (marked === undefined) return tokenizer.names(text, room);
    const { ids, kept } = marked(text);
    return kept.map((at) => tokenizer.nameOf(ids[at] as number));
  };
  return { json: new TextEncoder().encode(JSON.stringify(name.map(namesOf))) };
}

export const namesIn = ({ json }: TokenNamesResult): readonly (readonly string[])[] =>
  JSON.parse(new TextDecoder().decode(json)) as string[][];

/** Asks a worker for tokens in letters, by their numbers. */
export interface IdNamesRequest {
  readonly idNames: readonly number[];
}

/** One list, as `namesIn` reads it. */
export const namesOfIds = ({ idNames }: IdNamesRequest, tokenizer: TextTokenizer): TokenNamesResult => ({
  json: new TextEncoder().encode(JSON.stringify([idNames.map((id) => tokenizer.nameOf(id))])),
});
