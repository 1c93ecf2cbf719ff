import type { Document } from '../../src/types.ts';
import type { IndexStatus, Result } from '../api/types.ts';
import type { Pipeline } from '../state/address.ts';

/** Milliseconds as people read them: 8 ms, 320 ms, 2.4 s. */
export const tookWords = (ms: number): string =>
  ms < 1 ? '<1 ms' : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;

export const percent = (share: number): string => {
  const of100 = share * 100;
  return `${of100 < 1 && of100 > 0 ? '<1' : Math.round(of100)} %`;
};

/** Bytes as people read them: 340 kB, 12.3 MB. */
export const megabytes = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(bytes < 1e8 ? 1 : 0)} MB`;

export const count = (number: number, one: string, many = `${one}s`): string =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`;

/** A stage by its fingerprint, as people call it. */
export function stageWords(fingerprint: string): string {
  if (fingerprint.startsWith('cascade(')) return 'default';
  if (fingerprint.startsWith('late-interaction')) return 'late interaction';
  if (fingerprint.startsWith('cross-encoder')) return 'cross-encoder';
  return fingerprint.replace(/\(.*$/s, '');
}

export const firstStageWords: Readonly<Record<string, string>> = {
  dense: 'vectors',
  bm25: 'words (BM25)',
  hybrid: 'vectors and words',
  sparse: 'weighed tokens',
  'sparse+dense': 'weighed tokens and vectors',
  'sparse+bm25': 'weighed tokens and words',
  'sparse+bm25+dense': 'weighed tokens, words and vectors',
};

/** A pipeline in a few words: `vectors and words → late interaction, 50 candidates`. */
export function pipelineWords(pipeline: Pipeline): string {
  const { first_stage: first = 'dense', reranker, candidates, effort, fusion, ...others } = pipeline;
  const second = reranker === null ? 'not reranked' : reranker === undefined ? 'default' : [reranker].flat().join(' → ');
  const more = [
    candidates === undefined ? undefined : `${candidates} candidates`,
    effort === undefined ? undefined : `effort ${effort}`,
    fusion === undefined ? undefined : `fusion ${fusion}`,
    ...Object.entries(others).map(([key, value]) => `${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`),
  ].filter((words) => words !== undefined);
  return [`${firstStageWords[String(first)] ?? String(first)} → ${second}`, ...more].join(', ');
}

/** What a document is called, and the rest of its text: by the fields that the index reads. */
export function readingOf(
  document: Document | undefined,
  index: IndexStatus | undefined,
  id: string,
): { readonly title: string; readonly text: string } {
  const fields = index?.fields ?? Object.keys(document ?? {});
  const textIn = (field: string | undefined): string => (field === undefined ? '' : plain(document?.[field]));
  const titleField = [index?.title_field, 'title', 'name'].find((field) => textIn(field) !== '');
  const text = fields
    .filter((field) => field !== titleField)
    .map(textIn)
    .filter((words) => words !== '')
    .join(' ');
  return { title: titleField === undefined ? id : textIn(titleField), text };
}

export const levelWords: Readonly<Record<NonNullable<Result['level']>, string>> = { high: 'High', likely: 'Likely', unlikely: 'Unlikely' };

const plain = (value: unknown): string =>
  value === null || value === undefined
    ? ''
    : typeof value === 'string'
      ? value.trim()
      : Array.isArray(value)
        ? value.map(plain).join(', ')
        : JSON.stringify(value);
