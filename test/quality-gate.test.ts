import { join } from 'node:path';
import { expect, it } from 'vitest';
import { finetooth, workFolder } from './finetooth.ts';

const results = join(import.meta.dirname, '..', 'results');

/** The project's own gate: what anybody's build would run, on the bundled films. */
const gate = (...words: readonly string[]) =>
  finetooth([
    'eval',
    ...['--data', 'films', '--fields', 'title,overview,tagline', '--pipelines', join(results, 'films-pipelines.json')],
    ...['--measures', 'nDCG@10', '--cut-offs', 'none', '--work', workFolder()],
    ...words,
  ]);

it('the bundled films are ranked as well as before', async () => {
  const gates = ['dense: nDCG@10 >= 0.705', 'reranked: nDCG@10 >= 0.76', 'nDCG@10 >= baseline - 0.01', 'unjudged <= 0%', 'failures = 0'];
  const { status, stdout, stderr } = await gate(
    ...gates.flatMap((one) => ['--gate', one]),
    ...['--baseline', join(results, 'films-baseline.json')],
  );
  expect(stderr).toBe('');
  expect(status, stdout).toBe(0);
  expect(stdout.match(/^passed {2}/gm)).toHaveLength(10);
  expect(stdout).not.toContain('FAILED');
});
