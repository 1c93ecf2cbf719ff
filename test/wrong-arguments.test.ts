import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { battery, type Wrong, wrongForms } from './wrong-arguments/battery.ts';
import { type Call, exported, ofParts, untried } from './wrong-arguments/calls.ts';
import { type Flaw, flawOf, isAsyncCall } from './wrong-arguments/sweep.ts';

/** Nothing is written but there. */
const folder = mkdtempSync(join(tmpdir(), 'finetooth-wrong-'));
const before = process.cwd();
const unhandled: unknown[] = [];
const note = (error: unknown): number => unhandled.push(error);
beforeAll(() => {
  process.chdir(folder);
  process.on('unhandledRejection', note);
});
afterAll(() => {
  process.off('unhandledRejection', note);
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

/** What stands for no options. */
const isEmpty = ['nothing', 'an object', 'an object without prototype', 'an instance'];

/** The same wrong thing in every place, and each right argument made wrong by itself. */
async function flawsOf({ name, ask, right, depth = 2, costly, loads, also }: Call): Promise<readonly Flaw[]> {
  const isAsync = await isAsyncCall(() => ask(...right()));
  const flaws: (Flaw | undefined)[] = [];
  const attempt = async (how: string, given: () => readonly unknown[]): Promise<void> => {
    flaws.push(await flawOf(`${name}: ${how}`, () => ask(...given()), isAsync, also));
  };
  if (costly === undefined)
    for (const [how, value] of Object.entries(battery))
      for (const count of [0, 1, 2, 3]) await attempt(`${how}, ${count} times`, () => Array.from({ length: count }, value));
  for (const at of right().keys())
    for (const { how, value } of wrongForms(() => right()[at], depth) as readonly Wrong[])
      if ((costly ?? loads) === undefined || !isEmpty.includes(how.split(': ').at(-1) as string))
        await attempt(`argument ${at + 1}: ${how}`, () => right().map((one, i) => (i === at ? value() : one)));
  return flaws.filter((one) => one !== undefined);
}

describe('wrong arguments', () => {
  it('are tried with every function that the package exports', () => {
    expect(untried()).toEqual([]);
    const { exports } = JSON.parse(readFileSync(join(before, 'package.json'), 'utf8')) as { exports: Readonly<Record<string, unknown>> };
    const tried = new Set(exported().map(({ name }) => name.split('.')[0]));
    const entries = Object.keys(exports).map((entry) => (entry === '.' ? 'finetooth' : entry.replace('./', '')));
    // A worker exports nothing, and package.json is no module.
    expect(entries.filter((entry) => !tried.has(entry) && !['browser/worker', 'package.json'].includes(entry))).toEqual([]);
  });

  it.each(exported().map((call) => [call.name, call] as const))('%s refuses them with a code', async (_, call) => {
    expect(await flawsOf(call)).toEqual([]);
  });

  it('are refused with a code by what those functions give', async () => {
    const flaws: Flaw[] = [];
    for (const call of await ofParts()) flaws.push(...(await flawsOf(call)));
    expect(flaws).toEqual([]);
  });

  it('leave no rejection that no one sees', async () => {
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toEqual([]);
  });
});
