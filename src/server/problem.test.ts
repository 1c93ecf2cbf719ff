import { expect, it } from 'vitest';
import { FinetoothError } from '../errors.ts';
import { problemOf, RequestError } from './problem.ts';

it('tells a client what it did wrong, and of what went wrong here no more than that', () => {
  const path = 'a folder of the server';
  expect(problemOf(new RequestError('invalid', 'no', { param: 'top_n' }), 'x')).toEqual({
    code: 'E_USAGE',
    kind: 'invalid',
    message: 'no',
    param: 'top_n',
  });
  expect(problemOf(new FinetoothError('E_QUERY', 'the query is empty.'), 'x')).toEqual({
    code: 'E_QUERY',
    kind: 'empty',
    message: 'the query is empty.',
  });
  for (const [error, kind] of [
    [new FinetoothError('E_MODEL_MISSING', path), 'unready'],
    [new FinetoothError('E_VENDOR_BUSY', path), 'unready'],
    [new FinetoothError('E_VENDOR_DOWN', path), 'failed'],
    [new FinetoothError('E_DISK_FULL', path), 'full'],
    [new FinetoothError('E_INDEX_DAMAGED', path), 'failed'],
    [new Error(path), 'failed'],
    ['thrown text', 'failed'],
  ] as const) {
    const problem = problemOf(error, 'id-7');
    expect(problem.kind).toBe(kind);
    expect(problem.message).not.toContain(path);
    expect(problem.message).toMatch(/^E_[A-Z_]+: .*; the server's log has the reason under id-7\.$/);
    expect(problem.ours).toBe(true);
  }
});
