import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { FinetoothError } from '../errors.ts';
import { readFilter } from '../filter/read-filter.ts';
import type { Manifest } from '../store/store.ts';
import type { FieldValue, PassagePlace, Span } from '../types.ts';
import { isRecord } from '../wording/check-options.ts';
import type { FirstStage, SearchOptions } from './options.ts';
import { keysAt, plan } from './plan.ts';
import type { Ranker } from './rank.ts';

/** The cursor of a first page. */
export const START = '*';

/** A ranking from some place on, as the first page made it: whatever is written afterwards, the pages are of this one order. */
export interface Frozen {
  readonly firstStage: FirstStage;
  readonly rankedBy: string | null;
  readonly fingerprint: string | null;
  readonly calibrated: boolean;
  readonly complete: boolean;
  readonly cut: number;
  /** The stages that ranked. */
  readonly stages: readonly Ranker[];
  /** Results before these. */
  readonly before: number;
  readonly order: readonly FrozenCandidate[];
}

/** A candidate without its document. */
export interface FrozenCandidate {
  readonly id: string;
  /** Place in the first stage, from 0. */
  readonly index: number;
  readonly relevance: number;
  /** The first stage's. */
  readonly score: number;
  readonly stage: number;
  /** What each stage gave; only where it was asked for. */
  readonly stages?: readonly (number | null)[];
  readonly passage?: PassagePlace;
  /** What gave the score, where the text was not read as a whole. */
  readonly part?: { readonly span: Span; readonly line?: number };
  readonly cutTokens?: number;
  readonly omittedCharacters?: number;
  readonly duplicates?: readonly FrozenCandidate[];
  readonly group?: { readonly value: FieldValue; readonly others: readonly FrozenCandidate[] };
}

/** What changes nothing of the order. */
const free: readonly string[] = [
  'top',
  'offset',
  'cursor',
  'facets',
  'facetValues',
  'perGroup',
  'documents',
  'explain',
  'deadlineMs',
  'onUpdate',
  'signal',
  'reranker',
];
/** Bytes that a cursor may hold: 10,000 candidates with long ids. */
const MOST_BYTES = 16_000_000;

/** What a cursor is of: of an index as it was made, a query, and what decides the order. */
export function searchKey(manifest: Manifest | undefined, query: string, options: SearchOptions, rerankers: readonly string[]): string {
  const said = keysAt('search')
    .filter((key) => !free.includes(key))
    .map((key) => {
      const option = plan[key];
      const value = options[key] ?? ('default' in option ? option.default : null);
      if (key === 'filter') return options.filter === undefined ? null : readFilter(options.filter);
      if (key === 'vector') return options.vector === undefined ? null : [...Float32Array.from(options.vector)];
      return 'orOne' in option && typeof value === 'string' ? [value] : value;
    });
  const made = manifest?.id ?? manifest ?? null;
  return createHash('sha256')
    .update(JSON.stringify([made, query, said, rerankers]))
    .digest('base64url')
    .slice(0, 16);
}

/** Nothing where no result is left. */
export function writeCursor(key: string, frozen: Frozen): string | undefined {
  if (frozen.order.length === 0) return undefined;
  return `${key}.${deflateRawSync(JSON.stringify(frozen)).toString('base64url')}`;
}

/** Throws E_CURSOR for what `writeCursor` did not give for this key. */
export function readCursor(cursor: string, key: string): Frozen {
  const [of, packed = ''] = cursor.split('.');
  const frozen = unpacked(packed);
  if (frozen === undefined) throw wrong('is damaged, or is none of an answer');
  if (of !== key)
    throw wrong('is of another query, of other options, of another index, or of this one before it was made again; only top may differ');
  return frozen;
}

function unpacked(packed: string): Frozen | undefined {
  try {
    const frozen: unknown = JSON.parse(inflateRawSync(Buffer.from(packed, 'base64url'), { maxOutputLength: MOST_BYTES }).toString('utf8'));
    return isFrozen(frozen) ? frozen : undefined;
  } catch {
    return undefined;
  }
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= plan.candidates.most;

/** A cursor comes from a client: what later code relies on is looked at. */
function isFrozen(value: unknown): value is Frozen {
  return (
    isRecord(value) &&
    isCount(value.before) &&
    Array.isArray(value.stages) &&
    value.stages.every((one) => isRecord(one) && typeof one.name === 'string' && typeof one.fingerprint === 'string') &&
    Array.isArray(value.order) &&
    value.order.length <= plan.candidates.most &&
    value.order.every(isCandidate)
  );
}

function isCandidate(value: unknown): boolean {
  if (!isRecord(value) || typeof value.id !== 'string' || !isCount(value.index)) return false;
  const { part, passage, group, duplicates = [] } = value;
  const isPlace = (place: unknown): boolean =>
    place === undefined || (isRecord(place) && Array.isArray(place.span) && place.span.length === 2 && place.span.every(Number.isInteger));
  return (
    Number.isFinite(value.relevance) &&
    Number.isFinite(value.score) &&
    Number.isInteger(value.stage) &&
    isPlace(part) &&
    isPlace(passage) &&
    Array.isArray(duplicates) &&
    duplicates.every(isCandidate) &&
    (group === undefined || (isRecord(group) && Array.isArray(group.others) && group.others.every(isCandidate)))
  );
}

const wrong = (what: string): FinetoothError =>
  new FinetoothError('E_CURSOR', `the cursor ${what}. Page again from the start, with the cursor "${START}".`);
