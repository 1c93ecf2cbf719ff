/**
 * `npm run release -- --dry-run` packs everything that is published, for every platform, checks it, and shows what would be published in which order;
 * with `--publish` it is, with provenance. `--from FOLDER` takes tarballs that are packed already, `--into FOLDER` keeps them.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { faultsOf, inOrder, leftToDo, type Published } from './release-plan.ts';
import { mustRun, packAll, run } from './trial-install.ts';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    'dry-run': { type: 'boolean', default: false },
    publish: { type: 'boolean', default: false },
    from: { type: 'string' },
    into: { type: 'string' },
  },
});
if (values.publish === values['dry-run']) {
  process.stderr.write('say --dry-run, which shows what would be published, or --publish.\n');
  process.exit(2);
}
const temporary = mkdtempSync(join(tmpdir(), 'finetooth-release-'));
try {
  process.exitCode = await release();
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

/** Exit status: 1 where something has to be mended first. */
async function release(): Promise<number> {
  const folder = resolve(values.from ?? values.into ?? temporary);
  mkdirSync(folder, { recursive: true });
  const paths = values.from === undefined ? (await packAll(folder, { everywhere: true })).map(({ path }) => path) : tarballsIn(folder);
  const packages = [];
  for (const path of paths) packages.push({ ...(await manifestOf(path)), path, bytes: statSync(path).size });
  const faults = faultsOf(packages);
  const git = await run('git', ['status', '--porcelain'], { cwd: root }).catch(() => undefined);
  const left = leftToDo(packages, {
    changelog: readFileSync(join(root, 'CHANGELOG.md'), 'utf8'),
    changesets: readdirSync(join(root, '.changeset')).filter((name) => name.endsWith('.md') && name !== 'README.md'),
    uncommitted:
      git?.status === 0
        ? git.stdout.split('\n').flatMap((line) => (line === '' ? [] : [line.slice(3)]))
        : ['all, for git answers nothing here'],
  });
  say('wrong', faults);
  say('before it is published', left);
  if (faults.length > 0 || (values.publish && left.length > 0)) return 1;
  for (const { name, version, path, bytes } of inOrder(packages)) {
    process.stdout.write(`${name}@${version}  ${(bytes / 1e6).toFixed(1)} MB${await publish(`${name}@${version}`, path)}\n`);
  }
  return 0;
}

/** What became of it, in a few words. One that is there already stays: a published version cannot be replaced. */
async function publish(spec: string, path: string): Promise<string> {
  const words = ['publish', path, '--access', 'public', '--provenance'];
  if (values.publish) {
    const known = await run('npm', ['view', spec, 'version'], { cwd: temporary });
    if (known.status === 0 && known.stdout.trim() !== '') return ', is there already';
    await mustRun('npm', words, { cwd: temporary });
    return ', published';
  }
  // npm reads the tarball and its manifest as it would, and sends nothing.
  await mustRun('npm', [...words, '--dry-run', '--json', '--fetch-retries=0'], { cwd: temporary });
  return '';
}

function say(head: string, lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${head}: ${line}\n`);
}

function tarballsIn(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => (name.endsWith('.tgz') ? [join(folder, name)] : []));
}

async function manifestOf(tarball: string): Promise<Published> {
  const { stdout } = await mustRun('tar', ['-xzOf', tarball, 'package/package.json'], { cwd: root });
  return JSON.parse(stdout) as Published;
}
