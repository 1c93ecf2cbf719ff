import { createHash } from 'node:crypto';
import { type KnownScore, memoryScores, type ScoreStore } from '../../cache/scores.ts';
import { sqliteScores } from '../../cache/sqlite-scores.ts';
import { checkOptions, checkValue, type OptionChecks, text, whole } from '../../wording/check-options.ts';
import { decorate } from '../../wording/decorate.ts';
import { checkedScore } from '../checked-calls.ts';
import type { Effort } from '../effort.ts';
import { type Candidate, isReranker, type Reranker } from '../reranker.ts';
import { addUsage, failAfter } from '../usage.ts';
import { closable } from './closable.ts';
import { changeLeaves } from './composed.ts';

export interface CacheOptions {
  /** A folder that any number of processes may share; about 140 bytes per score. @default none: scores are cached in this process */
  readonly at?: string;
  /** Scores that are cached; the oldest go first. 100 to 100,000,000. @default 100,000 in memory, 10,000,000 in a folder */
  readonly maxEntries?: number;
}

/** Says which query and candidate a score belongs to, and which list where that matters; one is made for each reranker. */
export type KeyOf = (
  reranker: Reranker,
) => (
  query: string,
  candidate: Candidate,
  asked?: { readonly list?: string; readonly instruction?: string; readonly exact?: boolean },
) => string;

const cacheChecks: OptionChecks<CacheOptions> = { at: text, maxEntries: whole(100, 100_000_000) };

/**
 * All that an answer depends on: reranker, what its probabilities are made from, query, text, and the form of token vectors, which stand for
 * the text in late interaction.
 */
const byContent: KeyOf = ({ fingerprint, calibration, tolerance }) => {
  const about = [RECIPE, fingerprint, calibration ?? null];
  return (query, { text, tokens, title }, { list, instruction, exact } = {}) =>
    createHash('sha256')
      .update(
        JSON.stringify([
          ...about,
          tokens?.form ?? null,
          query,
          ...(list === undefined ? [] : [list]),
          ...inTitle(title),
          ...(instruction === undefined ? [] : [{ instruction }]),
          // Scores that a list may have had a hand in are not those that none had.
          ...(exact && tolerance !== undefined ? [{ exact }] : []),
        ]),
      )
      .update('\n')
      .update(text)
      .digest('base64url');
};

/** Only who is asked as a whole sees titles: around one model they are candidates of their own by then. */
const inTitle = (title: Candidate['title']): readonly unknown[] => (title === undefined ? [] : [{ title: title.text }]);

/** Changes when what stands under a key changes its meaning. */
const RECIPE = 'scores-3';

/**
 * Scores each query and text once: a candidate's score does not depend on its list. Tokens and money are of what this call scored. Of a cascade
 * every stage is cached, with what a deadline left unscored left out, and what is scored as fast as it is looked up (`isCheap`).
 *
 * @example
 * import { createReranker, rerank } from 'finetooth';
 * import { cached } from 'finetooth/rerankers';
 *
 * const model = cached(createReranker('ms-marco-minilm-l-12-v2'), { at: './scores' });
 * await rerank('bats', ['Bats hunt by echo.'], { model });
 * const { usage } = await rerank('bats', ['Bats hunt by echo.'], { model });
 * console.log(usage.tokens ?? 0); // 0
 * await model.close?.();
 *
 * @throws E_CACHE_DAMAGED for a file in the folder that is no cache, E_USAGE for what it does not take
 */
export function cached(reranker: Reranker, options: CacheOptions = {}): Reranker {
  checkValue('the reranker of cached', reranker, isReranker);
  checkOptions('cached', options, cacheChecks);
  const store = openScores(options);
  return closable(cachedIn(store, reranker), async () => {
    store.close();
    await reranker.close?.();
  });
}

/** The reranker, asked only for what is not in this store; both stay open when it is closed. */
export function cachedIn(store: ScoreStore, reranker: Reranker): Reranker {
  return decorate(withStore(reranker, store, byContent), { close: undefined });
}

/** Where scores are cached. Throws E_CACHE_DAMAGED for a file in the folder that is no cache, E_USAGE for a folder that cannot be written to. */
export function openScores({ at, maxEntries }: CacheOptions): ScoreStore {
  return at === undefined ? memoryScores(maxEntries ?? 100_000) : sqliteScores(at, maxEntries ?? 10_000_000);
}

/** The reranker, asked only for what the store does not know. Of a cascade it is every stage. All else stays the reranker's own. */
export function withStore(reranker: Reranker, store: ScoreStore, keyOf: KeyOf): Reranker {
  const { score } = changeLeaves(reranker, (part) => wholeWithStore(part, store, keyOf));
  return decorate(reranker, { score });
}

function wholeWithStore(reranker: Reranker, store: ScoreStore, keyOf: KeyOf): Reranker {
  const keyFor = keyOf(reranker);
  return decorate(reranker, {
    score: checkedScore(async (query, candidates, options) => {
      const list = reranker.kind === 'listwise' ? listKeyOf(candidates, options?.effort) : undefined;
      const keys = candidates.map((candidate) =>
        keyFor(query, candidate, { list, instruction: options?.instruction, exact: options?.exact }),
      );
      const isKept = candidates.map((candidate) => list !== undefined || reranker.isCheap?.(candidate) !== true);
      const known = lookUp(store, keys, isKept);
      const missing = known.flatMap((one, i) => (one === undefined ? [i] : []));
      const fresh = list === undefined || missing.length === 0 ? missing : keys.map((_, i) => i);
      const given =
        fresh.length === 0
          ? undefined
          : await reranker.score(
              query,
              fresh.map((i) => candidates[i] as Candidate),
              options,
            );
      // A wrong count goes through as it is, to where it is refused.
      if (given !== undefined && given.scores.length !== fresh.length) return given;
      // What time cut off, and what came from stages of which nothing is known here, holds for this list alone.
      if (given?.complete === false || given?.stages !== undefined) {
        if (fresh.length === candidates.length) return given;
        const whole = await reranker.score(query, candidates, options).catch(failAfter(given.usage));
        return { ...whole, usage: addUsage(given.usage, whole.usage) };
      }
      for (const [at, i] of fresh.entries()) {
        const [relevance, span] = [given?.relevance?.[at], given?.spans?.[at]];
        known[i] = {
          score: given?.scores[at] as number,
          truncatedTokens: given?.truncatedTokens?.[at] ?? 0,
          queryTruncatedTokens: given?.queryTruncatedTokens?.[at] ?? 0,
          relevance,
          span,
        };
      }
      const all = known as readonly KnownScore[];
      if (fresh.length > 0 && all.every(({ score }) => Number.isFinite(score)))
        store.put(fresh.filter((i) => isKept[i]).map((i) => [keys[i] as string, all[i] as KnownScore]));
      return {
        scores: Float32Array.from(all, ({ score }) => score),
        relevance: all.some(({ relevance }) => relevance === undefined)
          ? undefined
          : Float32Array.from(all, ({ relevance }) => relevance as number),
        truncatedTokens: all.some(({ truncatedTokens }) => truncatedTokens > 0)
          ? Uint32Array.from(all, ({ truncatedTokens }) => truncatedTokens)
          : undefined,
        queryTruncatedTokens: all.some(({ queryTruncatedTokens }) => queryTruncatedTokens > 0)
          ? Uint32Array.from(all, ({ queryTruncatedTokens }) => queryTruncatedTokens)
          : undefined,
        spans: all.some(({ span }) => span !== undefined) ? all.map(({ span }) => span) : undefined,
        usage: given?.usage === undefined ? undefined : given.usage,
        notes: given?.notes === undefined ? undefined : given.notes,
      };
    }),
  });
}

/** [keys] What is known; only of those that are kept. */
function lookUp(store: ScoreStore, keys: readonly string[], isKept: readonly boolean[]): (KnownScore | undefined)[] {
  const found = store.get(keys.filter((_, i) => isKept[i])).values();
  return isKept.map((kept) => (kept ? found.next().value : undefined));
}

/** Stands for a list whose scores hold for it alone, and what was asked beside it that may change them. */
function listKeyOf(candidates: readonly Candidate[], effort: Effort | undefined): string {
  const hash = createHash('sha256').update(effort === undefined ? '' : `${effort} `);
  for (const { text, title } of candidates)
    hash.update(`${text.length} ${text}${title === undefined ? '' : ` ${title.text.length} ${title.text}`}`);
  return hash.digest('base64url');
}
