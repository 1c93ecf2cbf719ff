/** From the start of a process to the answer of its first search. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openIndex } from '../../src/index.ts';
import { fixed, median, times, type Workload } from '../report.ts';
import { textsOfTokens } from '../texts.ts';

const RUNS = 5;
const root = join(import.meta.dirname, '..', '..');
const built = existsSync(join(root, 'dist', 'cli', 'main.js'));

/** The command line as users have it, or, where nothing was built, its sources. */
const finetooth = built
  ? [join(root, 'bin', 'finetooth.js')]
  : [
      '--input-type=module',
      '--eval',
      `import { main } from '${pathToFileURL(join(root, 'src', 'cli', 'main.ts')).href}'; await main(process.argv.slice(1));`,
      '--',
    ];

/** Seconds to the first byte of the answer and to the end of the process. */
const timed = (args: readonly string[]): Promise<{ readonly first: number; readonly end: number }> =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    const since = (): number => (performance.now() - started) / 1000;
    let first: number | undefined;
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.on('data', () => (first ??= since()));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) resolve({ first: first ?? since(), end: since() });
      else reject(new Error(`finetooth ended with code ${code}`));
    });
  });

export const coldStart: Workload = {
  about: 'seconds from process start to the first answer of "finetooth search", 1,000 documents',
  run: async ({ say }) => {
    const folder = await mkdtemp(join(tmpdir(), 'finetooth-bench-'));
    try {
      say('building the index');
      {
        await using index = await openIndex(join(folder, 'index'), { create: true });
        await index.add(textsOfTokens(1000, 80).map((text, at) => ({ id: `${at}`, text })));
      }
      const query = ['a question about the river and the bridge', '--in', join(folder, 'index'), '--json'];
      const commands: Readonly<Record<string, readonly string[]>> = {
        'search, dense, reranked': [...finetooth, 'search', ...query],
        'search, dense, not reranked': [...finetooth, 'search', ...query, '--reranker', 'none'],
        'finetooth --version': [...finetooth, '--version'],
        'node --eval 0': ['--eval', '0'],
      };
      const runs: Record<string, { first: number; end: number }[]> = {};
      for (let run = 0; run <= RUNS; run++) {
        for (const [name, args] of Object.entries(commands)) {
          say(`run ${run} of ${RUNS}: ${name}`);
          const one = await timed(args);
          if (run > 0) (runs[name] ??= []).push(one);
        }
      }
      const bare = median((runs['node --eval 0'] ?? []).map(({ end }) => end));
      return {
        tables: [
          {
            title: `seconds, ${built ? 'built' : 'from the sources'}, files already in the system's cache`,
            columns: ['', 'first answer, min', 'median', 'max', 'process end, median', 'median / bare node'],
            rows: Object.entries(runs).map(([name, ones]) => {
              const firsts = ones.map(({ first }) => first);
              return [
                name,
                fixed(Math.min(...firsts), 2),
                fixed(median(firsts), 2),
                fixed(Math.max(...firsts), 2),
                fixed(median(ones.map(({ end }) => end)), 2),
                times(median(firsts), bare),
              ];
            }),
          },
        ],
        bars: [],
        raw: { built, seconds: runs },
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
