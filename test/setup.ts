import { sep } from 'node:path';
import { afterAll, afterEach, expect } from 'vitest';
import { onlyLoopback, outside } from './support/only-loopback.ts';

/** No test of the server reaches another address than this machine's, whatever it asks the server for. */
if (expect.getState().testPath?.includes(`${sep}server${sep}`)) {
  onlyLoopback();
  const check = (): void => expect(outside.splice(0)).toEqual([]);
  afterEach(check);
  afterAll(check);
}
