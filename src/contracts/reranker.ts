import assert from 'node:assert/strict';
import { checkScores } from '../rerank/check-scores.ts';
import type { StageExplanation } from '../rerank/explanation.ts';
import type { Candidate, Reranker, ScoreOptions, Scores } from '../rerank/reranker.ts';
import { scoreInTime } from '../rerank/score-in-time.ts';
import { callback, checkArguments } from '../wording/check-options.ts';
import { decorate } from '../wording/decorate.ts';
import { type ContractCase, casesOf, checkCloses, checkStops, isCausedBy, type Make, never } from './contract-case.ts';
import { byLength, candidates, decorated, doors, QUERY } from './doors.ts';

/** Milliseconds in which nothing is done that waits for a gate. */
const SHORT_MS = 20;
/** Of a score alone and in a list: models calculate in single precision. */
const TOLERANCE = 1e-3;

const checks: Readonly<Record<string, (reranker: Reranker) => Promise<void>>> = {
  'gives one finite score for each candidate': async (reranker) => {
    for (const count of [1, 2, candidates.length]) await askSoundly(reranker, candidates.slice(0, count));
  },
  'gives an empty list for an empty list': async (reranker) => {
    await askSoundly(reranker, []);
  },
  'scores a text without words': async (reranker) => {
    await askSoundly(reranker, [{ id: 'empty', text: '' }, ...candidates]);
  },
  'scores in input order, each candidate whatever else is in the list': async (reranker) => {
    const { kind = 'pointwise' } = reranker;
    assert.ok(kind === 'pointwise' || kind === 'listwise', `${nameOf(reranker)} is of the kind "${kind}"; it is pointwise or listwise`);
    const together = await askSoundly(reranker, candidates);
    const turned = await askSoundly(reranker, candidates.toReversed());
    if (reranker.kind === 'listwise') return;
    for (const [i, candidate] of candidates.entries()) {
      const alone = await askSoundly(reranker, [candidate]);
      const one = together.scores[i];
      checkClose(reranker, `candidate ${i} alone`, alone.scores[0], one);
      checkClose(reranker, `candidate ${i} in the list turned round`, turned.scores[candidates.length - 1 - i], one);
    }
  },
  'changes nothing that it was given': async (reranker) => {
    const given = candidates.map((candidate) => ({ ...candidate }));
    const options = {};
    await reranker.score(QUERY, given, options);
    assert.deepEqual(given, candidates, `${nameOf(reranker)} changed the candidates that it was given`);
    assert.deepEqual(options, {}, `${nameOf(reranker)} changed the options that it was given`);
  },
  'gives calls that meet what it gives them one by one': async (reranker) => {
    const lists = candidates.map((_, i) => candidates.slice(i));
    const queries = lists.map((_, i) => (i % 2 === 0 ? QUERY : 'the price of wheat'));
    const ask = (list: readonly Candidate[], i: number): Promise<Scores> => reranker.score(queries[i] as string, list);
    const met = await Promise.all(lists.map(ask));
    for (const [i, list] of lists.entries()) {
      const { scores } = await ask(list, i);
      assert.equal(met[i]?.scores.length, scores.length, `${nameOf(reranker)} gave a call another count where calls met`);
      for (const [at, score] of scores.entries())
        checkClose(reranker, `candidate ${at} of call ${i}, asked beside other calls`, met[i]?.scores[at], score);
    }
  },
  'keeps nothing that it gave': async (reranker) => {
    const first = await askSoundly(reranker, candidates);
    const copy = first.scores.slice();
    first.scores.fill(12_345);
    const again = await askSoundly(reranker, candidates);
    assert.notEqual(first.scores.buffer, again.scores.buffer, `${nameOf(reranker)} gave the same array twice`);
    if (reranker.kind !== 'listwise')
      for (const [i, score] of copy.entries())
        checkClose(reranker, `candidate ${i} after its first score was overwritten`, again.scores[i], score);
  },
  'has a fingerprint that stays': async (reranker) => {
    const { fingerprint } = reranker;
    assert.ok(
      typeof fingerprint === 'string' && fingerprint.trim() !== '',
      `the fingerprint of a reranker is a text; got ${JSON.stringify(fingerprint)}`,
    );
    await reranker.load?.();
    await reranker.score(QUERY, candidates);
    assert.equal(reranker.fingerprint, fingerprint, 'the fingerprint changed by a call');
  },
  'says truthfully whether it came to every candidate': async (reranker) => {
    const none = await scoreInTime(reranker, QUERY, candidates, { deadlineMs: 0 });
    checkSound(reranker, none, candidates);
    checkUnscored(reranker, none);
    const heard: Scores[] = [];
    const onScores = (now: Scores): void => void heard.push(now);
    const slices = await scoreInTime(reranker, QUERY, candidates, { deadlineMs: 600_000, onScores });
    checkSound(reranker, slices, candidates);
    const whole = await askSoundly(reranker, candidates, { onScores });
    // Not where they are told: what a part tells after its answer would be thrown where no case hears it.
    for (const now of heard) checkSound(reranker, now, candidates);
    assert.equal(
      slices.complete ?? true,
      whole.complete ?? true,
      `${nameOf(reranker)} is complete with time enough, or without a deadline, not both`,
    );
  },
  'is in time when it never answers, and when it never loads': async (reranker) => {
    const stuck = decorate(reranker, { score: never });
    checkUnscored(stuck, await scoreInTime(stuck, QUERY, candidates, { deadlineMs: SHORT_MS }));
    const unloaded = decorate(stuck, { load: never });
    checkUnscored(unloaded, await scoreInTime(unloaded, QUERY, candidates, { deadlineMs: SHORT_MS }));
  },
  'ends with the reason of its signal, or with an answer': async (reranker) => {
    const call = (signal: AbortSignal): Promise<Scores> => reranker.score(QUERY, candidates, { signal });
    await checkStops(nameOf(reranker), call, (given) => checkSound(reranker, given, candidates));
    await checkStopsAtOnce(decorate(reranker, { score: never }));
  },
  'is asked by its own function when it is decorated': async (reranker) => {
    for (const [door, ask] of Object.entries(doors)) {
      const mine = decorated(reranker);
      const order = await ask(mine.reranker);
      assert.ok(mine.calls() > 0, `${door} did not call the function "score" of { ...reranker, score }`);
      assert.deepEqual(order, candidates.map(({ id }) => id).toReversed(), `${door} did not rank by the scores of { ...reranker, score }`);
    }
  },
  'counts what it used as numbers from 0 on': async (reranker) => {
    const { usage = {} } = await askSoundly(reranker, candidates);
    for (const what of ['tokens', 'cost', 'requests'] as const) {
      const used = usage[what] ?? 0;
      assert.ok(Number.isFinite(used) && used >= 0, `${nameOf(reranker)} says that it used ${used} of "${what}"`);
    }
  },
  'says of every candidate whether it is scored as fast as it is looked up': async (reranker) => {
    for (const candidate of candidates) {
      const isCheap = reranker.isCheap?.(candidate) ?? false;
      assert.ok(typeof isCheap === 'boolean', `isCheap of ${nameOf(reranker)} is true or false; got ${isCheap}`);
    }
  },
  'is asked with any effort, and changes no score by it': async (reranker) => {
    const { scores } = await askSoundly(reranker, candidates);
    for (const effort of ['low', 'exhaustive', 2] as const) {
      const given = await askSoundly(reranker, candidates, { effort });
      // How many of a list later stages read is what it may change.
      if (reranker.kind === 'listwise') continue;
      for (const [i, score] of scores.entries()) checkClose(reranker, `candidate ${i} with the effort ${effort}`, given.scores[i], score);
    }
  },
  'explains by stages that have names, where it explains': async (reranker) => {
    const stages = await reranker.explain?.(QUERY, candidates[1] as Candidate);
    for (const { name } of stages ?? []) assert.ok(typeof name === 'string' && name !== '', `a stage of ${nameOf(reranker)} has no name`);
  },
  'loads as often as it is asked to': async (reranker) => {
    await reranker.load?.();
    await reranker.load?.();
    await askSoundly(reranker, candidates);
  },
  'refuses calls once it is closed, where it closes': async (reranker) => {
    await askSoundly(reranker, candidates);
    await checkCloses(nameOf(reranker), reranker, () =>
      reranker.score(QUERY, [{ id: 'new', text: 'A text that it has not seen before.' }]),
    );
  },
};

/**
 * What every reranker promises. `make` is asked for a new one by each case.
 *
 * @example
 * import { it } from 'node:test';
 * import { createReranker } from 'finetooth';
 * import { rerankerContract } from 'finetooth/contracts';
 *
 * for (const { name, run } of rerankerContract(() => createReranker('late-interaction'))) it(name, run);
 */
export function rerankerContract(make: Make<Reranker>): readonly ContractCase[] {
  checkArguments('rerankerContract(() => yourReranker())', { make: [make, callback] });
  return casesOf(make, checks);
}

/**
 * What every reranker promises that is made from another one, whatever that one does.
 *
 * @example
 * import { it } from 'node:test';
 * import { rerankerWrapperContract } from 'finetooth/contracts';
 * import { cached } from 'finetooth/rerankers';
 *
 * for (const { name, run } of rerankerWrapperContract((inner) => cached(inner))) it(name, run);
 */
export function rerankerWrapperContract(wrap: (inner: Reranker) => Reranker | Promise<Reranker>): readonly ContractCase[] {
  checkArguments('rerankerWrapperContract((inner) => yourWrapper(inner))', { wrap: [wrap, callback] });
  return [
    ...rerankerContract(() => wrap(byLength())),
    {
      name: 'asks the one inside as it is decorated',
      run: async () => {
        const { reranker, calls } = decorated(byLength());
        await (await wrap(reranker)).score(QUERY, candidates);
        assert.ok(calls() > 0, 'the function "score" of the decorated reranker inside was not called');
      },
    },
    {
      name: 'takes an instance of a class with all that it has',
      run: async () => {
        const reranker = await wrap(new ByLength());
        await reranker.load?.();
        checkSound(reranker, await reranker.score(QUERY, candidates), candidates);
        await reranker.explain?.(QUERY, candidates[0] as Candidate);
        await reranker.close?.();
      },
    },
    {
      name: 'is in time when the one inside never answers, and when it never loads',
      run: async () => {
        for (const stuck of [{ score: never }, { load: never, score: never }]) {
          const reranker = await wrap({ ...byLength(), ...stuck });
          const { complete } = await scoreInTime(reranker, QUERY, candidates, { deadlineMs: SHORT_MS });
          assert.equal(complete, false, `${nameOf(reranker)} has one inside that never answered, and calls its answer complete`);
        }
      },
    },
    {
      name: 'stops when the one inside never answers',
      run: async () => checkStopsAtOnce(await wrap({ ...byLength(), score: never })),
    },
    {
      name: 'closes the one inside',
      run: async () => {
        let closed = 0;
        const reranker = await wrap({ ...byLength(), close: async () => void closed++ });
        await reranker.score(QUERY, candidates);
        await reranker.close?.();
        assert.ok(closed > 0, `${nameOf(reranker)} was closed, and left the one inside open`);
      },
    },
  ];
}

/** A reranker whose members stand in its class, and ask for what is private to the instance. */
class ByLength implements Reranker {
  readonly #own = byLength();
  #isClosed = false;
  get fingerprint(): string {
    return this.#own.fingerprint;
  }
  readonly kind = 'pointwise';
  async score(query: string, given: readonly Candidate[]): Promise<Scores> {
    if (this.#isClosed) throw new Error('closed');
    return this.#own.score(query, given);
  }
  async explain(): Promise<readonly StageExplanation[]> {
    return [{ name: this.#own.fingerprint }];
  }
  async load(): Promise<void> {
    this.#isClosed = false;
  }
  async close(): Promise<void> {
    this.#isClosed = true;
  }
}

function nameOf({ fingerprint }: Reranker): string {
  return `the reranker "${fingerprint}"`;
}

/** `reranker` never answers. */
async function checkStopsAtOnce(reranker: Reranker): Promise<void> {
  for (const deadlineMs of [undefined, 600_000]) {
    const stopper = new AbortController();
    const reason = new Error('the contract raised this signal');
    const work = scoreInTime(reranker, QUERY, candidates, { signal: stopper.signal, deadlineMs });
    stopper.abort(reason);
    await assert.rejects(work, (error) => isCausedBy(error, reason), `${nameOf(reranker)} was stopped, and ended otherwise`);
  }
}

async function askSoundly(reranker: Reranker, given: readonly Candidate[], options: ScoreOptions = {}): Promise<Scores> {
  const scores = await reranker.score(QUERY, given, options);
  checkSound(reranker, scores, given);
  return scores;
}

function checkClose(reranker: Reranker, what: string, got: number | undefined, wanted: number | undefined): void {
  const [a, b] = [got ?? Number.NaN, wanted ?? Number.NaN];
  const isClose = (Number.isNaN(a) && Number.isNaN(b)) || Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(b));
  assert.ok(isClose, `${nameOf(reranker)} scored ${what} ${a}, and ${b} before. One whose scores depend on the list says kind: 'listwise'`);
}

/** Throws for anything that an answer may not be. */
function checkSound(reranker: Reranker, given: Scores, list: readonly Candidate[]): void {
  checkScores(given, list.length, reranker.fingerprint);
  checkRising(reranker, given);
  for (const [i, span] of given.spans?.entries() ?? []) {
    if (span === undefined) continue;
    const length = list[i]?.text.length ?? 0;
    const [from, to] = span;
    assert.ok(
      from >= 0 && from < to && to <= length,
      `span ${i} of ${nameOf(reranker)} is ${from} to ${to} of a text of ${length} characters`,
    );
  }
}

function checkUnscored(reranker: Reranker, { scores, complete }: Scores): void {
  assert.equal(complete, false, `${nameOf(reranker)} had no time, and calls its answer complete`);
  assert.ok(scores.every(Number.isNaN), `${nameOf(reranker)} had no time, and gave the scores ${scores.join(', ')}`);
}

/** Of one stage: those of several have a probability each, and the later stage stands above. */
function checkRising(reranker: Reranker, { scores, relevance, stages }: Scores): void {
  if (relevance === undefined || stages !== undefined) return;
  const rising = [...scores.keys()].filter((i) => !Number.isNaN(scores[i])).sort((a, b) => (scores[a] as number) - (scores[b] as number));
  for (const [at, i] of rising.entries()) {
    const before = rising[at - 1] ?? i;
    assert.ok(
      (relevance[i] as number) >= (relevance[before] as number) || scores[i] === scores[before],
      `${nameOf(reranker)} gave the score ${scores[i]} the relevance ${relevance[i]}, and the lower score ${scores[before]} the higher ${relevance[before]}`,
    );
  }
}
