import { readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../scripts/trial-install.ts';

const { engines } = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as { engines: { node: string } };

/** The lowest Node that `engines` names: 22.13.0 of ">=22.13". */
export const lowestVersion = `${/^>=(\d+\.\d+)$/.exec(engines.node)?.[1]}.0`;

/** That Node, from npm into a folder outside the project, or the reason why it is not to be had. */
export const findLowestNode = async (): Promise<{ readonly node: string } | { readonly reason: string }> => {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(tmpdir(), `finetooth-node-${lowestVersion}`);
  const node = join(folder, 'node_modules', name, 'bin', 'node');
  const isThere = (): Promise<boolean> =>
    access(node).then(
      () => true,
      () => false,
    );
  if (!(await isThere())) {
    const words = ['install', '--prefix', folder, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1'];
    const { stderr } = await run('npm', [...words, `${name}@${lowestVersion}`], { cwd: tmpdir(), limit: 180_000 });
    const said = /npm error code (\S+)/.exec(stderr)?.[1] ?? 'nothing in three minutes';
    if (!(await isThere())) return { reason: `npm cannot fetch ${name}@${lowestVersion}: it said ${said}` };
  }
  const { stdout } = await run(node, ['--version'], { cwd: tmpdir(), limit: 60_000 });
  return stdout.trim() === `v${lowestVersion}` ? { node } : { reason: `${node} says it is Node ${stdout.trim() || 'nothing'}` };
};
