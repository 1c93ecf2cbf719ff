import { afterEach, describe, expect, it, vi } from 'vitest';
import { addressOptions, readAddress, shownAddress, siblingAddress, splitStaged, stagedName } from './address.ts';
import { qdrantEngine } from './engine.ts';

describe('an address of an index in Qdrant', () => {
  afterEach(() => void vi.unstubAllEnvs());

  it.each([
    ['qdrant://localhost/films', 'http://localhost:6333', 'films'],
    ['qdrant://localhost:7000/films', 'http://localhost:7000', 'films'],
    ['qdrant+https://db.example.com/films', 'https://db.example.com:6333', 'films'],
    ['qdrant+https://db.example.com:443/behind/a%20proxy/films', 'https://db.example.com:443/behind/a%20proxy', 'films'],
    ['qdrant://[::1]:7000/films.v2', 'http://[::1]:7000', 'films.v2'],
    ['qdrant://localhost/%D1%84ильмы', 'http://localhost:6333', 'фильмы'],
  ])('%s', (address, node, name) => {
    expect(readAddress(address)).toMatchObject({ nodes: [node], name });
    expect(qdrantEngine.indexName(address)).toBe(name);
  });

  it('takes a key from before the host, else from the environment, and never shows it', () => {
    vi.stubEnv('QDRANT_API_KEY', 'of the environment');
    expect(readAddress('qdrant://localhost/films').apiKey).toBe('of the environment');
    for (const address of ['qdrant://s%40cret@localhost/films', 'qdrant://user:s%40cret@localhost/films']) {
      expect(readAddress(address).apiKey).toBe('s@cret');
      expect(shownAddress(address)).toBe('qdrant://localhost/films');
      expect(qdrantEngine.shown(address)).toBe('qdrant://localhost/films');
    }
    for (const wrong of [
      'qdrant://s3cret@/films',
      'qdrant://s3cret@host',
      'qdrant://s3cret@host/films?shard=1',
      'qdrant://s3cret@host/a--b',
    ]) {
      const message = messageOf(() => readAddress(wrong));
      expect(message).toMatch(/host|names no index|address/);
      expect(message).not.toContain('s3cret');
    }
  });

  it('takes options, each in its range', () => {
    const address = 'qdrant://a/films?shards=3&replicas=3&consistency=2&quantization=int8&on-disk=true&ef=64&nodes=b,c:7000,[::1]:9';
    expect(readAddress(address)).toEqual({
      nodes: ['http://a:6333', 'http://b:6333', 'http://c:7000', 'http://[::1]:9'],
      name: 'films',
      apiKey: undefined,
      ...{ shards: 3, replicas: 3, consistency: 2, quantization: 'int8', onDisk: true, ef: 64 },
    });
  });

  it.each([
    ['shard=3', 'Did you mean "shards"?'],
    ['shards=0', 'a whole number from 1 to 1000; got "0"'],
    ['replicas=2.5', 'a whole number'],
    ['consistency=x', 'a whole number'],
    ['quantization=int4', 'none or int8; got "int4"'],
    ['on-disk=yes', 'true or false'],
    ['ef=1', 'from 16 to 10000'],
    ['nodes=http://b', 'host:port,host:port'],
    ['nodes=', 'host:port'],
    ['constructor=1', 'there is no option "constructor"'],
  ])('refuses ?%s', (query, sentence) => {
    expect(messageOf(() => readAddress(`qdrant://localhost/films?${query}`))).toContain(sentence);
  });

  it.each([
    'films',
    'qdrant:',
    'qdrant://',
    'qdrant://host',
    'qdrant://host/',
    'qdrant://host/a b',
    'qdrant://host/a--b',
    'http://host/films',
  ])('refuses %s', (address) => {
    expect(messageOf(() => readAddress(address))).toContain('qdrant://localhost:6333/films');
  });

  it('says of every option what it is by default', () => {
    for (const { about } of Object.values(addressOptions)) expect(about).toContain('@default');
  });

  it('has a sibling for an index that is being made, with the same options', () => {
    const address = siblingAddress('qdrant://key@localhost:7000/x/films?shards=3', stagedName('films', 'abc123'));
    expect(readAddress(address)).toMatchObject({
      nodes: ['http://localhost:7000/x'],
      shards: 3,
      apiKey: 'key',
      name: 'films--staged-abc123',
    });
    expect(splitStaged('films--staged-abc123')).toEqual(['films', 'abc123']);
    expect(splitStaged('films')).toEqual(['films', undefined]);
  });
});

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toMatchObject({ code: 'E_USAGE' });
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}
