import { readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../scripts/trial-install.ts';
import { kept } from './support/kept.ts';

const { engines } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as { engines: { node: string } };

/** The lowest Node that `engines` names: 22.13.0 of ">=22.13". */
export const lowestVersion = `${/^>=(\d+\.\d+)$/.exec(engines.node)?.[1]}.0`;

export type FoundNode = { readonly node: string; readonly version: string } | { readonly reason: string };

/** That Node, from npm into a folder outside the project, or the reason why it is not to be had. */
export const findLowestNode = (): Promise<FoundNode> => findNode(lowestVersion);

/** The newest one that npm has. */
export const findNewestNode = async (): Promise<FoundNode> => {
  const { stdout } = await run('npm', ['view', 'node@latest', 'version', '--fetch-retries=1'], { cwd: tmpdir(), limit: 60_000 });
  const version = stdout.trim();
  return /^\d+\.\d+\.\d+$/.test(version)
    ? findNode(version)
    : { reason: `npm does not say which Node is the newest: it said ${version || 'nothing'}` };
};

async function findNode(version: string): Promise<FoundNode> {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = kept(`finetooth-node-${version}`);
  const node = join(folder, 'node_modules', name, 'bin', 'node');
  const isThere = (): Promise<boolean> =>
    access(node).then(
      () => true,
      () => false,
    );
  if (!(await isThere())) {
    const words = ['install', '--prefix', folder, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1'];
    const { stderr } = await run('npm', [...words, `${name}@${version}`], { cwd: tmpdir(), limit: 180_000 });
    const said = /npm error code (\S+)/.exec(stderr)?.[1] ?? 'nothing in three minutes';
    if (!(await isThere())) return { reason: `npm cannot fetch ${name}@${version}: it said ${said}` };
  }
  const { stdout } = await run(node, ['--version'], { cwd: tmpdir(), limit: 60_000 });
  return stdout.trim() === `v${version}` ? { node, version } : { reason: `${node} says it is Node ${stdout.trim() || 'nothing'}` };
}
