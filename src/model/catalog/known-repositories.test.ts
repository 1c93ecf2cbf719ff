import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listModels } from '../../tasks/models.ts';
import { modelNames } from './catalog.ts';
import { findKnown, knownRepositories } from './known-repositories.ts';
import { parseModelName } from './model-name.ts';

describe('models whose own files say how they are read', () => {
  it('have names of their own, in lower case, and a source for each figure', () => {
    const names = knownRepositories.map(({ name }) => name);
    expect(new Set([...names, ...modelNames]).size).toBe(names.length + modelNames.length);
    for (const { name, repository, scores = [] } of knownRepositories) {
      expect(name).toBe(name.toLowerCase());
      expect(repository).toMatch(/^[\w-]+\/[\w.-]+$/);
      for (const { source, value } of scores) expect([source !== '', value > 0 && value < 1]).toEqual([true, true]);
    }
  });

  it('are found by name and by repository', async () => {
    expect(await parseModelName('answerai-colbert-small-v1', {})).toEqual({
      kind: 'hub',
      name: 'lightonai/answerai-colbert-small-v1-onnx:model_int8.onnx',
      repository: 'lightonai/answerai-colbert-small-v1-onnx',
      revision: 'main',
      file: 'model_int8.onnx',
      isUsual: true,
    });
    expect(findKnown('minishlab/potion-base-8M')?.name).toBe('potion-base-8m');
    expect(await parseModelName('potion-base-8m', {})).toMatchObject({ kind: 'hub', name: 'minishlab/potion-base-8M' });
  });

  it('are listed with what is known of them before they are here', async () => {
    const listed = await listModels({ cacheFolder: mkdtempSync(join(tmpdir(), 'finetooth-known-')), env: {} });
    expect(listed.find(({ name }) => name === 'mxbai-edge-colbert-v0-32m')).toMatchObject({
      source: 'remote',
      dimensions: 64,
      licence: 'Apache-2.0',
    });
  });
});
