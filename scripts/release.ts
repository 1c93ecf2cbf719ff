/** Packs everything that is published, for every platform: `npm run release`, and with `-- --publish` publishes it with provenance, parts first. */
import { rmSync, statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { mustRun, packAll, run } from './trial-install.ts';

const { values } = parseArgs({ options: { publish: { type: 'boolean', default: false } } });
const folder = await mkdtemp(join(tmpdir(), 'finetooth-release-'));
try {
  // `finetooth` names exact versions of its parts, so it goes last.
  const tarballs = (await packAll(folder, { everywhere: true })).toSorted(
    (a, b) => Number(a.name === 'finetooth') - Number(b.name === 'finetooth'),
  );
  for (const { name, path } of tarballs) {
    const spec = `${name}@${/-(\d+\.\d+\.\d+[^/]*)\.tgz$/.exec(path)?.[1]}`;
    process.stdout.write(`${spec}  ${(statSync(path).size / 1e6).toFixed(1)} MB\n`);
    if (!values.publish) continue;
    const known = await run('npm', ['view', spec, 'version'], { cwd: folder });
    if (known.status === 0 && known.stdout.trim() !== '') process.stdout.write('  is there already\n');
    else await mustRun('npm', ['publish', path, '--access', 'public', '--provenance'], { cwd: folder });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
