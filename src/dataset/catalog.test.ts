import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256Of } from '../../test/servers/hub.ts';
import { datasetCatalog, findDataset, nearestDataset } from './catalog.ts';

const filesOf = (entry: (typeof datasetCatalog)[number]) => [entry.files.corpus, entry.files.queries, entry.files.qrels];

describe('the catalog of test collections', () => {
  it('has each name once, in lower case, with its numbers and its licence', () => {
    const names = datasetCatalog.map((entry) => entry.name);
    expect(new Set(names).size).toBe(names.length);
    for (const entry of datasetCatalog) {
      expect(entry.name).toMatch(/^[a-z0-9-]+$/);
      for (const count of [entry.documents, entry.queries, entry.judgments]) expect(count).toBeGreaterThan(0);
      expect(entry.judgments).toBeGreaterThanOrEqual(entry.queries);
      expect(entry.licence).toMatch(/^[\w.-]+$/);
    }
  });

  it('names a commit or a kept reference of a data set for every file of a hub, as main has other files by now', () => {
    const fetched = datasetCatalog.filter((entry) => entry.bundled === undefined).flatMap(filesOf);
    for (const { from } of fetched) {
      expect(from).toMatchObject({ kind: 'dataset', repository: expect.stringMatching(/^BeIR\/[a-z0-9-]+$/) });
      expect(from?.revision).toMatch(/^([0-9a-f]{40}|refs\/pr\/\d)$/);
    }
    const revisions = new Map(fetched.map(({ from }) => [from?.repository, from?.revision]));
    const commits = [...revisions.values()].filter((revision) => revision?.length === 40);
    expect(new Set(commits).size).toBe(commits.length);
  });

  it('writes checksums as 64 hex digits, each once', () => {
    const known = datasetCatalog.flatMap(filesOf).flatMap(({ sha256 }) => sha256 ?? []);
    expect(known.length).toBeGreaterThanOrEqual(8);
    expect(new Set(known).size).toBe(known.length);
    for (const sha256 of known) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('says of the films what their files say', async () => {
    const films = datasetCatalog[0];
    const read = (path: string) => readFile(join(import.meta.dirname, '..', '..', films?.bundled ?? '', path));
    for (const { path, sha256 } of films === undefined ? [] : filesOf(films)) expect(sha256Of(await read(path))).toBe(sha256);
    const lines = async (path: string) => (await read(path)).toString().trim().split('\n').length;
    expect([await lines('corpus.jsonl'), await lines('queries.jsonl'), (await lines('qrels/test.tsv')) - 1]).toEqual([
      films?.documents,
      films?.queries,
      films?.judgments,
    ]);
    expect((await read('README.md')).toString()).toContain(`Licence: ${films?.licence}`);
  });
});

describe('names', () => {
  it('are found in any case, and suggested where they are near', () => {
    expect(findDataset('SciFact')?.name).toBe('scifact');
    expect(findDataset('scifac')).toBeUndefined();
    expect(nearestDataset('scifac')).toBe('scifact');
    expect(nearestDataset('our-sets', ['our-set'])).toBe('our-set');
    expect(nearestDataset('zzzzzzzz')).toBeUndefined();
  });
});
