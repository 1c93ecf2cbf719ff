import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { expect, it } from 'vitest';
import { workFolder } from './finetooth.ts';

const evaluation = join(import.meta.dirname, '..', 'src', 'eval', 'index.ts');

/** A run of so many queries with 1,000 documents each, the relevant one at rank 2 of the first half and rank 4 of the rest. */
const writeRun = async (path: string, queries: number, packed: boolean): Promise<void> => {
  const file = createWriteStream(path);
  const into = packed ? createGzip({ level: 1 }) : file;
  if (packed) into.pipe(file);
  for (let query = 0; query < queries; query++) {
    const right = query < queries / 2 ? 1 : 3;
    const lines = Array.from(
      { length: 1000 },
      (_, rank) => `query-${query} Q0 document-${rank === right ? 'right' : `${query}-${rank}`} ${rank + 1} ${1000 - rank} big\n`,
    );
    if (!into.write(lines.join(''))) await once(into, 'drain');
  }
  into.end();
  await once(file, 'close');
};

/** Runs measure larger than the memory that the process may have: they are read one query at a time. */
export const measuresLargeRuns = (queries: number, heapMegabytes: number, packed: boolean): void =>
  it(`${(queries * 1000).toLocaleString('en-US')} lines${packed ? ' of gz' : ''} are measured in ${heapMegabytes} MB`, async () => {
    const folder = workFolder();
    const path = join(folder, packed ? 'run.trec.gz' : 'run.trec');
    await writeRun(path, queries, packed);
    if (!packed) expect(statSync(path).size).toBeGreaterThan(heapMegabytes * 1e6);
    const script = `
      import { evaluateFile, parseMeasures } from ${JSON.stringify(evaluation)};
      const judgments = new Map(Array.from({ length: ${queries} }, (_, query) => ['query-' + query, new Map([['document-right', 1]])]));
      const { values, ranked } = await evaluateFile(${JSON.stringify(path)}, judgments, parseMeasures('RR,R@1000'));
      console.log(JSON.stringify({ ranked, means: values.map((one) => one.reduce((sum, value) => sum + value, 0) / one.length) }));`;
    const child = spawn(process.execPath, [`--max-old-space-size=${heapMegabytes}`, '--input-type=module', '-e', script], {
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => (stderr += text));
    const [code] = (await once(child, 'close')) as [number | null];
    rmSync(folder, { recursive: true });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ ranked: queries, means: [(0.5 + 0.25) / 2, 1] });
  });
