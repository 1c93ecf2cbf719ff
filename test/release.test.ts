import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { faultsOf, inOrder, leftToDo, type Published } from '../scripts/release-plan.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'finetooth-release-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const named = (name: string, more: Partial<Published> = {}): Published => ({ name, version: '1.0.0', license: 'MIT', ...more });
const own = named('finetooth', {
  dependencies: { zod: '4.0.0' },
  optionalDependencies: { '@finetooth/runtime': '1.0.0', '@finetooth/lancedb': '1.0.0' },
});
const parts = [
  own,
  named('@finetooth/runtime'),
  named('@finetooth/lancedb', { dependencies: { '@finetooth/native': '1.0.0' } }),
  named('@finetooth/native'),
];

describe('the order of a release', () => {
  it('has parts before those that ask for them, in whatever order they come', () => {
    const expected = ['@finetooth/native', '@finetooth/lancedb', '@finetooth/runtime', 'finetooth'];
    expect(inOrder(parts).map(({ name }) => name)).toEqual(expected);
    expect(inOrder(parts.toReversed()).map(({ name }) => name)).toEqual(expected);
  });

  it('names a circle', () => {
    const circle = [named('a', { dependencies: { b: '1.0.0' } }), named('b', { optionalDependencies: { a: '1.0.0' } })];
    expect(() => inOrder(circle)).toThrow('a > b > a');
  });
});

describe('what keeps a release', () => {
  it('is a part that is not packed, or in another version, one that is packed twice, and a licence that is missing', () => {
    expect(faultsOf(parts)).toEqual([]);
    expect(faultsOf(parts.slice(0, 3))).toEqual(['@finetooth/lancedb asks for @finetooth/native 1.0.0, and none is packed']);
    expect(faultsOf([...parts.slice(0, 3), named('@finetooth/native', { version: '1.0.1' })])).toEqual([
      '@finetooth/lancedb asks for @finetooth/native 1.0.0, and 1.0.1 is packed',
    ]);
    expect(faultsOf([...parts, named('@finetooth/runtime')])).toEqual(['@finetooth/runtime is packed twice']);
    expect(faultsOf([named('a', { license: undefined })])).toEqual(['a names no licence']);
  });

  it('is a changeset that waits, a changelog without the version, what is not committed, and a repository that no package names', () => {
    const surroundings = { changelog: '# Changelog\n\n## 1.0.0 – a day\n', changesets: [], uncommitted: [] };
    const ready = parts.map((one) => ({ ...one, repository: 'somewhere' }));
    expect(leftToDo(ready, surroundings)).toEqual([]);
    expect(leftToDo(parts, surroundings)).toEqual([expect.stringContaining('"repository"')]);
    expect(leftToDo(ready, { ...surroundings, changelog: '## Unreleased\n## 1.0.01\n' })).toEqual([expect.stringContaining('"## 1.0.0"')]);
    const more = (below: string) => ({ ...surroundings, changelog: `# Changelog\n\n## Unreleased\n${below}\n## 1.0.0 – a day\n` });
    expect(leftToDo(ready, more(''))).toEqual([]);
    expect(leftToDo(ready, more('- Installs less.\n'))).toEqual([expect.stringContaining('raise the version')]);
    expect(leftToDo(ready, { ...surroundings, changesets: ['one.md'], uncommitted: ['a.ts'] })).toEqual([
      'run "npm run changeset -- version" for one.md',
      'commit a.ts',
    ]);
  });
});

/** A tarball as npm would pack it. */
const tarball = (into: string, manifest: Published): void => {
  const made = join(folder, 'made', manifest.name.replace('/', '-'));
  mkdirSync(join(made, 'package'), { recursive: true });
  writeFileSync(join(made, 'package', 'package.json'), JSON.stringify(manifest));
  spawnSync('tar', ['-czf', join(into, `${manifest.name.replace('/', '-')}.tgz`), '-C', made, 'package']);
};
const release = (...words: readonly string[]) =>
  spawnSync(process.execPath, [join(root, 'scripts', 'release.ts'), ...words], { cwd: root, encoding: 'utf8' });

describe('npm run release', () => {
  it('shows at a dry run what npm would publish, parts first, and what is left to do', () => {
    const from = join(folder, 'right');
    mkdirSync(from);
    for (const one of [own, named('@finetooth/runtime'), named('@finetooth/lancedb')]) tarball(from, one);
    const { status, stdout, stderr } = release('--dry-run', '--from', from);
    expect(status, stderr).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines.filter((line) => /MB/.test(line)).map((line) => line.split(' ')[0])).toEqual([
      '@finetooth/lancedb@1.0.0',
      '@finetooth/runtime@1.0.0',
      'finetooth@1.0.0',
    ]);
    expect(stdout).toContain('before it is published: name "repository"');
  });

  it('publishes nothing that asks for what is not there, and nothing while something is left to do', () => {
    const from = join(folder, 'wrong');
    mkdirSync(from);
    tarball(from, own);
    const dry = release('--dry-run', '--from', from);
    expect([dry.status, dry.stdout]).toEqual([
      1,
      expect.stringContaining('wrong: finetooth asks for @finetooth/lancedb 1.0.0, and none is packed'),
    ]);
    expect(dry.stdout).not.toMatch(/MB/);
    const real = release('--publish', '--from', join(folder, 'right'));
    expect([real.status, real.stdout]).toEqual([1, expect.not.stringMatching(/MB/)]);
  });

  it('wants to be told which', () => {
    expect(release().status).toBe(2);
    expect(release('--dry-run', '--publish').status).toBe(2);
  });
});

describe('npm run changeset -- version', () => {
  it('raises the package and its parts by what waits, and what names them, and leaves the list of workspaces as it was', () => {
    const project = join(folder, 'project');
    for (const part of ['models/a', 'runtimes/b', '.changeset']) mkdirSync(join(project, part), { recursive: true });
    const write = (path: string, content: object) => writeFileSync(join(project, path), `${JSON.stringify(content, undefined, 2)}\n`);
    const workspaces = ['models/*', 'runtimes/*'];
    const optionalDependencies = { '@finetooth/a': '0.1.0', '@finetooth/b': '0.1.0' };
    write('package.json', { name: 'finetooth', version: '0.1.0', workspaces, optionalDependencies });
    write('package-lock.json', {});
    write('models/a/package.json', { name: '@finetooth/a', version: '0.1.0' });
    write('runtimes/b/package.json', { name: '@finetooth/b', version: '0.1.0' });
    cpSync(join(root, '.changeset', 'config.json'), join(project, '.changeset', 'config.json'));
    writeFileSync(join(project, '.changeset', 'quiet-bats.md'), '---\n"finetooth": minor\n"@finetooth/a": patch\n---\n\nInstalls less.\n');
    const words = [join(root, 'scripts', 'changeset.ts'), 'version'];
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: project, encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
    expect(JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))).toEqual({
      name: 'finetooth',
      version: '0.2.0',
      workspaces,
      optionalDependencies: { '@finetooth/a': '0.1.1', '@finetooth/b': '0.1.0' },
    });
  });
});
