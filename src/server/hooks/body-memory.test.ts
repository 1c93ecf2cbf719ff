import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { bodyOf, createBodyMemory } from './body-memory.ts';

it('counts what has come, and refuses the largest where that is too much', () => {
  const bodyMemory = createBodyMemory(1000);
  const idle = Array.from({ length: 100 }, () => bodyMemory.open());
  for (const share of idle) share.hold(1);
  const [large, small] = [bodyMemory.open(), bodyMemory.open()];
  large.hold(850);
  small.hold(40);
  expect(bodyMemory.held).toBe(990);
  small.hold(60);
  expect([large.refused.aborted, small.refused.aborted, bodyMemory.held]).toEqual([true, false, 160]);
  expect(() => large.hold(900)).toThrow('1000 bytes of requests are coming in already');
  expect(bodyMemory.held).toBe(160);
  for (const share of [...idle, small]) share.release();
  expect(bodyMemory.held).toBe(0);
});

it('refuses a body that is the largest itself', () => {
  const bodyMemory = createBodyMemory(100);
  expect(() => bodyMemory.open().hold(101)).toThrow('this one is the largest');
  expect(bodyMemory.held).toBe(0);
});

it('reads a body, and gives back its share whatever happens', async () => {
  const bodyMemory = createBodyMemory(1000);
  const ask = (): [PassThrough, Promise<Buffer>] => {
    const stream = new PassThrough();
    return [stream, bodyOf(stream, bodyMemory.open(), 500)];
  };
  const [whole, read] = ask();
  whole.write('ab');
  whole.end('c');
  expect(String(await read)).toBe('abc');
  const [large, refused] = ask();
  large.end(Buffer.alloc(501));
  await expect(refused).rejects.toThrow('the body is larger than 500 bytes');
  const [left, gone] = ask();
  left.write('a');
  left.destroy();
  await expect(gone).rejects.toThrow('the client is gone');
  expect(bodyMemory.held).toBe(0);
});
