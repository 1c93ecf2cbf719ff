import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { type CommandSpec, command } from '../src/cli/command.ts';
import { allCommands } from '../src/cli/commands.ts';
import { options } from '../src/cli/options.ts';
import { indexSystem, runSystem } from '../src/eval/systems/system.ts';
import {
  openIndex,
  type Reranker,
  type RerankOptions,
  rerank,
  type SearchIndex,
  type SearchOptions,
  search,
  searchOptionsOf,
} from '../src/index.ts';
import { type Pipeline, parsePipelines } from '../src/plan.ts';
import { keysAt, nameAt, type OptionsAt, optionAt, type PlanKey, plan } from '../src/search/plan.ts';
import { type Door, defaultWords, doors, kebabCase, type PlanOption, snakeCase } from '../src/search/plan-option.ts';
import { type Server, serve } from '../src/server/listen.ts';
import { memoryStore } from '../src/stores.ts';
import { grouped } from '../src/wording/numbers.ts';
import { hashEmbedder } from './hash-embedder.ts';
import { typedJson } from './support/typed-command.ts';

const commands = await allCommands();

const folder = mkdtempSync(join(tmpdir(), 'finetooth-plan-'));
const films = [
  { id: 'a', title: 'Bats in the dark', text: 'They hunt by echo in the night.', year: 1979, tags: ['cave', 'night'] },
  { id: 'b', title: 'A shark', text: 'It eats swimmers near an island.', year: 1975, tags: ['sea'] },
  { id: 'c', title: 'Heat', text: 'A thief and a detective and the bats of a city.', year: 1995, tags: ['city', 'night'] },
  { id: 'd', title: 'Up', text: 'A house, balloons and the sea.', year: 2009, tags: ['sky', 'sea'] },
];
const QUERY = 'bats by the sea';
const one: Reranker = {
  fingerprint: 'length@1',
  score: async (_, candidates) => ({ scores: Float32Array.from(candidates, ({ text }) => text.length) }),
};
/** A value for each option that is right wherever it is in JSON. */
const samples: Readonly<Record<PlanKey, unknown>> = {
  candidates: 3,
  top: 2,
  offset: 1,
  cursor: '*',
  firstStage: 'bm25',
  fusion: 'scores',
  linearWeight: 0.3,
  denseWeight: 0.25,
  sparseWeight: 0.4,
  rrfK: 10,
  filter: { fields: { year: { gte: 1990 } } },
  reranker: ['late-interaction'],
  fallback: ['first-stage'],
  strict: true,
  rankFields: ['title'],
  fieldLabels: true,
  longDocuments: 'truncate',
  effort: 'low',
  instruction: 'Find films that are set at night',
  calibration: 'calibration.json',
  scoreCache: 'scores',
  wordsWeight: 0.05,
  minScore: 0,
  diversity: 0.5,
  collapse: 'near',
  groupBy: 'year',
  perGroup: 2,
  sort: ['-year', 'title'],
  facets: ['tags', 'year'],
  facetValues: 3,
  vector: Array.from({ length: 384 }, (_, at) => at + 1),
  embedder: 'bge-small-en-v1.5',
  documents: true,
  snippets: true,
  explain: true,
  stages: true,
  deadlineMs: 600_000,
  onUpdate: () => {},
  signal: new AbortController().signal,
};
/** What fits an index whose vectors have 16 numbers. */
const ofHashed: Partial<Record<PlanKey, unknown>> = { reranker: one, vector: Array.from({ length: 16 }, (_, at) => at + 1) };
/** What an option needs beside it. */
const beside = (key: PlanKey): object => (key === 'strict' ? { fallback: ['first-stage'] } : {});

let hashed: SearchIndex;
let server: Server;
const indexFolder = join(folder, 'films');
beforeAll(async () => {
  hashed = await openIndex(memoryStore(), { create: { fields: ['title', 'text'] }, embedder: hashEmbedder(), reranker: one });
  await hashed.add(films);
  await using made = await openIndex(indexFolder, { create: { fields: ['title', 'text'] } });
  await made.add(films);
  server = await serve({ port: 0, version: '0', indexes: [indexFolder] });
});
afterAll(async () => {
  await hashed.close();
  await server.close(1000);
  rmSync(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly refusal?: string;
  readonly json?: unknown;
}

/** A command in this process, with what it printed as JSON or why it did not. */
const typed = async (words: readonly string[], specs: readonly CommandSpec[] = commands): Promise<Outcome> => {
  try {
    return { json: await typedJson(words, specs) };
  } catch (error) {
    return { refusal: (error as Error).message };
  }
};

/** The commands as they are, but for their work: which flags their parser takes is theirs to say. */
const idle = commands.map((spec) => command({ ...spec, run: async () => {} }));
const flagOf = (key: PlanKey): string => (plan[key] as PlanOption).flag ?? kebabCase(key);
const flagWords = (key: PlanKey): readonly string[] => {
  const value = samples[key];
  const isJson = key === 'vector' || (typeof value === 'object' && !Array.isArray(value));
  return [`--${flagOf(key)}`, ...(value === true ? [] : [isJson ? JSON.stringify(value) : String(value)])];
};
const posted = async (body: object): Promise<Outcome> => {
  const answer = await fetch(`${server.url}/v1/search`, { method: 'POST', body: JSON.stringify({ query: QUERY, ...body }) });
  const json: unknown = await answer.json();
  return answer.ok ? { json } : { refusal: JSON.stringify(json) };
};
const refusalOf = async (work: () => unknown): Promise<Outcome> => {
  try {
    await work();
    return {};
  } catch (error) {
    return { refusal: (error as Error).message };
  }
};

/** Asks the door itself, with one option. */
const askAt: Readonly<Record<Door, (key: PlanKey) => Promise<Outcome>>> = {
  search: (key) => refusalOf(() => search(hashed, QUERY, { [key]: ofHashed[key] ?? samples[key] })),
  rerank: (key) => refusalOf(() => rerank(QUERY, films, { model: one, [nameAt(key, 'rerank')]: ofHashed[key] ?? samples[key] })),
  pipeline: (key) => refusalOf(() => parsePipelines({ name: 'p', ...beside(key), [key]: samples[key] }, 'p.json')),
  searchCommand: (key) => typed(['search', QUERY, '--in', indexFolder, ...flagWords(key)], idle),
  rerankCommand: (key) => typed(['rerank', QUERY, 'films.jsonl', ...flagWords(key)], idle),
  searchBody: (key) => {
    const value = key === 'onUpdate' || key === 'signal' ? true : samples[key];
    return posted(Object.fromEntries(Object.entries({ ...beside(key), [key]: value }).map(([name, one]) => [snakeCase(name), one])));
  },
};
const unknown: Readonly<Record<Door, (key: PlanKey) => string>> = {
  search: (key) => `search has no option "${key}"`,
  rerank: (key) => `rerank has no option "${nameAt(key, 'rerank')}"`,
  pipeline: (key) => `a pipeline has no "${key}"`,
  searchCommand: (key) => `unknown option '--${flagOf(key)}'`,
  rerankCommand: (key) => `unknown option '--${flagOf(key)}'`,
  searchBody: (key) => `Unrecognized key: \\"${snakeCase(key)}\\"`,
};

describe('every option of the plan', () => {
  it.each(Object.keys(plan) as PlanKey[])('"%s" is at the doors that the table says, and nowhere else', async (key) => {
    for (const door of doors) {
      const there = optionAt(key, door);
      const { refusal } = await askAt[door](key);
      if (typeof there !== 'string') {
        const needsProbabilities = key === 'minScore' && (door === 'search' || door === 'rerank');
        // Whether the reranker reads one is known when it is asked, not when a file or words are parsed.
        const needsReader = key === 'instruction' && ['search', 'rerank', 'searchBody'].includes(door);
        if (needsReader) expect([door, refusal]).toEqual([door, expect.stringContaining('is for rerankers that read one')]);
        else if (needsProbabilities) expect([door, refusal]).toEqual([door, expect.stringContaining('are no probabilities')]);
        else expect([door, refusal]).toEqual([door, undefined]);
      } else expect([door, refusal ?? '']).toEqual([door, expect.stringContaining(unknown[door](key))]);
    }
  });

  it('says why it is not at a door in words', () => {
    for (const key of Object.keys(plan) as PlanKey[])
      for (const door of doors) {
        const there = optionAt(key, door);
        if (typeof there === 'string') expect([key, door, there.split(' ').length > 3]).toEqual([key, door, true]);
      }
  });

  it('has the type that the functions take', () => {
    type Plain<O> = { [K in Exclude<keyof O, 'onUpdate'>]: O[K] };
    expectTypeOf<keyof SearchOptions>().toEqualTypeOf<keyof OptionsAt<'search'>>();
    expectTypeOf<keyof RerankOptions>().toEqualTypeOf<keyof OptionsAt<'rerank'>>();
    expectTypeOf<keyof Pipeline>().toEqualTypeOf<keyof OptionsAt<'pipeline'> | 'name' | 'types'>();
    expectTypeOf<Plain<SearchOptions>>().toEqualTypeOf<Plain<OptionsAt<'search'>>>();
    expectTypeOf<Plain<Omit<RerankOptions, 'fields'>>>().toEqualTypeOf<Plain<Omit<OptionsAt<'rerank'>, 'fields'>>>();
    expectTypeOf<Pipeline>().toExtend<OptionsAt<'pipeline'>>();
  });
});

describe('the table of flags', () => {
  it('gives each name to one meaning', () => {
    const names = Object.values(options).map(({ name }) => name);
    // Nothing is passed over in silence, in either case: a reranker that fails, a file that cannot be read. Rerankers by name in either case: of serve
    // those that its clients may name, elsewhere the one that ranks. Where judgments are kept: of label for one index, of serve for each.
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual(['strict', 'judgments', 'reranker']);
  });
});

interface Found {
  readonly results: readonly { readonly id: string; readonly stages?: unknown }[];
  readonly candidates: readonly { readonly id: string; readonly score: number }[];
  readonly rankedBy?: string | null;
  readonly ranked_by?: string | null;
}
const shape = ({ results, candidates, rankedBy, ranked_by }: Found) => ({
  ids: results.map(({ id }) => id),
  staged: results.map(({ stages }) => stages !== undefined),
  candidates: candidates.map(({ id, score }) => [id, Math.round(score * 1e4)]),
  by: rankedBy ?? ranked_by ?? null,
});

/** Ways to search that need what some doors lacked. */
const ways: Readonly<Record<string, Partial<Record<PlanKey, unknown>>>> = {
  'a filter': { filter: { fields: { year: { gte: 1979 }, tags: 'night' } } },
  'a filter of fields alone': { filter: { year: { gte: 1979 }, tags: 'night' } },
  'a filter as a text': { filter: 'year >= 1979 and not (tags in (sea, sky) or title prefix A)' },
  'a hybrid first stage': { firstStage: 'hybrid', reranker: null },
  'a weight of words in it': { firstStage: 'hybrid', linearWeight: 1, reranker: null },
  'a weight of vectors': { firstStage: 'hybrid', fusion: 'rrf', denseWeight: 0.1, reranker: null },
  'fusion by scores': { firstStage: 'hybrid', fusion: 'scores', reranker: null },
  'another k of reciprocal ranks': { firstStage: 'hybrid', fusion: 'rrf', rrfK: 1, reranker: null },
  diversity: { diversity: 1, reranker: null, top: 4 },
  collapse: { collapse: 'off', firstStage: 'bm25', reranker: null, top: 5 },
  groups: { groupBy: 'tags', reranker: null, top: 4 },
  'an order by a field': { sort: '-title', reranker: null },
  'an order by two': { sort: ['-tags', 'year'], reranker: null },
  'labels of fields': { fieldLabels: true, rankFields: ['title', 'text'] },
  'a weight of words in the second stage': { wordsWeight: 1 },
  'a least probability': { minScore: 0.4 },
  'a fallback': { fallback: ['first-stage'], reranker: ['late-interaction'] },
};

describe('a way to search gives the same at every door', () => {
  it.each(Object.entries(ways))('%s', async (_, way) => {
    const file = join(folder, 'pipeline.json');
    writeFileSync(file, JSON.stringify({ name: 'p', ...way }));
    await using index = await openIndex(indexFolder);
    const [pipeline] = parsePipelines({ name: 'p', ...way }, 'p.json');
    const library = shape(await search(index, QUERY, await searchOptionsOf(pipeline as Pipeline, index)));
    const asFile = await typed(['search', QUERY, '--in', indexFolder, '--pipeline', file, '--json']);
    const flags = Object.entries(way).flatMap(([key, value]) => [
      `--${kebabCase(key)}`,
      ...(value === true
        ? []
        : [value === null ? 'none' : typeof value === 'object' && !Array.isArray(value) ? JSON.stringify(value) : String(value)]),
    ]);
    const asFlags = await typed(['search', QUERY, '--in', indexFolder, ...flags, '--json']);
    const asBody = await posted(Object.fromEntries(Object.entries(way).map(([key, value]) => [snakeCase(key), value])));
    const plain = shape(await search(index, QUERY));
    expect([asFile.refusal, asFlags.refusal, asBody.refusal]).toEqual([undefined, undefined, undefined]);
    expect(shape(asFile.json as Found)).toEqual(library);
    expect(shape(asFlags.json as Found)).toEqual(library);
    expect(shape(asBody.json as Found)).toEqual(library);
    // Labels alone may leave the order as it is.
    if (way.fieldLabels === undefined) expect(library).not.toEqual(plain);
  });

  it('pages, each the continuation of the one before', async () => {
    await using index = await openIndex(indexFolder);
    const pick = (results: readonly { readonly id: string; readonly rank: number }[]) => results.map(({ id, rank }) => [id, rank]);
    for (const way of [{}, { diversity: 0.6, collapse: 'near' as const }, { reranker: null, firstStage: 'hybrid' as const }]) {
      const all = (await search(index, QUERY, { ...way, candidates: 4, top: 4 })).results;
      const pages = await Promise.all([0, 1, 2, 3].map((offset) => search(index, QUERY, { ...way, candidates: 4, top: 1, offset })));
      expect(pick(pages.flatMap(({ results }) => results))).toEqual(pick(all));
    }
    const library = pick((await search(index, QUERY, { top: 2, offset: 1 })).results);
    const asFlags = await typed(['search', QUERY, '--in', indexFolder, '--top', '2', '--offset', '1', '--json']);
    const asBody = await posted({ top: 2, offset: 1 });
    for (const { json } of [asFlags, asBody]) expect(pick((json as { results: { id: string; rank: number }[] }).results)).toEqual(library);
    expect(library.map(([, rank]) => rank)).toEqual([2, 3]);
    const places = async (options: RerankOptions) =>
      (await rerank(QUERY, films, { model: one, ...options })).results.map(({ id, rank }) => [id, rank]);
    expect([...(await places({ top: 3 })), ...(await places({ offset: 3 }))]).toEqual(await places({}));
    expect(await places({ offset: 4 })).toEqual([]);
  });

  it('a page behind the last candidate is refused at every door', async () => {
    const reason = 'results 25 to 27 were asked for, of 26 candidates. Ask for 27 candidates at least';
    const page = { offset: 24, top: 3, candidates: 26 };
    const outcomes = [
      await refusalOf(() => search(hashed, QUERY, page)),
      await typed(['search', QUERY, '--in', indexFolder, '--offset', '24', '--top', '3', '--candidates', '26']),
      await posted(page),
    ];
    for (const { refusal } of outcomes) expect(refusal).toContain(reason);
    // Without an offset fewer candidates than results are fewer results.
    expect((await search(hashed, QUERY, { candidates: 2 })).results).toHaveLength(2);
  });

  it('a strict that is off, without a fallback, is as if it were not there', async () => {
    const file = join(folder, 'lenient.json');
    writeFileSync(file, JSON.stringify({ name: 'p', strict: false }));
    await using index = await openIndex(indexFolder, { strict: false });
    const plain = shape(await search(index, QUERY));
    const asFile = await typed(['search', QUERY, '--in', indexFolder, '--pipeline', file, '--json']);
    for (const { json } of [asFile, await posted({ strict: false })]) expect(shape(json as Found)).toEqual(plain);
  });

  it('stages, which are of the answer', async () => {
    const asFlags = await typed(['search', QUERY, '--in', indexFolder, '--stages', '--json']);
    const asBody = await posted({ stages: true });
    for (const { json } of [asFlags, asBody]) expect(shape(json as Found).staged).toEqual([true, true, true, true]);
  });

  it('a calibration beside a pipeline with a fallback, which are put together in one order', async () => {
    const file = join(folder, 'backed.json');
    writeFileSync(file, JSON.stringify({ name: 'p', reranker: 'late-interaction', fallback: ['first-stage'] }));
    await using index = await openIndex(indexFolder);
    const { fingerprint } = await index.rerankerNamed(['late-interaction']);
    const fitted = join(folder, 'calibration.json');
    writeFileSync(
      fitted,
      JSON.stringify({
        format: 'finetooth-calibration-1',
        reranker: fingerprint,
        method: 'platt',
        calibration: { slope: 1, intercept: 0 },
      }),
    );
    const words = ['search', QUERY, '--in', indexFolder, '--calibration', fitted, '--json'];
    const beside = await typed([...words, '--pipeline', file]);
    const asFlags = await typed([...words, '--reranker', 'late-interaction', '--fallback', 'first-stage']);
    expect([beside.refusal, asFlags.refusal]).toEqual([undefined, undefined]);
    expect(shape(beside.json as Found)).toEqual(shape(asFlags.json as Found));
    expect((beside.json as { calibrated: boolean }).calibrated).toBe(true);
  });

  it('flags go before the pipeline, and a filter beside its filter', async () => {
    const file = join(folder, 'narrow.json');
    writeFileSync(file, JSON.stringify({ name: 'p', filter: { fields: { tags: 'sea' } }, reranker: null, top: 1 }));
    const words = ['search', QUERY, '--in', indexFolder, '--pipeline', file, '--json'];
    const found = async (...more: readonly string[]) => shape((await typed([...words, ...more])).json as Found);
    expect((await found()).candidates.map(([id]) => id).sort()).toEqual(['b', 'd']);
    expect((await found()).ids).toHaveLength(1);
    expect((await found('--top', '4')).ids).toHaveLength(2);
    expect((await found('--filter', 'year>=2000')).ids).toEqual(['d']);
    expect((await found('--filter', 'tags=sky')).ids).toEqual(['d']);
  });

  it('a range that nothing can be compared with is said', async () => {
    const notes = async (filter: string) => (await search(hashed, QUERY, { filter })).notes;
    expect(await notes('year >= x and tags = sea')).toEqual([
      expect.stringContaining('"year" holds numbers in this index, and "x" compares'),
    ]);
    expect(await notes('yaer < 3')).toEqual(['no document of this index has a field "yaer"; the nearest is "year"']);
    expect([await notes('year >= 3000'), await notes('tags = none'), await notes('year >= 1990')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('a weight of another fusion, and one of words without a reranker, are refused with the same reason', async () => {
    const wrong = [
      [{ firstStage: 'hybrid', denseWeight: 0.3 }, /fusion by rrf or scores, and this hybrid first stage fuses by linear, .* is .*linear/],
      [{ firstStage: 'hybrid', rrfK: 10 }, /fusion by rrf, and this/],
      [{ firstStage: 'hybrid', fusion: 'scores', rrfK: 10 }, /fusion by rrf, and this .* by scores/],
      [{ firstStage: 'hybrid', fusion: 'rrf', linearWeight: 0.2 }, /fusion by linear, and this .* by rrf/],
      [{ wordsWeight: 0.1, reranker: null }, /adds to the score of a reranker/],
    ] as const;
    for (const [way, reason] of wrong) {
      const outcomes = [
        await refusalOf(() => search(hashed, QUERY, way)),
        await refusalOf(() => parsePipelines({ name: 'p', ...way }, 'p.json')),
        await typed([
          ...['search', QUERY, '--in', indexFolder],
          ...Object.entries(way).flatMap(([key, value]) => [`--${kebabCase(key)}`, String(value ?? 'none')]),
        ]),
        await posted(Object.fromEntries(Object.entries(way).map(([key, value]) => [snakeCase(key), value]))),
      ];
      for (const { refusal } of outcomes) expect([way, refusal]).toEqual([way, expect.stringMatching(reason)]);
    }
    // Of a first stage that fuses nothing they are no more looked at than its number k.
    expect(await refusalOf(() => search(hashed, QUERY, { denseWeight: 0.3, linearWeight: 0.2, rrfK: 5 }))).toEqual({});
  });

  it('a wrong filter is refused with the same reason', async () => {
    for (const [wrong, reason] of [
      [{ year: { above: 1990 } }, 'the filter of "year" has "above"; it takes equals'],
      [{ $and: [{ year: 1990 }] }, 'Did you mean "and"?'],
      ['year is 1990', 'the filter is not understood at column 6: expected an operator'],
    ] as const) {
      const outcomes = [
        await refusalOf(() => search(hashed, QUERY, { filter: wrong as never })),
        await refusalOf(() => parsePipelines({ name: 'p', filter: wrong }, 'p.json')),
        await typed(['search', QUERY, '--in', indexFolder, '--filter', typeof wrong === 'string' ? wrong : JSON.stringify(wrong)]),
        await posted({ filter: wrong }),
      ];
      for (const { refusal } of outcomes) expect(refusal?.replaceAll('\\"', '"')).toContain(reason);
    }
  });
});

describe('an evaluated pipeline', () => {
  const likely: Reranker = {
    fingerprint: 'likely@1',
    score: async (_, candidates) => {
      const scores = Float32Array.from(candidates, ({ text }) => (text.includes('sea') ? 0.9 : 0.1));
      return { scores, relevance: scores };
    },
  };
  const [kept] = parsePipelines({ name: 'p', filter: { fields: { tags: ['sea', 'night'] } }, minScore: 0.5 }, 'p.json') as [Pipeline];

  it('keeps its filter and its least probability, over an index and over a run', async () => {
    const overIndex = indexSystem(hashed, kept, { reranker: likely, cutOffs: [2, 4] });
    const lists = new Map([['q', ['d', 'c', 'b', 'a']]]);
    const run = { fingerprint: 'run', lists, document: (id: string) => films.find((film) => film.id === id) };
    const overRun = runSystem(run, { ...kept, filter: { fields: { year: { gte: 1979 } } } }, ['text'], {
      reranker: likely,
      cutOffs: [1, 2],
    });
    const found = await overIndex.answer('q', QUERY, {});
    expect([found.ranking, found.cutOffs[4]]).toEqual([['d'], ['d']]);
    const ranked = await overRun.answer('q', QUERY, {});
    expect([ranked.firstStage, ranked.ranking, ranked.cutOffs[1]]).toEqual([['d', 'c', 'a'], ['d'], ['d']]);
  });
});

describe('types of fields in a pipeline', () => {
  const filter = 'year >= 1990';
  const inTexts = films.map((film) => ({ ...film, year: String(film.year) }));
  const run = {
    fingerprint: 'run',
    lists: new Map([['q', ['d', 'c', 'b', 'a']]]),
    document: (id: string) => inTexts.find((film) => film.id === id),
  };
  const rankedBy = async (more: object): Promise<readonly string[]> => {
    const [pipeline] = parsePipelines({ name: 'p', filter, reranker: null, ...more }, 'p.json') as [Pipeline];
    return (await runSystem(run, pipeline, ['text'], { reranker: null, cutOffs: [] }).answer('q', QUERY, {})).ranking;
  };

  it('let a filter over a run compare numbers that stand in texts', async () => {
    expect([await rankedBy({}), await rankedBy({ types: { year: 'number' } })]).toEqual([[], ['d', 'c']]);
  });

  it('are checked, and refused over an index, which has its own', async () => {
    expect(() => parsePipelines({ name: 'p', types: { year: 'numbr' } }, 'p.json')).toThrow(/"types" is an object of at most 100 fields/);
    const [typedOne] = parsePipelines({ name: 'p', types: { year: 'number' } }, 'p.json') as [Pipeline];
    const refusal = /"types" is for the documents of a run/;
    expect(() => indexSystem(hashed, typedOne, { reranker: null, cutOffs: [] })).toThrow(refusal);
    await expect(searchOptionsOf(typedOne, hashed)).rejects.toThrow(refusal);
  });
});

describe('the doc comments', () => {
  const sources = readdirSync(join(import.meta.dirname, '..', 'src', 'search'))
    .filter((name) => !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(import.meta.dirname, '..', 'src', 'search', name), 'utf8'))
    .join('\n');
  it.each([
    ['search', 'SearchOptions'],
    ['rerank', 'RerankOptions'],
  ] as const)('of %s say the ranges and the defaults of the table', (door, name) => {
    const [, body = ''] = new RegExp(`export interface ${name}\\b.*?\\{\\n(.*?)\\n\\}`, 's').exec(sources) ?? [];
    for (const key of keysAt(door)) {
      const option = optionAt(key, door) as PlanOption;
      const [, comment = ''] = new RegExp(`/\\*\\*\\s((?:(?!\\*/).)*)\\s\\*/\\s+readonly ${nameAt(key, door)}\\?`, 's').exec(body) ?? [];
      if (option.kind === 'count')
        expect([key, comment]).toEqual([key, expect.stringContaining(`${option.least} to ${grouped(option.most)}`)]);
      if (option.otherwise !== undefined) continue;
      const words = option.kind === 'flag' ? 'false' : defaultWords(option);
      if (words !== '') expect([key, comment]).toEqual([key, expect.stringContaining(`@default ${words}`)]);
    }
  });
});
