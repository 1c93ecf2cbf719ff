import { doneWithin } from '../../time/time-limit.ts';
import { checkedExplain, checkedScore } from '../checked-calls.ts';
import { unscored } from '../merge-scores.ts';
import type { Reranker, Scores } from '../reranker.ts';
import { scoreInTime } from '../score-in-time.ts';
import { closable } from './closable.ts';
import { composed } from './composed.ts';

/**
 * A reranker that is opened when it is first needed, within the deadline of whoever asks; what could not be opened is tried again. Its answers have the
 * fingerprint of what was opened. `name`: what it is called before.
 */
export function lazyReranker(fingerprint: string, open: () => Promise<Reranker>, name = fingerprint): Reranker {
  let opened: Promise<Reranker> | undefined;
  let languages: Reranker['languages'];
  let takesInstruction: boolean | undefined;
  let tolerance: number | undefined;
  let notes: Reranker['notes'];
  const unopened: Reranker['names'] = new Map([[fingerprint, name]]);
  let names = unopened;
  const inner = (): Promise<Reranker> => {
    opened ??= open().then(
      (reranker) => {
        languages = reranker.languages;
        takesInstruction = reranker.takesInstruction;
        tolerance = reranker.tolerance;
        notes = reranker.notes;
        names = new Map([...unopened, ...(reranker.names ?? [])]);
        return reranker;
      },
      (error: unknown) => {
        opened = undefined;
        throw error;
      },
    );
    return opened;
  };
  const score: Reranker['score'] = checkedScore(async (query, candidates, options = {}) => {
    const { deadlineMs } = options;
    if (deadlineMs === undefined) return by(await inner(), await scoreInTime(await inner(), query, candidates, options));
    const started = performance.now();
    const opening = inner();
    if (!(await doneWithin(opening, deadlineMs))) return unscored(candidates.length);
    const left = Math.max(0, deadlineMs - (performance.now() - started));
    return by(await opening, await scoreInTime(await opening, query, candidates, { ...options, deadlineMs: left }));
  });
  const made: Reranker = {
    fingerprint,
    // What it will be is not known before it is opened: perhaps a cascade, whose scores hold for a whole list.
    kind: 'listwise',
    keepsDeadline: true,
    // Known once it is open.
    get names() {
      return names;
    },
    get languages() {
      return languages;
    },
    get takesInstruction() {
      return takesInstruction;
    },
    get tolerance() {
      return tolerance;
    },
    get notes() {
      return notes;
    },
    score,
    explain: checkedExplain(async (query, candidate, options) => (await (await inner()).explain?.(query, candidate, options)) ?? []),
    load: async () => (await inner()).load?.(),
  };
  const close = async (): Promise<void> => (await opened?.catch(() => undefined))?.close?.();
  return composed(closable(made, close), (change) => lazyReranker(fingerprint, async () => change(await inner()), name));
}

const by = ({ fingerprint }: Reranker, given: Scores): Scores => ({ ...given, rankedBy: given.rankedBy ?? fingerprint });
