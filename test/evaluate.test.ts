import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EvalReport } from '../src/eval/report/report.ts';
import { finetooth, workFolder } from './finetooth.ts';

const folder = workFolder();
const path = (name: string): string => join(folder, name);
const write = (name: string, content: string | Uint8Array): string => {
  mkdirSync(join(path(name), '..'), { recursive: true });
  writeFileSync(path(name), content);
  return path(name);
};
const lines = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');

const animals = ['bat', 'whale', 'spider', 'wolf', 'horse', 'snake', 'eagle', 'shark', 'beaver', 'camel', 'otter', 'raven'];
const documents = animals.flatMap((animal, at) => [
  { _id: `${animal}-1`, title: animal, text: `The ${animal} lives its own life, and this text tells how number ${at} of them finds food.` },
  { _id: `${animal}-2`, title: 'zoo', text: `Visitors ask when the ${animal} can be seen; it sleeps until late.` },
]);
const queries = animals.map((animal, at) => ({ _id: `q${at}`, text: `where does a ${animal} live` }));
const qrels = `query-id\tcorpus-id\tscore\n${animals.map((animal, at) => `q${at}\t${animal}-1\t2\nq${at}\t${animal}-2\t1\n`).join('')}`;

const evaluate = (...words: readonly string[]) => finetooth(['eval', '--work', path('work'), '--resamples', '1000', ...words]);
const reportOf = async (...words: readonly string[]): Promise<EvalReport> => {
  const { status, stdout, stderr } = await evaluate(...words, '--json');
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout) as EvalReport;
};
const refusal = async (...words: readonly string[]): Promise<string> => {
  const { status, stdout, stderr } = await evaluate(...words);
  expect(stdout).toBe('');
  expect(status).not.toBe(0);
  return `${status} ${stderr.trim().replaceAll(`${folder}/`, '')}`;
};

const set = path('set');
const pipelines = path('pipelines.json');
const run = (name: string, grade: (animal: string, at: number) => readonly string[]): string =>
  write(
    name,
    animals
      .flatMap((animal, at) => grade(animal, at).map((id, rank) => `q${at} Q0 ${id} ${rank + 1} ${(10 - rank).toFixed(2)} test\n`))
      .join(''),
  );

beforeAll(() => {
  write('set/corpus.jsonl', lines(documents));
  write('set/queries.jsonl', lines(queries));
  write('set/qrels.tsv', qrels);
  write(
    'pipelines.json',
    JSON.stringify([
      { name: 'words', firstStage: 'bm25', reranker: null },
      { name: 'reranked', candidates: 10 },
    ]),
  );
  run('good.trec', (animal) => [`${animal}-1`, `${animal}-2`, 'x']);
  run('bad.trec', (animal) => ['x', 'y', `${animal}-1`]);
});

describe('pipelines over a folder of data', () => {
  it('are measured, timed and compared, the same for the same seed', async () => {
    const report = await reportOf('--data', set, '--pipelines', pipelines);
    expect(report.queries).toBe(12);
    expect(report.pipelines.map(({ name }) => name)).toEqual(['words', 'reranked']);
    const [words, reranked] = report.pipelines as [EvalReport['pipelines'][0], EvalReport['pipelines'][0]];
    expect(Object.keys(words.measures)).toEqual(['nDCG@10', 'RR@10', 'AP@100', 'P@10', 'R@100', 'Judged@10']);
    for (const { value, low, high } of Object.values(reranked.measures)) {
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
    }
    expect(words.latency.total?.p50).toBeGreaterThan(0);
    expect(words.latency).not.toHaveProperty('rerank');
    expect(reranked.latency.rerank?.p99).toBeGreaterThan(0);
    expect(reranked.tokens).toBeGreaterThan(100);
    expect(reranked.cutOffs.map(({ candidates }) => candidates)).toEqual([10, 25, 50, 100]);
    expect(reranked.perQuery['nDCG@10']).toHaveLength(12);
    expect(report.comparisons.filter(({ measure }) => measure === 'nDCG@10')).toMatchObject([{ baseline: 'words', pipeline: 'reranked' }]);
    const again = await reportOf('--data', set, '--pipelines', pipelines);
    const steady = ({ pipelines: all, comparisons }: EvalReport) => JSON.stringify([all.map(({ measures }) => measures), comparisons]);
    expect(steady(again)).toBe(steady(report));
  });

  it('go on after a kill with the answers that are there', async () => {
    const work = path('killed');
    const words = ['eval', '--work', work, '--data', set, '--pipelines', pipelines, '--resamples', '100', '--json'];
    const journals = (): string[] => (existsSync(work) ? readdirSync(work).filter((name) => name.startsWith('answers-')) : []);
    // The first answers of the second pipeline: the first one's are measured already.
    const kill = `"$@" & for i in $(seq 600); do sleep 0.02; for f in ${work}/answers-*; do [ -f "$f" ] && [ $(wc -l < "$f") -ge 3 ] && kill -9 $! && exit; done; done`;
    await finetooth(words, { shell: kill });
    expect(journals()).toHaveLength(1);
    const journal = join(work, journals()[0] as string);
    const kept = readFileSync(journal, 'utf8').split('\n').slice(0, 3);
    // What was kept is what is used, and the line that the kill tore is dropped.
    const marked = kept.map((line) => line.replace(/"total":[\d.]+/, '"total":987654'));
    writeFileSync(journal, `${marked.join('\n')}\n["q1`);
    const { status, stdout } = await finetooth(words);
    expect(status).toBe(0);
    const report = JSON.parse(stdout) as EvalReport;
    expect(report.pipelines.some(({ latency }) => latency.total?.p99 === 987654)).toBe(true);
    const whole = await reportOf('--data', set, '--pipelines', pipelines);
    expect(report.pipelines.map(({ perQuery }) => perQuery)).toEqual(whole.pipelines.map(({ perQuery }) => perQuery));
    expect(journals()).toEqual([]);
  });

  it('list a query that failed, count it as 0, say so, and fail a gate', async () => {
    write('failing/corpus.jsonl.gz', gzipSync(lines(documents)));
    write('failing/queries.jsonl', lines(queries.map((query, at) => (at === 3 ? { ...query, text: '  ' } : query)).slice(0, 11)));
    write('failing/qrels/test.tsv', qrels);
    const words = ['--data', path('failing'), '--pipelines', pipelines];
    const report = await reportOf(...words);
    expect(report.pipelines[0]?.failures).toEqual([
      { query: 'q3', message: expect.stringMatching(/query is only white space/) },
      { query: 'q11', message: 'the judged query "q11" has no text among the queries.' },
    ]);
    expect(report.pipelines[0]?.perQuery['nDCG@10']?.[3]).toBe(0);
    expect(report.warnings).toContain('"words" failed on 2 of 12 queries; they count as 0 in its figures.');
    expect(await refusal(...words, '--gate', 'nDCG@10 >= 0').catch(() => 'printed')).toBe('printed');
    const gated = await evaluate(...words, '--gate', 'nDCG@10 >= 0');
    expect(gated.status).toBe(7);
    expect(gated.stderr).toMatch(/^E_GATE: 2 of 4 gates did not hold, first "failures = 0" for "words": failures is 2\.\n$/);
    expect(gated.stdout).toContain('FAILED  failures = 0  (words: failures is 2)');
  });

  it('say when a query stands word for word in a document, unless nobody wants to know', async () => {
    write('leaky/corpus.jsonl', lines([...documents, { _id: 'faq', title: 'faq', text: 'Q: Where does a bat live? A: In caves.' }]));
    write('leaky/queries.jsonl', lines(queries));
    write('leaky/qrels.tsv', `${qrels}q0\tfaq\t1\n`);
    const words = ['--data', path('leaky'), '--run', path('good.trec')];
    const report = await reportOf(...words);
    expect(report.warnings.join()).toContain('Query "q0" stands word for word in document "faq", which is judged relevant');
    expect(report.checks?.leaks.shown).toEqual([{ query: 'q0', document: 'faq', grade: 1 }]);
    const unchecked = await reportOf(...words, '--skip-checks');
    expect([unchecked.warnings, unchecked.checks]).toEqual([[], undefined]);
  });

  it('rerank a run that somebody else made', async () => {
    const report = await reportOf(
      '--data',
      set,
      '--first-stage-run',
      run('first.trec', (animal, at) => [`${animals[(at + 1) % 12]}-2`, `${animal}-2`, `${animal}-1`]),
    );
    expect(report.pipelines.map(({ name, measures }) => [name, (measures['R@100']?.value ?? 0) > 0.99])).toEqual([
      ['first stage', true],
      ['reranked', true],
    ]);
    expect(report.comparisons[0]).toMatchObject({ pipeline: 'reranked', verdict: 'helps' });
    expect(report.pipelines[1]?.cutOffs[0]?.gainKept).toBe(1);
  });

  it('take a list of queries with relevant ids, over an index', async () => {
    const index = path('index');
    expect((await finetooth(['index', path('set/corpus.jsonl'), '--into', index])).status).toBe(0);
    const list = write('list.json', JSON.stringify(animals.map((animal) => ({ query: `a ${animal}`, relevant: [`${animal}-1`] }))));
    const report = await reportOf('--data', list, '--in', index, '--pipelines', pipelines, '--measures', 'Success@3,nDCG@10');
    expect(report.queryIds[0]).toBe('a bat');
    expect(report.primary).toBe('Success@3');
    expect(report.pipelines[0]?.measures['Success@3']?.value).toBe(1);
  });

  it('run in search as they are', async () => {
    const one = write(
      'one.json',
      JSON.stringify({ name: 'one', firstStage: 'bm25', candidates: 4, top: 2, reranker: ['default', 'late-interaction'] }),
    );
    const { stdout, status } = await finetooth(['search', 'where does a bat live', '--in', path('index'), '--pipeline', one, '--json']);
    expect(status).toBe(0);
    const answer = JSON.parse(stdout) as { firstStage: string; rankedBy: string; results: unknown[]; candidates: unknown[] };
    expect(answer).toMatchObject({
      firstStage: 'bm25',
      rankedBy: 'default > late-interaction',
      fingerprint: expect.stringMatching(/^cascade\(cascade\(late-interaction.*ms-marco-minilm-l-12-v2.* > late-interaction/),
    });
    expect([answer.results.length, answer.candidates.length]).toEqual([2, 4]);
  });
});

describe('runs that somebody else made', () => {
  const judgments = path('set/qrels.tsv');
  const runs = ['--run', path('good.trec'), '--run', path('bad.trec'), '--qrels', judgments];

  it('are entries in the order given', async () => {
    const report = await reportOf(...runs);
    expect(report.pipelines.map(({ name, latency }) => [name, latency])).toEqual([
      ['good', {}],
      ['bad', {}],
    ]);
    expect(report.pipelines[0]?.measures['nDCG@10']).toEqual({ value: 1, low: 1, high: 1 });
    expect(report.comparisons[0]).toMatchObject({ baseline: 'good', pipeline: 'bad', measure: 'nDCG@10', verdict: 'hurts' });
    expect(report.comparisons[0]?.p).toBeCloseTo(1 / 1001, 6);
  });

  it('pass or fail gates, by exit status', async () => {
    const held = await evaluate(...runs, '--gate', 'good: nDCG@10 >= 0.99', '--gate', 'RR >= 0.3');
    expect([held.status, held.stderr]).toEqual([0, '']);
    const broken = await evaluate(...runs, '--gate', 'nDCG@10 >= 0.62', '--gate', 'p95 <= 120ms');
    expect(broken.status).toBe(7);
    expect(broken.stderr).toMatch(/^E_GATE: 3 of 4 gates did not hold, first "nDCG@10 >= 0\.62" for "bad"/);
    expect(broken.stdout).toContain('FAILED  p95 <= 120ms  (good: p95 was not measured)');
  });

  it('are compared with an earlier report, and a proven loss fails', async () => {
    const earlier = write('earlier.json', JSON.stringify(await reportOf('--run', path('good.trec'), '--qrels', judgments)));
    const same = await evaluate('--run', path('good.trec'), '--qrels', judgments, '--baseline', earlier);
    expect(same.status).toBe(0);
    expect(same.stdout).toContain('makes no difference: all 12 queries score the same');
    const worse = await evaluate(
      '--run',
      path('bad.trec'),
      '--qrels',
      judgments,
      '--baseline',
      earlier,
      '--gate',
      'nDCG@10 >= baseline - 0.9',
    );
    expect(worse.status).toBe(7);
    expect(worse.stderr).toContain('1 of 2 gates did not hold, first "nDCG@10 does not hurt" for "bad"');
    expect(await refusal('--run', path('bad.trec'), '--qrels', judgments, '--baseline', path('pipelines.json'))).toMatch(
      /^3 E_INPUT_FORMAT: pipelines.json is no report of an evaluation: it must be/,
    );
  });

  it('write a page and a text for a pull request', async () => {
    const { status } = await evaluate(...runs, '--html', path('report.html'), '--markdown', path('report.md'));
    expect(status).toBe(0);
    expect(readFileSync(path('report.html'), 'utf8')).toMatch(/^<!doctype html>/i);
    expect(readFileSync(path('report.md'), 'utf8')).toContain('nDCG@10');
    expect(await refusal(...runs, '--html', path('no/such/folder/report.html'))).toMatch(
      /^2 E_USAGE: no\/such\/folder\/report\.html cannot be written/,
    );
  });

  it('are judged by scores, and a file in another order is named', async () => {
    const upside = write('upside.trec', 'q0 Q0 bat-1 1 0.1 t\nq0 Q0 x 2 0.9 t\n');
    const report = await reportOf('--run', upside, '--qrels', judgments);
    expect(report.pipelines[0]?.perQuery['RR@10']?.[0]).toBe(0.5);
    expect(report.warnings).toEqual([
      expect.stringMatching(/the lines of 1 query are not in the order of their scores\. Scores decide here, as in trec_eval/),
      expect.stringMatching(/has no results for 11 of the 12 judged queries; they count as 0\.$/),
    ]);
  });

  it('with a query that has nothing relevant: counted as 0 and reported, or dropped', async () => {
    const some = write('some.tsv', `${qrels}q99\tbat-1\t0\n`);
    const words = ['--run', path('good.trec'), '--qrels', some];
    const kept = await reportOf(...words);
    expect([kept.queries, kept.withoutRelevant]).toEqual([13, { count: 1, dropped: false }]);
    expect(kept.pipelines[0]?.measures['nDCG@10']?.value).toBeCloseTo(12 / 13, 12);
    const dropped = await reportOf(...words, '--drop-empty');
    expect([dropped.queries, dropped.pipelines[0]?.measures['nDCG@10']?.value]).toEqual([12, 1]);
  });
});

describe('bad input, each with its sentence', () => {
  const judgments = path('set/qrels.tsv');
  const good = path('good.trec');

  it.each<readonly [string, () => readonly string[], RegExp]>([
    ['nothing', () => [], /^2 E_USAGE: judgments are needed: name a collection as --data, or a file of judgments as --qrels\.$/],
    [
      'judgments of other queries',
      () => ['--run', good, '--qrels', write('other.txt', 'topic1 0 bat-1 1\n')],
      /^3 E_JUDGMENTS: none of the 12 queries of good\.trec is among the 1 judged ones \(such as "topic1"\)/,
    ],
    [
      'judgments of other documents',
      () => ['--run', good, '--qrels', write('otherdocs.txt', 'q0 0 doc1 1\n')],
      /^3 E_JUDGMENTS: good\.trec has 1 of the judged queries, but none of its documents is judged for them/,
    ],
    [
      'judgments of another collection than the corpus',
      () => ['--data', set, '--pipelines', pipelines, '--qrels', write('otherset.txt', 'q0 0 doc1 1\n')],
      /^3 E_JUDGMENTS: none of the 1 relevant documents \(such as "doc1"\) is in set\/corpus\.jsonl/,
    ],
    [
      'no relevant document at all',
      () => ['--run', good, '--qrels', write('none.txt', 'q0 0 bat-1 0\n')],
      /^3 E_JUDGMENTS: none\.txt: none of its 1 judgments says relevant/,
    ],
    [
      'a NaN',
      () => ['--run', write('nan.trec', 'q0 Q0 bat-1 1 nan t\n'), '--qrels', judgments],
      /^3 E_INPUT_FORMAT: nan\.trec line 1: the score is "nan"/,
    ],
    [
      'an id with a space',
      () => ['--run', write('space.trec', 'q0 Q0 my bat 1 0.5 t\n'), '--qrels', judgments],
      /^3 E_INPUT_FORMAT: space\.trec line 1 has 7 columns; an id with a space needs the form with tabs/,
    ],
    [
      'two grades',
      () => ['--run', good, '--qrels', write('two.txt', 'q0 0 bat-1 1\nq0 0 bat-1 2\n')],
      /^3 E_DUPLICATE_ID: two\.txt line 2 judges query "q0" and document "bat-1" a second time \(1 before, 2 now\)/,
    ],
    [
      'a gz cut off',
      () => ['--run', write('cut.gz', gzipSync(readFileSync(good)).subarray(0, 90)), '--qrels', judgments],
      /^3 E_INPUT_FORMAT: cut\.gz is torn: its gzip data ends too early/,
    ],
    ['a missing file', () => ['--run', path('none.trec'), '--qrels', judgments], /^3 E_INPUT_MISSING: none\.trec/],
    [
      'an unknown collection',
      () => ['--data', 'scifacts'],
      /^3 E_DATASET_UNKNOWN: there is no test collection "scifacts"\. Did you mean "scifact"\?/,
    ],
    [
      'an unknown reranker',
      () => ['--data', set, '--pipelines', write('odd.json', '{"name": "odd", "reranker": "late-interactoin"}')],
      /^2 E_USAGE: pipeline "odd": there is no reranker "late-interactoin", did you mean "late-interaction"/,
    ],
    [
      'a pipelines file that is not JSON',
      () => ['--data', set, '--pipelines', write('broken.json', '{"name": ')],
      /^3 E_INPUT_FORMAT: broken\.json is not JSON/,
    ],
    ['an unknown measure', () => ['--run', good, '--qrels', judgments, '--measures', 'nDCG@ten'], /^2 E_USAGE: "nDCG@ten" is no measure/],
    [
      'a gate that says nothing',
      () => ['--run', good, '--qrels', judgments, '--gate', 'good'],
      /^2 E_USAGE: --gate "good": it has none of/,
    ],
    ['a cut-off that is no number', () => ['--data', set, '--cut-offs', 'ten'], /^2 E_USAGE: --cut-offs takes whole numbers/],
    [
      'a list without an index',
      () => ['--data', write('q.json', '[{"query": "bat", "relevant": ["bat-1"]}]')],
      /^2 E_USAGE: there are no documents to search: name a folder with corpus\.jsonl as --data, or an index as --in/,
    ],
  ])('%s', async (_, words, sentence) => {
    expect(await refusal(...words())).toMatch(sentence);
  });

  it('CR LF and a byte order mark are no bad input', async () => {
    const odd = write('windows.tsv', `\ufeff${qrels.replaceAll('\n', '\r\n')}`);
    const report = await reportOf('--run', write('windows.trec', readFileSync(good, 'utf8').replaceAll('\n', '\r\n')), '--qrels', odd);
    expect(report.pipelines[0]?.measures['nDCG@10']?.value).toBe(1);
  });
});

describe('tune', () => {
  it('picks a pipeline on held-out queries and says what the gain is worth', async () => {
    const words = ['tune', '--data', set, '--work', path('work'), '--resamples', '1000', '--save', path('tuned.json')];
    const { status, stdout, stderr } = await finetooth([...words, '--json']);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const report = JSON.parse(stdout) as {
      chosen: { name: string };
      tried: unknown[];
      heldOut: number;
      inSample: number;
      comparison: object;
    };
    expect(report.tried).toHaveLength(5 + 2 * 4 * 5 * (1 + 3 + 2));
    expect(report.heldOut).toBeGreaterThan(0.5);
    expect(report.comparison).toMatchObject({ baseline: 'default', measure: 'nDCG@10' });
    const saved = JSON.parse(readFileSync(path('tuned.json'), 'utf8')) as unknown;
    expect(saved).toEqual(report.chosen);
    expect((await reportOf('--data', set, '--pipelines', path('tuned.json'))).pipelines[0]?.name).toBe('tuned');
    const people = await finetooth(words);
    expect(people.stdout).toMatch(/12 queries, 245 pipelines, 5 folds, 10 times\. Best by nDCG@10/);
    expect(people.stdout).toMatch(/The gain is real|is noise|does not carry over/);
  });

  it('refuses too few queries', async () => {
    write('few.tsv', qrels.split('\n').slice(0, 9).join('\n'));
    const { status, stderr } = await finetooth(['tune', '--data', set, '--qrels', path('few.tsv'), '--work', path('work')]);
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/^E_USAGE: there are 4 judged queries; cross-validation needs 10 and more/),
    ]);
  });
});
