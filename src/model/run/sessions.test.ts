import { afterEach, expect, it } from 'vitest';
import { asBiEncoder, asCrossEncoder } from '../catalog/kind.ts';
import { resolveModel } from '../files.ts';
import { createModelSessions } from './sessions.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

const encoderFiles = async () => asBiEncoder(await resolveModel('bge-small-en-v1.5'));
const crossEncoderFiles = async () => asCrossEncoder(await resolveModel('ms-marco-minilm-l-12-v2'));

it('gives everybody the workers that are open, until the last one has closed them', async () => {
  const sessions = createModelSessions();
  const files = await encoderFiles();
  const [first, second] = await Promise.all([sessions.biEncoder(files, { threads: 1 }), sessions.biEncoder(files, { threads: 1 })]);
  closers.push(first.close, second.close);
  expect(first.ready).toBe(second.ready);
  await first.close();
  await first.close();
  await expect(first.encode(['a'], { prefix: 'none' })).rejects.toThrow('was closed before it was asked for more');
  expect((await second.encode(['a'], { prefix: 'none' })).vectors).toHaveLength(384);
  await second.close();
  const third = await sessions.biEncoder(files, { threads: 1 });
  closers.push(third.close);
  expect(third.ready).not.toBe(first.ready);
});

it('gives workers of their own to another number of threads', async () => {
  const sessions = createModelSessions();
  const files = await encoderFiles();
  const one = await sessions.biEncoder(files, { threads: 1 });
  const two = await sessions.biEncoder(files, { threads: 2 });
  closers.push(one.close, two.close);
  expect([one.workers, two.workers]).toEqual([1, 2]);
});

it('shares cross-encoders too, and refuses only who has closed', async () => {
  const sessions = createModelSessions();
  const files = await crossEncoderFiles();
  const [one, two] = [sessions.crossEncoder(files), sessions.crossEncoder(files)];
  closers.push(one.close, two.close);
  const before = await one.score('bats', ['Bats hunt by echo.']);
  await one.close();
  await expect(one.score('bats', ['x'])).rejects.toMatchObject({ code: 'E_STOPPED' });
  expect((await two.score('bats', ['Bats hunt by echo.'])).scores).toEqual(before.scores);
});

it('does not keep a model that could not be opened', async () => {
  const sessions = createModelSessions();
  const files = await encoderFiles();
  const broken = await sessions.biEncoder({ ...files, modelPath: files.tokenizerPath }, { threads: 1 });
  closers.push(broken.close);
  await expect(broken.encode(['a'], { prefix: 'none' })).rejects.toMatchObject({ code: 'E_MODEL_FAILED' });
});

it('starts one worker for a question, and a further one where texts wait for longer than it takes to load', async () => {
  let started = 0;
  const count = (): void => void started++;
  process.on('worker', count);
  const model = await createModelSessions().biEncoder(await encoderFiles(), { threads: 2 });
  closers.push(model.close);
  const one = await model.encode(['how do bats hunt'], { prefix: 'query' });
  expect(started).toBe(1);
  const texts = Array.from({ length: 64 }, (_, i) => `${i} ${'bats hunt by echo at night '.repeat(6)}`);
  while (started < 2) await model.encode(texts, { prefix: 'document' });
  process.off('worker', count);
  // Whichever of the two answers.
  const again = await Promise.all([1, 2, 3, 4].map(() => model.encode(['how do bats hunt'], { prefix: 'query' })));
  for (const { vectors } of again) expect(vectors).toEqual(one.vectors);
});
