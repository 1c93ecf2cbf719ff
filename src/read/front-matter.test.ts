import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFrontMatter } from './front-matter.ts';

const yaml = (body: string, end = '---') => readFrontMatter(`---\n${body}\n${end}\nBody.`);
const toml = (body: string) => readFrontMatter(`+++\n${body}\n+++\nBody.`);

describe('front matter', () => {
  it('keeps the types of YAML 1.2, lists and maps', async () => {
    const body = [
      'title: Barometer',
      'tags: [Weather, "Instruments, old"]',
      'kinds:\n  - aneroid # of metal\n  - mercury',
      'aliases:',
      'year: 2015',
      'weight: 1.5',
      'draft: false',
      'answer: no',
      'long: 12345678901234567890',
      'endless: .inf',
      'unknown: .nan',
      'summary: >\n  Two lines\n  of summary',
      'author:\n  name: Ann\n  born: 1950',
      '"my key": x',
      "note: 'It''s raining'",
    ].join('\n');
    expect(await yaml(body)).toEqual({
      title: 'Barometer',
      text: 'Body.',
      notes: [],
      fields: {
        tags: ['Weather', 'Instruments, old'],
        kinds: ['aneroid', 'mercury'],
        aliases: null,
        year: 2015,
        weight: 1.5,
        draft: false,
        answer: 'no',
        long: '12345678901234567890',
        endless: '.inf',
        unknown: null,
        summary: 'Two lines of summary\n',
        author: { name: 'Ann', born: 1950 },
        'my key': 'x',
        note: "It's raining",
      },
    });
  });

  it.each([
    ['2015-06-01', '2015-06-01'],
    ['2015-6-1', '2015-06-01'],
    ['2015-06-01T10:00:00Z', '2015-06-01T10:00:00Z'],
    ['2015-06-01 10:00:00', '2015-06-01T10:00:00'],
    ['2015-06-01 10:00:00.25 +0200', '2015-06-01T10:00:00.25+02:00'],
    ['2015-06-01 10:00:00 -5', '2015-06-01T10:00:00-05:00'],
    ['"2015-6-1"', '2015-6-1'],
  ])('writes the date %s as %s', async (written, expected) => {
    expect((await yaml(`date: ${written}`)).fields).toEqual({ date: expected });
  });

  it.each([
    ['title: "A \\"quoted\\" title"', 'A "quoted" title'],
    ["title: 'It''s raining'", "It's raining"],
    ['title: 007', '007'],
    ['title: 1.10', '1.10'],
    ['title: true', 'true'],
    ['title: >\n  Two\n  lines', 'Two lines'],
    ['title: {{ page.title }}', '{{ page.title }}'],
    ['a: &a Name\ntitle: *a', 'Name'],
    ['title: Fwd: Clever hints', 'Fwd: Clever hints'],
    ['title: @home', '@home'],
    ['title: *bold* text', '*bold* text'],
    ['title: [unclosed', '[unclosed'],
    ['title:Barometer', 'Barometer'],
    ['title: ~', undefined],
    ['title:', undefined],
    ['subtitle: x', undefined],
  ])('finds the title in %s', async (body, title) => {
    expect((await yaml(body)).title).toBe(title);
  });

  it('reads what is no YAML line by line, keeps what it understands, and says so', async () => {
    const read = await yaml('title: Fwd: Clever hints\ntags: [a, b]\nyear: 2015\nby: @ann # who\nlist:\n  - x\n  - y\n!!\n');
    expect(read).toEqual({
      title: 'Fwd: Clever hints',
      text: 'Body.',
      fields: { tags: ['a', 'b'], year: 2015, by: '@ann', list: ['x', 'y'] },
      notes: [{ kind: 'yaml', line: 2, reason: 'Nested mappings are not allowed in compact mappings' }],
    });
    expect(await yaml('title: x\ntags:\n\t- a\nyear: 1')).toMatchObject({
      title: 'x',
      fields: { year: 1 },
      notes: [{ kind: 'yaml', line: 4, reason: 'Tabs are not allowed as indentation' }],
    });
  });

  it('lets the last of two keys count, and says so', async () => {
    expect(await yaml('title: a\ntags: [x]\ntitle: b')).toEqual({
      title: 'b',
      text: 'Body.',
      fields: { tags: ['x'] },
      notes: [{ kind: 'repeated-key', line: 4, reason: '"title"' }],
    });
  });

  it('reads TOML between lines of +++', async () => {
    expect(await toml('title = "Barometer"\ntags = ["a"]\ndate = 2015-06-01\nn = 9007199254740993\n[params]\nx = 1')).toEqual({
      title: 'Barometer',
      text: 'Body.',
      notes: [],
      fields: { tags: ['a'], date: '2015-06-01', n: '9007199254740993', params: { x: 1 } },
    });
    expect(await toml('title = "Barometer"\nby = Ann\nyear = 2015\n[params]\nx = 1')).toEqual({
      title: 'Barometer',
      text: 'Body.',
      fields: { by: 'Ann', year: 2015, params: { x: 1 } },
      notes: [{ kind: 'toml', line: 3, reason: expect.any(String) as string }],
    });
  });

  it.each([
    ['Windows line ends', '---\r\ntitle: x\r\ntags:\r\n  - a\r\n---\r\nBody.', { title: 'x', fields: { tags: ['a'] }, text: 'Body.' }],
    ['old line ends', '---\rtitle: x\rtags:\r  - a\r---\rBody.', { title: 'x', fields: { tags: ['a'] }, text: 'Body.' }],
    ['dots at the end', '---\ntitle: x\n...\nBody.', { title: 'x', fields: {}, text: 'Body.' }],
    ['nothing after it', '---\ntitle: x\n---', { title: 'x', fields: {}, text: '' }],
    ['nothing in it', '---\n---\nBody.', { fields: {}, text: 'Body.' }],
    ['keys that were taken out', '---\n# title: x\n#tags: [a]\n---\nBody.', { fields: {}, text: 'Body.' }],
    ['a heading between rules', '---\n# Whales\n---\nBody.', { fields: {}, text: '---\n# Whales\n---\nBody.' }],
    ['a rule alone', '---', { fields: {}, text: '---' }],
    ['rules around prose', '---\n\nProse here.\n\n---\nmore', { fields: {}, text: '---\n\nProse here.\n\n---\nmore' }],
    ['rules around a list', '---\n- a\n- b\n---\nmore', { fields: {}, text: '---\n- a\n- b\n---\nmore' }],
    ['a link between rules', '---\nhttps://x.org\n---\nmore', { fields: {}, text: '---\nhttps://x.org\n---\nmore' }],
    ['a rule, then prose', '---\n\nProse.', { fields: {}, text: '---\n\nProse.' }],
    ['no front matter', 'title: x\n---\n', { fields: {}, text: 'title: x\n---\n' }],
  ])('takes %s', async (_, source, expected) => {
    expect(await readFrontMatter(source)).toEqual({ ...expected, notes: [] });
  });

  it('leaves what is never closed in the text, and says so', async () => {
    expect(await readFrontMatter('---\ntitle: x\nbody')).toEqual({
      fields: {},
      text: '---\ntitle: x\nbody',
      notes: [{ kind: 'open-front-matter', reason: '', line: 1 }],
    });
  });

  it('keeps names that objects have of themselves as plain fields', async () => {
    const { fields } = await yaml('__proto__: {polluted: true}\nconstructor: 1\ntoString: x');
    expect(Object.entries(fields)).toEqual([
      ['__proto__', { polluted: true }],
      ['constructor', 1],
      ['toString', 'x'],
    ]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(Object.keys((await toml('__proto__.polluted = true')).fields)).toEqual(['__proto__']);
  });

  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]', ...[...'bcdefghi'].map((c, i) => `${c}: &${c} [${`*${'abcdefgh'[i]}, `.repeat(9)}]`)];
  it.each([
    ['aliases that grow', bomb.join('\n'), /alias/],
    ['a list in itself', 'a: &a [1, *a]', /nested more than 100 levels deep, or in itself/],
    ['a map in itself', 'a: &a {b: *a}', /nested more than 100 levels deep, or in itself/],
    ['deep lists', `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}`, /./],
    ['deep maps', Array.from({ length: 2000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), /./],
    ['an alias of nothing', 'a: *nope', /alias/],
    ['a megabyte', `a: ${'x '.repeat(500_000)}`, /longer than 32 kB/],
    ['a megabyte of keys', Array.from({ length: 9000 }, (_, i) => `key${i}: word ${i}`).join('\n'), /longer than 32 kB/],
    ['a tag of a megabyte', `a: ${'!'.repeat(200_000)}`, /^.{1,120}$/],
  ])('reads %s line by line', async (_, body, reason) => {
    const read = await yaml(`title: Safe\n${body}\nyear: 2015`);
    expect(read).toMatchObject({
      title: 'Safe',
      text: 'Body.',
      notes: [{ kind: 'yaml', reason: expect.stringMatching(reason) as string }],
    });
    expect(Number(read.fields.year)).toBe(2015);
    expect(JSON.stringify(read.fields).length).toBeLessThan(3_000_000);
  });

  it('takes any text without failing, and never loses what follows it', async () => {
    const line = fc.oneof(
      fc.constantFrom(
        'title: x',
        'a: [b',
        '  - c',
        '\t- d',
        'e: "f',
        '? g',
        ': h',
        '&i *j',
        'k: |',
        '',
        '# l',
        '- m',
        'n: {o',
        '...x',
        '<<: *a',
      ),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 8 }), fc.constantFrom('---', '+++'), async (lines, fence) => {
        const body = lines.filter((one) => !/^(?:---|\+\+\+|\.\.\.)[ \t]*$/m.test(one)).join('\n');
        const { fields, text, title } = await readFrontMatter(`${fence}\n${body}\n${fence}\nThe end.`);
        expect(text.endsWith('The end.')).toBe(true);
        expect(JSON.parse(JSON.stringify(fields))).toEqual(fields);
        expect(title?.trim()).not.toBe('');
      }),
      { seed: 18, numRuns: 300 },
    );
  });
});
