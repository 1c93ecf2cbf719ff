import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Finished, mustRun, packAll, run, whyUnreachable } from '../../scripts/trial-install.ts';

const here = import.meta.dirname;
const root = join(here, '..', '..');
const calls = join(here, 'calls');
const scripts = readdirSync(calls).filter((name) => name.endsWith('.mjs'));

/** A user's project with the frameworks of package.json and the packed package. */
const project = mkdtempSync(join(tmpdir(), 'finetooth-frameworks-'));
let unreachable: string | undefined;
const node = (...words: readonly string[]): Promise<Finished> => run(join(root, 'node_modules', '.bin', 'node'), words, { cwd: project });

beforeAll(async () => {
  unreachable = await whyUnreachable();
  if (unreachable !== undefined) return;
  for (const name of ['package.json', 'package-lock.json']) copyFileSync(join(here, name), join(project, name));
  cpSync(calls, project, { recursive: true });
  for (const name of ['llamaindex.mjs', 'openai-agents.mjs', 'ai-sdk-agent.ts'])
    copyFileSync(join(root, 'examples', name), join(project, name));
  copyFileSync(join(root, 'test', 'support', 'scripted-models.mjs'), join(project, 'scripted-models.mjs'));
  const packed = mkdtempSync(join(tmpdir(), 'finetooth-pack-'));
  const tarballs = (await packAll(packed)).map(({ path }) => path);
  // Not "npm ci": LanceDB names packages of platforms that it did not publish, which no lock file can hold.
  await mustRun('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', ...tarballs], { cwd: project });
  rmSync(packed, { recursive: true });
}, 900_000);
beforeEach((ctx) => {
  if (unreachable !== undefined) ctx.skip(unreachable);
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

describe('the packed package, with the frameworks themselves', () => {
  it.each(scripts)('%s runs to its end', async (name) => {
    const { status, stdout, stderr } = await node(name);
    expect(status, stderr).toBe(0);
    expect(stdout).toBe('done\n');
  });

  it('has types that they take: no error is in ours, however strict', async () => {
    writeFileSync(join(project, 'typed.ts'), readFileSync(join(calls, 'typed.txt')));
    const strict = {
      target: 'es2023',
      module: 'nodenext',
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      types: ['node'],
    };
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...strict, noEmit: true }, files: ['typed.ts'] }));
    const { stdout } = await node(join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--project', '.');
    // Those of frameworks have errors of their own.
    expect(stdout.split('\n').filter((line) => /^(typed\.ts|node_modules\/finetooth\/)/.test(line))).toEqual([]);
    writeFileSync(join(project, 'typed.ts'), "import { finetooth } from 'finetooth/ai-sdk';\nexport const wrong: number = finetooth;\n");
    expect((await node(join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--project', '.')).stdout).toMatch(/^typed\.ts/m);
  });
});

describe('the examples', () => {
  it.each([
    ['llamaindex.mjs', /^0\.\d{4} A bat guards the city at night\n0\.\d{4} /],
    ['openai-agents.mjs', /^It is The Bat, of 2005\.\n$/],
    ['ai-sdk-agent.ts', /^It is The Bat, of 2005\.\n$/],
  ])('%s prints what it should', async (name, expected) => {
    const { status, stdout, stderr } = await node('--import', './scripted-models.mjs', name);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(expected);
    expect(readFileSync(join(project, name), 'utf8').trim().split('\n').length).toBeLessThanOrEqual(40);
  });
});
