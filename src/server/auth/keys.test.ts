import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { keyOf, newKey, readKeys } from './keys.ts';

it('knows keys by their hash, and who has which', () => {
  const { key, line } = newKey('laptop');
  expect(line).toBe(`sha256:${createHash('sha256').update(key).digest('hex')} laptop`);
  const keys = readKeys(`# mine\n\n${line}\r\nplain-key-of-the-server\n`, 'keys');
  expect([keys.nameOf(key), keys.nameOf('plain-key-of-the-server'), keys.nameOf('other'), keys.nameOf(undefined), keys.count]).toEqual([
    'laptop',
    'key 4',
    undefined,
    undefined,
    2,
  ]);
});

it.each([
  ['short', 'line 1 of keys has a key of 5 characters; one of at least 16 cannot be guessed. Make one with "finetooth key".'],
  ['sha256:abc', 'line 1 of keys: "sha256:" takes 64 hex digits behind it; got 3.'],
  ['# none', 'there is no key in keys. Make one with "finetooth key".'],
])('refuses a file with %j', (text, message) => {
  expect(() => readKeys(text, 'keys')).toThrow(message);
});

it.each([
  [{ authorization: 'Bearer abc' }, 'abc'],
  [{ authorization: 'bearer  abc ' }, 'abc'],
  [{ authorization: 'abc' }, 'abc'],
  [{ authorization: 'Basic abc' }, undefined],
  [{ 'x-api-key': 'abc' }, 'abc'],
  [{ 'api-key': 'abc' }, 'abc'],
  [{ authorization: '', 'x-api-key': 'abc' }, 'abc'],
  [{ authorization: 'Bearer ', 'api-key': 'abc' }, 'abc'],
  [{ authorization: 'Bearer' }, undefined],
  [{ authorization: 'Token abc' }, 'abc'],
  [{}, undefined],
])('finds the key of %j', (headers, key) => {
  expect(keyOf(headers)).toBe(key);
});
