import { askJson } from '../api/client.ts';
import type { Answer, Result } from '../api/types.ts';
import type { Asked } from '../state/request.ts';
import { bodyOf } from '../state/request.ts';

/** A document as the server keeps it, and what is ranked of it. */
interface Stored {
  readonly document: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly fields: readonly { readonly field: string; readonly start: number; readonly end: number }[];
  readonly passages: number;
}

export interface Reasons {
  readonly result: Result;
  readonly answer: Answer;
  readonly stored: Stored;
}

/** Why a result stands at its place: the same question, of which this result alone is explained. */
export async function loadReasons(asked: Asked, id: string, rank: number, signal: AbortSignal): Promise<Reasons | undefined> {
  const json = { ...bodyOf(asked), offset: rank - 1, top: 1, explain: true, stages: true };
  const path = `v1/indexes/${encodeURIComponent(asked.index ?? '')}/documents/${encodeURIComponent(id)}`;
  const [answer, stored] = await Promise.all([askJson<Answer>('v1/search', { json, signal }), askJson<Stored>(path, { signal })]);
  const result = answer.results.find((one) => one.id === id);
  return result === undefined ? undefined : { result, answer, stored: asTextWasRead(stored, asked) };
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
