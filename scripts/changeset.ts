/**
 * `npm run changeset` says what kind of release a change is, and `npm run changeset -- version` raises versions by what waits in .changeset/, with those
 * that name them. Changesets takes a workspace for a package and nothing else; here the root is one too, so it is named as one while the command runs.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const file = join(process.cwd(), 'package.json');

const read = () => JSON.parse(readFileSync(file, 'utf8')) as { readonly workspaces: readonly string[] };
const write = (manifest: object): void => writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);

// Ctrl+C ends the command alone, so that the list is put back.
process.on('SIGINT', () => {});
const { workspaces } = read();
write({ ...read(), workspaces: ['.', ...workspaces] });
try {
  const changeset = join(root, 'node_modules', '@changesets', 'cli', 'bin.js');
  process.exitCode = spawnSync(process.execPath, [changeset, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
} finally {
  write({ ...read(), workspaces });
}
