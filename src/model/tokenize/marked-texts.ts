import { FinetoothError } from '../../errors.ts';
import type { LateInteraction } from '../catalog/model-entry.ts';
import type { TextTokenizer, TokenizedText } from './tokenizer.ts';

/** A text as a model for late interaction reads it. */
export interface MarkedText extends TokenizedText {
  /** Places of the tokens whose vectors count, in their order. */
  readonly kept: readonly number[];
}

/**
 * Queries and documents with their markers behind the first special token. A query is filled up with masks, whose vectors count and which the others attend to
 * where the model says so; of a document the tokens that are skipped do not count (PyLate, pylate/models/colbert.py: tokenize, skiplist_mask).
 */
export function markedTokenizer(
  tokenizer: TextTokenizer,
  form: LateInteraction,
): Readonly<Record<'query' | 'document', (text: string) => MarkedText>> {
  const idOf = (token: string): number => {
    const id = tokenizer.idOf(token);
    if (id !== undefined) return id;
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `the tokenizer has no token "${token}", which the model's settings name; they are not of one model`,
    );
  };
  // A word that is none of its tokens would stand for the unknown one, and every unknown word would be skipped.
  const skipped = new Set(form.skipped.flatMap((word) => tokenizer.idOf(word) ?? []));
  const marked = (text: string, marker: string, length: number): { readonly ids: readonly number[]; readonly truncated: number } => {
    const before = marker === '' ? [] : [idOf(marker)];
    const { ids, truncated } = tokenizer.encode(text, length - before.length);
    return { ids: [...ids.slice(0, 1), ...before, ...ids.slice(1)], truncated };
  };
  return {
    query: (text) => {
      const { queryMarker, queryLength, expansion } = form;
      const { ids, truncated } = marked(text, queryMarker, queryLength);
      const missing = expansion === null ? 0 : Math.max(0, queryLength - ids.length);
      const token = expansion === null || missing === 0 ? 0 : typeof expansion.token === 'number' ? expansion.token : idOf(expansion.token);
      const whole = [...ids, ...Array.from({ length: missing }, () => token)];
      return {
        ids: whole,
        unseen: expansion?.attends === false && missing > 0 ? ids.length : undefined,
        truncated,
        kept: whole.map((_, at) => at),
      };
    },
    document: (text) => {
      const { ids, truncated } = marked(text, form.documentMarker, form.documentLength);
      return { ids, truncated, kept: ids.flatMap((id, at) => (skipped.has(id) ? [] : [at])) };
    },
  };
}
