import { describe, expect, it } from 'vitest';
import {
  countsOf,
  inJudgingOrder,
  newSession,
  onScreen,
  pastQuery,
  type Session,
  type Task,
  withoutLastStep,
  withStep,
  withTask,
} from './session.ts';

const candidate = (id: string) => ({ id, document: { title: id } });
const task = (id: string, candidates: readonly string[], before = 0): Task => ({
  query: { id, text: `about ${id}` },
  candidates: candidates.map(candidate),
  before,
});
/** Query, candidate, place: what a judge sees. */
const seen = (session: Session): string => {
  const shown = onScreen(session);
  return shown === undefined ? 'nothing' : `${shown.task.query.id} ${shown.candidate.id} ${shown.place}/${shown.of}`;
};

describe('a session of judging', () => {
  it('goes through the candidates of a query and then wants another', () => {
    let session = newSession;
    expect(seen(session)).toBe('nothing');
    session = withTask(session, task('q1', ['a', 'b'], 3));
    expect(seen(session)).toBe('q1 a 4/5');
    session = withStep(session, 2);
    expect(seen(session)).toBe('q1 b 5/5');
    session = withStep(session);
    expect(seen(session)).toBe('nothing');
    session = withTask(session, task('q2', ['a']));
    expect(seen(session)).toBe('q2 a 1/1');
    expect(session.steps).toEqual([
      { task: 0, id: 'a', grade: 2 },
      { task: 0, id: 'b' },
    ]);
    expect(countsOf(session)).toEqual({ queries: 1, judged: 1, skipped: 1 });
  });

  it('counts a grade of 0 as a judgment', () => {
    expect(countsOf(withStep(withTask(newSession, task('q1', ['a'])), 0))).toEqual({ queries: 1, judged: 1, skipped: 0 });
  });

  it('takes back step by step, over the border of a query, and comes back to where it was', () => {
    let session = withStep(withTask(newSession, task('q1', ['a', 'b'])), 1);
    session = withTask(withStep(session, 3), task('q2', ['c', 'd']));
    session = withStep(session);
    expect(seen(session)).toBe('q2 d 2/2');
    session = withoutLastStep(session);
    expect(seen(session)).toBe('q2 c 1/2');
    session = withoutLastStep(session);
    expect(seen(session)).toBe('q1 b 2/2');
    session = withStep(session, 0);
    expect(seen(session)).toBe('q2 c 1/2');
    expect(session.steps.map(({ id, grade }) => [id, grade])).toEqual([
      ['a', 1],
      ['b', 0],
    ]);
  });

  it('has nothing to take back at the start, and no step without a candidate', () => {
    expect(withoutLastStep(newSession)).toEqual(newSession);
    expect(withStep(newSession, 1)).toEqual(newSession);
    expect(pastQuery(newSession)).toEqual(newSession);
  });

  it('passes the rest of a query by, and can go back into it', () => {
    let session = withStep(withTask(newSession, task('q1', ['a', 'b', 'c'])), 1);
    session = pastQuery(session);
    expect(seen(session)).toBe('nothing');
    expect(countsOf(session)).toEqual({ queries: 1, judged: 1, skipped: 0 });
    session = withoutLastStep(session);
    expect(seen(session)).toBe('q1 a 1/3');
    expect(seen(withStep(session, 2))).toBe('q1 b 2/3');
  });

  it('shows a skipped candidate again when its query is asked again', () => {
    const first = withStep(withTask(newSession, task('q1', ['a'])));
    expect(seen(withTask(first, task('q1', ['a'])))).toBe('q1 a 1/1');
  });

  it('does not write to the session it was given', () => {
    const session = withTask(newSession, task('q1', ['a', 'b']));
    const before = structuredClone(session);
    withStep(session, 3);
    pastQuery(session);
    expect(session).toEqual(before);
  });
});

describe('the order of judging', () => {
  const ids = Array.from({ length: 20 }, (_, at) => `d${at}`);
  const ordered = (query: string, from: readonly string[]): string[] => inJudgingOrder(query, from.map(candidate)).map(({ id }) => id);

  it('does not depend on the order in which candidates were found, and is another for each query', () => {
    expect(ordered('q1', [...ids].reverse())).toEqual(ordered('q1', ids));
    expect(ordered('q2', ids)).not.toEqual(ordered('q1', ids));
    expect(ordered('q1', ids)).not.toEqual(ids);
    expect([...ordered('q1', ids)].sort()).toEqual([...ids].sort());
  });

  it('keeps the others in their order when one joins', () => {
    expect(ordered('q1', [...ids, 'new']).filter((id) => id !== 'new')).toEqual(ordered('q1', ids));
  });

  it('puts the first of a ranking anywhere', () => {
    const places = Array.from({ length: 200 }, (_, at) => ordered(`q${at}`, ids).indexOf('d0'));
    expect(places.reduce((a, b) => a + b) / places.length).toBeGreaterThan(7.5);
    expect(places.reduce((a, b) => a + b) / places.length).toBeLessThan(11.5);
  });
});
