import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withLock } from '../../src/time/file-lock.ts';

const here = import.meta.dirname;
const stamp = join(here, 'node_modules', '.installed');
const wanted = readFileSync(join(here, 'package-lock.json'), 'utf8');

/** The clients in their own folder, from its lock file. Why they are not there, where the network does not allow it. */
export const install = (): Promise<string | undefined> =>
  withLock(join(here, 'package-lock.json'), undefined, async () => {
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return undefined;
    try {
      await promisify(execFile)('npm', ['ci'], { cwd: here, timeout: 300_000 });
      writeFileSync(stamp, wanted);
      return undefined;
    } catch (error) {
      return `the clients cannot be installed here: ${
        String((error as { stderr?: string }).stderr ?? error)
          .split('\n')
          .filter((line) => /npm error/.test(line))[0] ?? 'npm failed'
      }`;
    }
  });
