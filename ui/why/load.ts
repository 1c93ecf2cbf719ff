import { useEffect, useState } from 'preact/hooks';
import { askJson } from '../api/client.ts';
import { ApiError, isAbort } from '../api/errors.ts';
import type { Answer, Result } from '../api/types.ts';
import type { Asked } from '../state/request.ts';
import { bodyOf } from '../state/request.ts';

/** A document as the server keeps it, and what is ranked of it. */
export interface Stored {
  readonly document: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly fields: readonly { readonly field: string; readonly start: number; readonly end: number }[];
  readonly passages: number;
}

export interface Reasons {
  /** The text comes sooner than the explanation, for which the models read it again. */
  readonly stored?: Stored;
  readonly explained?: Result;
  readonly failure?: ApiError;
}

/** Why a result stands at its place, from 1: the same question, of which this result alone is explained. */
export function useReasons(asked: Asked, id: string, rank: number, onExplained: () => void): Reasons {
  const [reasons, setReasons] = useState<Reasons>({});
  useEffect(() => {
    const asking = new AbortController();
    setReasons({});
    const take = (part: Reasons): void => setReasons((before) => ({ ...before, ...part }));
    const fail = (error: unknown): void => {
      if (!isAbort(error)) take({ failure: error instanceof ApiError ? error : new ApiError('E_BUG', String(error), 0) });
    };
    const path = `v1/indexes/${encodeURIComponent(asked.index ?? '')}/documents/${encodeURIComponent(id)}`;
    askJson<Stored>(path, { signal: asking.signal }).then((stored) => take({ stored: asTextWasRead(stored, asked) }), fail);
    const json = { ...bodyOf(asked), offset: rank - 1, top: 1, explain: true, stages: true };
    askJson<Answer>('v1/search', { json, signal: asking.signal }).then(({ results }) => {
      const explained = results.find((one) => one.id === id);
      if (explained === undefined) return fail(new ApiError('E_NOT_FOUND', 'The document has another place by now: ask again.', 404));
      take({ explained });
      onExplained();
    }, fail);
    return () => asking.abort();
  }, [asked, id, rank]);
  return reasons;
}

/** A pipeline that reads other fields reads another text than the index. */
function asTextWasRead(stored: Stored, { pipeline: { rank_fields: names, field_labels: labelled } }: Asked): Stored {
  if (names === undefined && labelled !== true) return stored;
  const read = Array.isArray(names) ? names.map(String) : stored.fields.map(({ field }) => field);
  const words = read.map((field) => [field, plainWords(stored.document[field])] as const).filter(([, text]) => text.trim() !== '');
  const text = words.map(([field, own]) => (labelled === true ? `${field}: ${own}` : own)).join(labelled === true ? '\n' : ' ');
  return { ...stored, text, fields: [] };
}

const plainWords = (value: unknown): string =>
  value === undefined || value === null
    ? ''
    : typeof value === 'string'
      ? value
      : Array.isArray(value)
        ? value.map(plainWords).join(', ')
        : JSON.stringify(value);
