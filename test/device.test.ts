import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { asCrossEncoder } from '../src/model/catalog/kind.ts';
import { openCrossEncoder } from '../src/model/cross-encoder.ts';
import { resolveModel } from '../src/model/files.ts';
import { type Device, devices, nativeDevices } from '../src/model/run/runtime.ts';
import { doctor } from '../src/tasks/index.ts';

const files = asCrossEncoder(await resolveModel(join(import.meta.dirname, 'tiny-models', 'bert')));
const scoresOn = async (device: Device): Promise<readonly number[]> => {
  const encoder = openCrossEncoder(files, { threads: 1, device });
  const { scores } = await encoder.score('who captains the ferry', ['a woman', 'apples']);
  await encoder.close();
  return [...scores];
};

describe('a device', () => {
  afterEach(() => vi.restoreAllMocks());

  it('gives the scores of the processor, or says why the processor takes over', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const known = await nativeDevices();
    expect(known).toContain('cpu');
    const plain = await scoresOn('cpu');
    expect(warned).not.toHaveBeenCalled();
    for (const device of devices.filter((one) => one !== 'cpu')) {
      const scores = await scoresOn(device);
      for (const [i, score] of scores.entries()) expect(Math.abs(score - (plain[i] as number))).toBeLessThan(0.05);
      if (known.includes(device)) continue;
      expect(warned).toHaveBeenCalledWith(expect.stringMatching(`"${device}" cannot be used here .*the processor takes over`), {
        code: 'FINETOOTH_DEVICE',
      });
    }
  });

  it('is listed by doctor, and refused where there is none of that name', async () => {
    const finding = (await doctor({ embedder: 'bge-small-en-v1.5' })).find(({ name }) => name === 'devices');
    expect(finding).toMatchObject({ state: 'ok', found: expect.stringContaining('cpu') });
    await expect(doctor({ device: 'tpu' as Device })).rejects.toThrow(
      'device must be one of cpu, cuda, coreml, directml, webgpu; got "tpu"',
    );
  });
});
