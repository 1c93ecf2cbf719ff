import { randomUUID } from 'node:crypto';
import { FinetoothError, type Wording } from '../../errors.ts';
import { httpWording, type Problem, problemOf } from '../problem.ts';
import type { McpApi } from './tool.ts';

const WRONG_CURSOR =
  'E_CURSOR: the cursor is of another query or of other arguments, of an index that was made again since, or not known any more: search again without it.';

/** What sentences advise, as a model that has these tools can follow it, or pass it on to a person. */
const toolWording: Wording = {
  ...httpWording,
  makeIndex: () => '"finetooth index" on its machine',
  rebuildIndex: () => '"finetooth index --rebuild" on its machine',
};

/** An error as a client is told it: its code and a sentence, which names nothing of the machine; the log has the rest. */
export function tellError(error: unknown, api: Pick<McpApi, 'log'>): string {
  // The library says it in its own words, in which there is a first page with a cursor.
  if (error instanceof FinetoothError && error.code === 'E_CURSOR') return WRONG_CURSOR;
  const id = randomUUID().slice(0, 8);
  const problem = problemOf(error, id, toolWording);
  if (problem.ours) api.log(id, error);
  return coded(problem);
}

function coded({ code, message, retryAfter }: Problem): string {
  const sentence = message.startsWith(`${code}: `) ? message : `${code}: ${message}`;
  const ended = /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
  return retryAfter === undefined ? ended : `${ended} Try again in ${retryAfter} s.`;
}

/** What a client is told that gave up or whose time is over. */
export const outOfTime = (milliseconds: number): FinetoothError =>
  new FinetoothError('E_DEADLINE', `the call took longer than ${Math.round(milliseconds / 1000)} s and was given up.`);
