import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { sendStatus, startServer } from '../../test/servers/http.ts';
import { startHub, tinyRepository } from '../../test/servers/hub.ts';
import { createRerankerBuilder } from './reranker.ts';

afterAll(() => vi.unstubAllEnvs());

it('tries again what could not be opened, and keeps one promise for what could', async () => {
  const cacheFolder = mkdtempSync(join(tmpdir(), 'finetooth-shelf-'));
  const builder = createRerankerBuilder({ models: { cacheFolder } });
  const broken = await startServer((_, response) => sendStatus(response, 403));
  vi.stubEnv('HF_ENDPOINT', broken.url);
  await expect(builder.build('owner/tiny')).rejects.toThrow();
  const asked = broken.seen.length;
  expect(asked).toBeGreaterThan(0);
  await expect(builder.build('owner/tiny')).rejects.toThrow();
  expect(broken.seen.length).toBeGreaterThan(asked);
  await broken.close();

  const repository = tinyRepository('owner/tiny');
  repository['owner/tiny/config.json'] = Buffer.from(
    '{"hidden_size": 8, "max_position_embeddings": 512, "architectures": ["BertForSequenceClassification"], "id2label": {"0": "LABEL_0"}}',
  );
  const hub = await startHub(repository);
  vi.stubEnv('HF_ENDPOINT', hub.url);
  const [one, other] = await Promise.all([builder.build('owner/tiny'), builder.build('owner/tiny')]);
  expect(one.score).toBe(other.score);
  await builder.close();
  await hub.close();
});
