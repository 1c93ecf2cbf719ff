import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { peer } from '../fetch/peer.ts';
import { keyOf, openConnection } from './connection.ts';
import type { Vendor } from './vendor.ts';

const vendor: Vendor = {
  name: 'acme',
  title: 'Acme',
  keyVariables: ['ACME_API_KEY', 'ACME_KEY'],
  baseVariable: 'ACME_BASE_URL',
  baseURL: 'https://api.acme.example/v1/',
  models: [],
};
const folder = mkdtempSync(join(tmpdir(), 'finetooth-connection-'));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

describe('the key of a vendor', () => {
  it('is found in its variables, the usual one first, or in the file that one names', () => {
    expect(keyOf(vendor, { ACME_KEY: 'second', ACME_API_KEY: ' first ' })).toEqual({ key: 'first', from: 'ACME_API_KEY' });
    expect(keyOf(vendor, { ACME_KEY: 'second', ACME_API_KEY: ' ' })).toEqual({ key: 'second', from: 'ACME_KEY' });
    expect(keyOf(vendor, { ACME_API_KEY_FILE: file('key', '\r\n  in-a-file \r\nmore\n') })).toEqual({
      key: 'in-a-file',
      from: 'ACME_API_KEY_FILE',
    });
    expect(keyOf(vendor, {})).toBeUndefined();
  });

  it.each([
    [{}, 'Acme needs a key: set ACME_API_KEY, or ACME_API_KEY_FILE to the path of a file that holds it.'],
    [{ ACME_API_KEY_FILE: join(folder, 'nowhere') }, 'the file that ACME_API_KEY_FILE names cannot be read'],
    [{ ACME_API_KEY_FILE: file('empty', '\n \n') }, 'is empty; its first line is the key'],
    [{ ACME_API_KEY: 'sk-with-a-line\nbreak' }, 'holds a character that no key has'],
  ])('that cannot be used is E_KEY: %j', (variables, sentence) => {
    expect(() => openConnection(vendor, { variables })).toThrow(
      expect.objectContaining({ code: 'E_KEY', message: expect.stringContaining(sentence) as string }),
    );
    expect(() => openConnection(vendor, { variables })).not.toThrow('sk-with');
  });

  it('is not needed where the vendor runs at home', () => {
    const connection = openConnection({ ...vendor, keyless: true }, { variables: {} });
    expect(connection).toMatchObject({ baseURL: 'https://api.acme.example/v1' });
    expect(connection.key).toBeUndefined();
  });
});

it('the address is the one that was given, then the variable, then the public one', () => {
  const variables = { ACME_API_KEY: 'key', ACME_BASE_URL: 'http://127.0.0.1:9/x//' };
  expect(openConnection(vendor, { variables }).baseURL).toBe('http://127.0.0.1:9/x');
  expect(openConnection(vendor, { variables, baseURL: 'http://other' }).baseURL).toBe('http://other');
  for (const wrong of ['ftp://host', 'host:80', 'nonsense'])
    expect(() => openConnection(vendor, { variables, baseURL: wrong })).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
  const { baseURL: _, ...homeless } = vendor;
  expect(() => openConnection(homeless, { variables: { ACME_API_KEY: 'key' } })).toThrow(
    'Acme has no address of its own: set ACME_BASE_URL.',
  );
});

it('a package that is not there is named with the command that installs it', async () => {
  const name = '@ai-sdk/not-to-be-found';
  await expect(peer(name, () => import(name))).rejects.toMatchObject({
    code: 'E_PACKAGE',
    message: 'the package @ai-sdk/not-to-be-found is not installed: npm install @ai-sdk/not-to-be-found',
  });
  await expect(peer('@ai-sdk/cohere', () => Promise.reject(new Error('torn')))).rejects.toMatchObject({
    code: 'E_PACKAGE',
    message: 'the package @ai-sdk/cohere cannot be loaded (torn).',
  });
});
