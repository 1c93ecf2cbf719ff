import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program } from '../src/cli/command.ts';
import { allCommands } from '../src/cli/commands.ts';
import { rendered } from '../src/cli/styled.ts';
import type { Terminal } from '../src/cli/terminal.ts';
import {
  type Document,
  type FinetoothError,
  openIndex,
  type SearchAnswer,
  type SearchIndex,
  type SearchOptions,
  search,
} from '../src/index.ts';
import { parsePipelines } from '../src/plan.ts';
import { type Server, serve } from '../src/server/listen.ts';
import { memoryStore } from '../src/stores.ts';
import { workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';

const commands = await allCommands();

const films: readonly Document[] = [
  { id: 'a', title: 'Bats at night', year: 1979, director: 'Ann', genres: ['horror', 'cave'] },
  { id: 'b', title: 'Bats at sea', year: 1995, director: 'Ann', genres: ['sea'] },
  { id: 'c', title: 'Bats', year: 2001, director: 'Bo', genres: ['horror', 'horror'] },
  { id: 'd', title: 'A shark at sea', year: 1979, director: 'Bo', genres: [] },
  { id: 'e', title: 'The night', genres: ['cave', 'sea'], 'Some_field name': 5 },
  { id: 'f', title: 'The sea at night and the bats of the sea', year: 2010, director: null },
];
const QUERY = 'bats at night';
const folder = workFolder();
const at = join(folder, 'films');
let server: Server;
beforeAll(async () => {
  await using made = await openIndex(at, { create: { fields: ['title'] } });
  await made.add(films);
  server = await serve({ port: 0, version: '0', indexes: [at] });
});
afterAll(async () => {
  await server.close(1000);
  rmSync(folder, { recursive: true, force: true });
});

const opened = async (store: string | ReturnType<typeof memoryStore>): Promise<SearchIndex> => {
  const index = await openIndex(store, { create: { fields: ['title'] }, embedder: hashEmbedder(0, { window: 4 }), reranker: null });
  await index.add(films);
  return index;
};
const posted = async (body: object) => {
  const answer = await fetch(`${server.url}/v1/search`, {
    method: 'POST',
    body: JSON.stringify({ query: QUERY, reranker: null, ...body }),
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
};
interface Shown {
  readonly json?: unknown;
  readonly text: string;
  readonly error?: FinetoothError;
}
/** The command in this process. */
const typed = async (...given: readonly string[]): Promise<Shown> => {
  let json: unknown;
  let text = '';
  const terminal: Terminal = {
    live: false,
    columns: 120,
    stdin: process.stdin,
    write: (more) => {
      text += rendered(more, false);
    },
    json: (value) => {
      json = JSON.parse(JSON.stringify(value));
    },
    wire: () => process.stdout,
    drained: async () => {},
    say: () => {},
    paint: () => {},
    progress: () => {},
  };
  const words = ['search', QUERY, '--in', at, '--reranker', 'none', ...given];
  try {
    await program(commands, '0', { terminal, signal: new AbortController().signal, env: {}, exit: () => {} }).parseAsync(words, {
      from: 'user',
    });
    return { json, text };
  } catch (error) {
    return { text, error: error as FinetoothError };
  }
};

describe.each([
  ['in memory', () => memoryStore()],
  ['in a folder', () => join(folder, 'hashed')],
] as const)('an index %s', (_, place) => {
  let index: SearchIndex;
  beforeAll(async () => {
    index = await opened(place());
  });
  afterAll(() => index.close());
  const ids = async (options: SearchOptions) => (await search(index, QUERY, options)).results.map(({ id }) => id);

  it('counts values over all documents that fit the filter, not over the candidates', async () => {
    const asked = { facets: ['genres', 'year'], candidates: 1 };
    expect((await search(index, QUERY, asked)).facets).toEqual([
      {
        field: 'genres',
        values: ['cave', 'horror', 'sea'].map((value) => ({ value, count: 2 })),
        moreValues: 0,
        missing: 2,
      },
      {
        field: 'year',
        values: [
          { value: 1979, count: 2 },
          { value: 1995, count: 1 },
          { value: 2001, count: 1 },
          { value: 2010, count: 1 },
        ],
        moreValues: 0,
        missing: 1,
        min: 1979,
        max: 2010,
      },
    ]);
    const { facets } = await search(index, QUERY, { facets: 'year', facetValues: 1, filter: 'year >= 1990' });
    expect(facets).toEqual([{ field: 'year', values: [{ value: 1995, count: 1 }], moreValues: 2, missing: 0, min: 1995, max: 2010 }]);
    expect((await search(index, QUERY)).facets).toBeUndefined();
  });

  it('gives each group once, as its best document, in the order of their best', async () => {
    const order = await ids({ top: 6 });
    const { results, notes } = await search(index, QUERY, { top: 6, groupBy: 'director', perGroup: 2, documents: true });
    const directorOf = (id: string) => films.find((film) => film.id === id)?.director ?? null;
    const seen = new Set<unknown>();
    const first = order.filter((id) => {
      const director = directorOf(id);
      const isNew = director === null || !seen.has(director);
      seen.add(director);
      return isNew;
    });
    expect(results.map(({ id }) => id)).toEqual(first);
    expect(results.map(({ rank }) => rank)).toEqual([1, 2, 3, 4]);
    for (const { id, group } of results) {
      const others = order.filter((one) => one !== id && directorOf(id) !== null && directorOf(one) === directorOf(id));
      expect([group?.value, group?.candidates]).toEqual([directorOf(id), others.length + 1]);
      expect(group?.further.map((one) => [one.id, one.firstStageRank, one.document?.id])).toEqual(
        others.map((one) => [one, order.indexOf(one) + 1, one]),
      );
    }
    // There are no more candidates to be had.
    expect(notes).toBeUndefined();
    expect((await search(index, QUERY, { groupBy: 'director' })).results.every(({ group }) => group?.further.length === 0)).toBe(true);
  });

  it('says where the candidates are of fewer groups than were asked for', async () => {
    const { results, notes } = await search(index, QUERY, { groupBy: 'director', candidates: 5, top: 5, filter: 'director exists' });
    expect([results.length, notes]).toEqual([2, undefined]);
    const few = await search(index, QUERY, { groupBy: 'director', candidates: 3, top: 3, filter: 'director exists' });
    expect(few.notes).toEqual(['the 3 candidates are of 2 groups by "director", and 3 were asked for: more candidates may bring more']);
  });

  it('takes a list as one value of a group', async () => {
    const { results } = await search(index, QUERY, { groupBy: 'genres', top: 9 });
    expect(results.map(({ group }) => JSON.stringify(group?.value)).sort()).toEqual(
      ['["cave","sea"]', '["horror","cave"]', '["horror","horror"]', '["sea"]', '[]', 'null'].sort(),
    );
  });

  it('pages by groups', async () => {
    const whole = await ids({ groupBy: 'director', top: 4 });
    const pages = [0, 1, 2, 3].map((offset) => ids({ groupBy: 'director', top: 1, offset }));
    expect((await Promise.all(pages)).flat()).toEqual(whole);
  });

  it('puts candidates in the order of fields, what has none last, and equal ones as they were ranked', async () => {
    const order = await ids({ top: 6 });
    const of1979 = order.filter((id) => id === 'a' || id === 'd');
    expect(await ids({ sort: 'year', top: 6 })).toEqual([...of1979, 'b', 'c', 'f', 'e']);
    expect(await ids({ sort: '-year', top: 6 })).toEqual(['f', 'c', 'b', ...of1979, 'e']);
    expect(await ids({ sort: ['year', '-title'], top: 6 })).toEqual(['a', 'd', 'b', 'c', 'f', 'e']);
    // Of lists the least, descending the greatest.
    const rest = order.filter((id) => id === 'd' || id === 'f');
    expect((await ids({ sort: ['genres', 'id'], top: 6 })).slice(0, 2)).toEqual(['a', 'e']);
    expect((await ids({ sort: ['-genres', 'id'], top: 6 })).slice(0, 2)).toEqual(['b', 'e']);
    expect((await ids({ sort: '-genres', top: 6 })).slice(4)).toEqual(rest);
    // All candidates are sorted, and then cut.
    expect(await ids({ sort: '-year', top: 2 })).toEqual(['f', 'c']);
    expect(await ids({ sort: '-year', top: 2, offset: 2 })).toEqual(['b', of1979[0]]);
    expect(await ids({ sort: '-year', candidates: 3, top: 3 })).toEqual(
      order
        .slice(0, 3)
        .sort((a, b) => Number(films.find(({ id }) => id === b)?.year ?? 0) - Number(films.find(({ id }) => id === a)?.year ?? 0)),
    );
    expect((await ids({ sort: '-year', groupBy: 'director', top: 6 })).length).toBe(4);
  });

  it('refuses a field of no document with the nearest name, and knows those of any', async () => {
    for (const [options, purpose] of [
      [{ facets: 'genre' }, 'count the values of'],
      [{ groupBy: 'genre' }, 'group by'],
      [{ sort: ['year', '-genre'] }, 'sort by'],
      [{ sort: 'genre', filter: 'year = 1' }, 'sort by'],
    ] as const) {
      const error = (await search(index, QUERY, options).catch((thrown) => thrown)) as FinetoothError;
      expect([error.code, error.message.replace(/;.*/, '')]).toEqual([
        'E_FIELD',
        `no document has the field "genre" to ${purpose}, did you mean "genres"`,
      ]);
      const named = /the fields are (.*)\./.exec(error.message)?.[1]?.split(', ').sort();
      expect(named).toEqual(['Some_field name', 'director', 'genres', 'id', 'title', 'year']);
    }
    for (const options of [{ facets: 'Some_field name' }, { groupBy: 'Some_field name' }, { sort: 'Some_field name' }])
      expect((await search(index, QUERY, { ...options, candidates: 1, filter: 'year = 1979' })).results).toHaveLength(1);
  });

  it('refuses what is no option', async () => {
    for (const [wrong, words] of [
      [{ sort: '-' }, 'sort must name fields'],
      [{ sort: [] }, 'sort must be a list of at most 10 texts, or one text; got an empty list'],
      [{ sort: Array(11).fill('year') }, 'sort must be a list of at most 10 texts'],
      [{ facets: 5 }, 'facets must be a list of at most 20 texts, or one text; got 5'],
      [{ facetValues: -1 }, 'facetValues must be a whole number from 1 to 1000; got -1'],
      [{ perGroup: 0 }, 'perGroup must be a whole number from 1 to 100; got 0'],
      [{ groupBy: ['year'] }, 'groupBy must be a text; got a list'],
      [{ facet: 'year' }, 'search has no option "facet", did you mean "facets"'],
    ] as const)
      await expect(search(index, QUERY, wrong as never)).rejects.toMatchObject({
        code: 'E_USAGE',
        message: expect.stringContaining(words),
      });
  });
});

it('an empty index knows no field and refuses none', async () => {
  await using index = await openIndex(memoryStore(), { create: { fields: ['title'] }, embedder: hashEmbedder(), reranker: null });
  const asked = { facets: 'year', groupBy: 'year', sort: 'year' };
  expect((await search(index, QUERY, asked)).facets).toEqual([{ field: 'year', values: [], moreValues: 0, missing: 0 }]);
  await index.add([{ id: 'a', title: 'A' }]);
  await index.delete(['a']);
  expect((await search(index, QUERY, asked)).results).toEqual([]);
});

describe('the doors', () => {
  it('count and group alike', async () => {
    await using index = await openIndex(at);
    const options = { facets: ['genres', 'Some_field name'], groupBy: 'director', perGroup: 2, sort: ['-year'], top: 3 };
    const answer = await search(index, QUERY, { ...options, reranker: null });
    const flags = ['--facets', 'genres,Some_field name', '--group-by', 'director', '--per-group', '2', '--sort', '-year', '--top', '3'];
    const asFlags = (await typed(...flags, '--json')).json as typeof answer;
    const file = join(folder, 'p.json');
    writeFileSync(file, JSON.stringify({ name: 'p', groupBy: 'director', perGroup: 2, sort: '-year', top: 3 }));
    const asFile = (await typed('--pipeline', file, '--facets', 'genres,Some_field name', '--json')).json as typeof answer;
    const { json } = await posted({ facets: options.facets, group_by: 'director', per_group: 2, sort: '-year', top: 3 });
    const groups = (results: unknown) =>
      (results as typeof answer.results).map(({ id, group }) => [id, group?.value, group?.candidates, group?.further.map((one) => one.id)]);
    expect(groups(answer.results).length).toBe(3);
    for (const other of [asFlags, asFile]) {
      expect(other.facets).toEqual(JSON.parse(JSON.stringify(answer.facets)));
      expect(groups(other.results)).toEqual(groups(answer.results));
    }
    expect(groups(json.results)).toEqual(groups(answer.results));
    expect(json.facets).toEqual(answer.facets?.map(({ moreValues, ...facet }) => ({ ...facet, more_values: moreValues })));
    expect(parsePipelines({ name: 'p', sort: 'year' }, 'p.json')[0]?.sort).toEqual(['year']);
  });

  it('page by a cursor', async () => {
    await using index = await openIndex(at);
    const whole = (await search(index, QUERY, { reranker: null, top: 6 })).results.map(({ id, rank }) => [id, rank]);
    const pick = (results: unknown) => (results as { id: string; rank: number }[]).map(({ id, rank }) => [id, rank]);
    const first = (await typed('--top', '4', '--cursor', '*', '--json')).json as SearchAnswer;
    const next = ['--top', '4', '--cursor', first.nextCursor as string];
    const second = (await typed(...next, '--json')).json as SearchAnswer;
    expect([...pick(first.results), ...pick(second.results)]).toEqual(whole);
    const one = await posted({ top: 4, cursor: '*' });
    const two = await posted({ top: 4, cursor: one.json.next_cursor });
    expect([...pick(one.json.results), ...pick(two.json.results)]).toEqual(whole);
    expect([two.json.next_cursor, two.json.candidates]).toEqual([undefined, []]);
    expect((await typed(...next)).text).toMatch(/^ {2}5 {2}[\s\S]*^ {2}6 {2}/m);
    expect((await typed('--cursor', 'x')).error).toMatchObject({ exit: 2, message: expect.stringContaining('Page again from the start') });
    expect((await posted({ cursor: 'x' })).status).toBe(400);
  });

  it('refuse alike', async () => {
    const outcomes: readonly (readonly [readonly string[], object, number, number, string])[] = [
      [['--facets', 'genre'], { facets: ['genre'] }, 3, 422, 'did you mean "genres"'],
      [['--group-by', 'directors'], { group_by: 'directors' }, 3, 422, 'did you mean "director"'],
      [['--sort', '-yaer'], { sort: '-yaer' }, 3, 422, 'did you mean "year"'],
      [['--facet-values', '-1'], { facet_values: -1 }, 2, 400, ''],
      [['--per-group', 'two'], { per_group: 'two' }, 2, 400, ''],
      [['--sort', '-'], { sort: '-' }, 2, 400, 'name fields'],
    ];
    for (const [flags, body, exit, status, words] of outcomes) {
      const [command, request] = [await typed(...flags), await posted(body)];
      expect([command.error?.exit ?? 2, command.text, request.status]).toEqual([exit, '', status]);
      expect(command.error?.message).toContain(words);
      expect(JSON.stringify(request.json).replaceAll('\\"', '"')).toContain(words);
    }
  });

  it('show facets and groups to people', async () => {
    const { text } = await typed('--facets', 'genres,year', '--facet-values', '2', '--group-by', 'director');
    expect(text).toContain('\ngenres: cave 2, horror 2; 1 more value; 2 without a value\n');
    expect(text).toContain('\nyear: 1979 2, 1995 1; 2 more values; 1979 to 2010; 1 without a value\n');
    expect(text).toContain('best of 2 by Ann');
  });

  it('are in the OpenAPI document', async () => {
    const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: Record<string, never> };
    const text = JSON.stringify(paths['/v1/search']);
    for (const name of ['group_by', 'per_group', 'sort', 'facets', 'facet_values', 'cursor', 'next_cursor', 'more_values'])
      expect(text).toContain(`"${name}"`);
  });
});

it('fields of any name are grouped, sorted and counted', async () => {
  const names = ['constructor', '__proto__', 'toString', 'filter0_value', 'it\'s "odd"; -- é', '-minus'];
  for (const place of [memoryStore(), join(folder, 'odd')]) {
    await using index = await openIndex(place, { create: { fields: ['title'] }, embedder: hashEmbedder(), reranker: null });
    const values = [3, '1', 2, '', true];
    await index.add(
      values.map((value, i) =>
        JSON.parse(
          JSON.stringify({ id: `d${i}`, title: 'bats' }).replace(
            '}',
            `,${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`,
          ),
        ),
      ),
    );
    for (const name of names) {
      const { results, facets } = await search(index, QUERY, { facets: [name], groupBy: name, sort: name === '-minus' ? '--minus' : name });
      expect(results.map(({ group }) => group?.value)).toEqual(name === '-minus' ? [true, 3, 2, '1', ''] : ['', '1', 2, 3, true]);
      expect(facets?.[0]?.values.map(({ value }) => value)).toEqual(['', '1', '2', '3', 'true']);
    }
  }
});

it('numbers and dates in texts are counted, grouped and sorted as what they are', async () => {
  const rows = [
    ['9', '2024-01-05', 'x'],
    ['10', '2023-12-31T23:30:00-02:00', 'x'],
    [10, '2024', 'y'],
    [' ', 'soon', 'y'],
  ];
  for (const place of [memoryStore(), join(folder, 'typed')]) {
    await using index = await openIndex(place, {
      create: { fields: ['title'], types: { price: 'number', day: 'date' } },
      embedder: hashEmbedder(),
      reranker: null,
    });
    await index.add(rows.map(([price, day, kind], i) => ({ id: `d${i}`, title: `bats ${i}`, price, day, kind }) as Document));
    const ids = async (options: SearchOptions) => (await search(index, QUERY, options)).results.map(({ id }) => id);
    const [tied, ...rest] = await ids({ sort: '-price' });
    expect([[tied, rest[0]].sort(), rest.slice(1)]).toEqual([
      ['d1', 'd2'],
      ['d0', 'd3'],
    ]);
    expect(await ids({ sort: 'day' })).toEqual(['d2', 'd1', 'd0', 'd3']);
    const { results, facets } = await search(index, QUERY, { groupBy: 'price', facets: ['price', 'day'] });
    expect(results.map(({ group }) => group?.candidates).sort()).toEqual([1, 1, 2]);
    expect(facets).toEqual([
      {
        field: 'price',
        values: [
          { value: 10, count: 2 },
          { value: 9, count: 1 },
        ],
        moreValues: 0,
        missing: 1,
        min: 9,
        max: 10,
      },
      {
        field: 'day',
        values: ['2024-01-01', '2024-01-01T01:30:00Z', '2024-01-05', 'soon'].map((value) => ({ value, count: 1 })),
        moreValues: 0,
        missing: 0,
        min: '2024-01-01',
        max: '2024-01-05',
      },
    ]);
    const { nextCursor } = await search(index, QUERY, { filter: 'day >= 2024-01-01', cursor: '*', top: 1 });
    const page = await search(index, QUERY, { filter: 'day >= 2024-01-01', cursor: nextCursor as string });
    expect(page.results).toHaveLength(2);
  }
});
