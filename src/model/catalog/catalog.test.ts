import { describe, expect, it } from 'vitest';
import { catalog, findEntry, nearestModel } from './catalog.ts';

const filesOf = (entry: (typeof catalog)[number]) => [entry.files.model, entry.files.tokenizer, ...(entry.files.others ?? [])];

describe('catalog', () => {
  it('has each name once, in lower case', () => {
    const names = catalog.map((entry) => entry.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(names.map((name) => name.toLowerCase()));
  });

  it('writes checksums as 64 hex digits, and one checksum always with one size', () => {
    const sizes = new Map<string, number | undefined>();
    for (const file of catalog.flatMap(filesOf)) {
      if (file.sha256 === undefined) continue;
      expect(file.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(file.bytes).toBeGreaterThan(0);
      expect(sizes.get(file.sha256) ?? file.bytes).toBe(file.bytes);
      sizes.set(file.sha256, file.bytes);
    }
  });

  it('knows the checksum of every file that an npm package may give', () => {
    const mirrored = catalog.flatMap(filesOf).filter((file) => file.npm !== undefined);
    expect(mirrored.length).toBeGreaterThan(0);
    for (const file of mirrored) expect(file.sha256).toBeDefined();
  });

  it('pins the revision wherever it knows the checksum of the weights on a hub, but for gte-small', () => {
    const free = catalog.filter((entry) => entry.files.model.sha256 && !entry.bundled && !entry.revision).map((entry) => entry.name);
    expect(free).toEqual(['gte-small-fp32']);
  });

  it('names each figure with its source and holds values between 0 and 1', () => {
    for (const score of catalog.flatMap((entry) => entry.scores ?? [])) {
      expect(score.source).not.toBe('');
      expect(score.value).toBeGreaterThan(0);
      expect(score.value).toBeLessThan(1);
    }
  });
});

describe('findEntry', () => {
  it('ignores case', () => {
    expect(findEntry('All-MiniLM-L6-v2')?.name).toBe('all-minilm-l6-v2');
  });

  it('knows its repositories, int8 first', () => {
    expect(findEntry('xenova/GTE-small')?.name).toBe('gte-small');
    expect(findEntry('BAAI/bge-base-en-v1.5')?.name).toBe('bge-base-en-v1.5-fp32');
  });

  it('does not guess, but has a suggestion', () => {
    expect(findEntry('bge-smal-en-v1.5')).toBeUndefined();
    expect(nearestModel('bge-smal-en-v1.5')).toBe('bge-small-en-v1.5');
  });
});
