import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { datasetCatalog } from '../src/dataset/catalog.ts';
import { finetooth, workFolder } from './finetooth.ts';
import type { TestServer } from './servers/http.ts';
import { startHub } from './servers/hub.ts';

const home = workFolder();
const folder = join(home, 'datasets', 'fiqa');
let hub: TestServer;
beforeAll(async () => {
  hub = await startHub({
    'datasets/BeIR/fiqa/corpus.jsonl.gz': gzipSync('{"_id":"d1","title":"","text":"Bonds."}\n'),
    'datasets/BeIR/fiqa/queries.jsonl.gz': gzipSync('{"_id":"q1","text":"bonds"}\n'),
    'datasets/BeIR/fiqa-qrels/test.tsv': Buffer.from('query-id\tcorpus-id\tscore\r\nq1\td1\t1\r\n'),
  });
});
afterAll(() => hub.close());
const run = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  finetooth(['datasets', ...words], { cwd: home, env: { FINETOOTH_CACHE: home, FINETOOTH_DATASETS: '', HF_ENDPOINT: hub.url, ...env } });

describe('finetooth datasets', () => {
  it('pulls a collection into the cache and says its licence', async () => {
    const { status, stdout, stderr } = await run(['pull', 'fiqa']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toBe(
      `fiqa is here (from hub): 57,638 documents, 648 queries, 1,706 judgments\nlicence: CC-BY-SA-4.0; original data: non-commercial use only\n${folder}\n`,
    );
    const again = await run(['pull', 'fiqa', '--offline', '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({
      name: 'fiqa',
      source: 'cache',
      licence: 'CC-BY-SA-4.0',
      folder,
      files: { qrels: join(folder, 'qrels', 'test.tsv') },
    });
  });

  it('lists every collection with where it is', async () => {
    const { status, stdout } = await run(['list']);
    expect(status).toBe(0);
    expect(stdout.split('\n')).toHaveLength(datasetCatalog.length + 2);
    expect(stdout).toMatch(/^films +bundled +350 +40 +1,888 +Apache-2\.0$/m);
    expect(stdout).toMatch(/^fiqa +cache +57,638 +648 +1,706 /m);
    expect(stdout).toMatch(/^scifact +hub +5,183 +300 +339 /m);
    const { datasets } = JSON.parse((await run(['list', '--json'])).stdout);
    expect(datasets[0]).toMatchObject({ name: 'films', source: 'bundled', documents: 350, licence: 'Apache-2.0' });
  });

  it('refuses what it does not know, and what it may not fetch', async () => {
    const unknown = await run(['pull', 'scifac', '--json']);
    expect(unknown.status).toBe(3);
    expect(JSON.parse(unknown.stderr).error).toMatchObject({ code: 'E_DATASET_UNKNOWN', message: expect.stringContaining('"scifact"') });
    const closed = await run(['pull', 'scifact', '--offline', '--json']);
    expect(closed.status).toBe(3);
    expect(JSON.parse(closed.stderr).error).toMatchObject({ code: 'E_INPUT_MISSING' });
  });
});
