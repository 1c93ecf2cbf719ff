import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonOf } from './json-body.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

it('reads JSON as JSON.parse does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.json({ maxDepth: 5 }), async (text) => {
      expect(await jsonOf(bytes(text))).toEqual(JSON.parse(text));
    }),
  );
});

it('counts brackets, but not those inside texts', async () => {
  expect(await jsonOf(bytes(`{"a": "${'['.repeat(100)}\\\\", "b": "\\"${'{'.repeat(100)}"}`))).toEqual({
    a: `${'['.repeat(100)}\\`,
    b: `"${'{'.repeat(100)}`,
  });
  expect(await jsonOf(bytes(`${'['.repeat(32)}${']'.repeat(32)}`))).toHaveLength(1);
  await expect(jsonOf(bytes(`${'['.repeat(33)}${']'.repeat(33)}`))).rejects.toThrow('nested more than 32 levels deep');
});

it.each([
  ['', 'the body is empty; send JSON'],
  ['{"a": ', 'the body is not JSON: '],
])('refuses %j', async (text, message) => {
  await expect(jsonOf(bytes(text))).rejects.toThrow(message);
});

it('refuses what is not UTF-8', async () => {
  await expect(jsonOf(new Uint8Array([0x22, 0xff, 0x22]))).rejects.toThrow('the body is not UTF-8');
});
