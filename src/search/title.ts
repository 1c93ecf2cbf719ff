import type { Candidate } from '../rerank/reranker.ts';
import type { Manifest } from '../store/store.ts';
import { textOf } from '../text/recipe.ts';
import type { Document, Hit } from '../types.ts';

/** A hit with its title, where that is to be scored by itself too. */
export type TitledHit = Hit & Pick<Candidate, 'title'>;

type Titling = Pick<Manifest, 'fields' | 'titleField'>;

/**
 * What names a document, where its index compares that by itself; nothing where it is blank, or all that there is to read: then it is compared already.
 */
export function titleOf(document: Document, { fields, titleField }: Titling): string | undefined {
  if (typeof titleField !== 'string') return undefined;
  const title = textOf(document, [titleField]);
  return title === '' || title === textOf(document, fields) ? undefined : title;
}

/** The hit with its title, as the text that was found is read. */
export function withTitle(hit: Hit, manifest: Titling | undefined): TitledHit {
  const text = manifest && titleOf(hit.document, manifest);
  return text === undefined ? hit : { ...hit, title: { text, tokens: hit.titleTokens } };
}
