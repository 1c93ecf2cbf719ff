/** Files as people have them, generated: what stands in them, and what must be found of it. */
import fc from 'fast-check';
import { stringify } from 'yaml';

/** A file, and what must be true of the documents that are read of it. */
export interface AnyFile {
  readonly text: string;
  /** What the documents are, where the file is well formed. */
  readonly documents?: readonly Readonly<Record<string, unknown>>[];
  /** Words that stand in it once each: none may get lost without a word. */
  readonly words: readonly string[];
}

const wordOf = (at: number): string => `wörd${at}x`;

const lineEnds = fc.constantFrom('\n', '\r\n', '\r');

const pick = <Value>(...values: readonly Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values);

/** Texts that cells hold: what delimits, quotes, breaks and looks like something else. */
const cell = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.string({ unit: pick('a', 'é', '鯨', '🦊', '"', "'", ',', ';', '\t', '|', '\n', ' ', '=', '-', '0', '.'), maxLength: 8 }),
  },
  pick(
    '',
    '007',
    '1.5',
    '1e5',
    'true',
    'NaN',
    'null',
    '2015-06-01',
    '31/12/2015',
    '1,5',
    '=SUM(A1)',
    'sep=;',
    '#',
    '\ufeffx',
    '\u0085',
    '\u2028',
  ),
  fc.string({ maxLength: 12 }).map((text) => text.replace(/[\0\r]/g, '').toWellFormed()),
);

const table = fc.record({
  names: fc.uniqueArray(pick('id', 'text', 'title', 'year', 'Überschrift', 'a b', 'tags', '题目', 'x"y'), { minLength: 2, maxLength: 5 }),
  cells: fc.array(fc.array(cell, { minLength: 5, maxLength: 5 }), { minLength: 1, maxLength: 6 }),
  end: lineEnds,
  mark: fc.boolean(),
  quoteAll: fc.boolean(),
  trailing: fc.boolean(),
  last: fc.boolean(),
});

/** A table as Excel, pandas and old Macs write it, each row with a word of its own in a column `mark`. */
export const anyCsv: fc.Arbitrary<AnyFile> = fc
  .tuple(table, pick(',', ';', '\t', '|'), fc.boolean())
  .map(([{ names, cells, end, mark, quoteAll, trailing, last }, delimiter, hint]) => {
    const quote = (text: string): string =>
      quoteAll || /[",;\t|\n\r]|^\s|\s$|^$/.test(text) ? `"${text.replaceAll('"', '""').replaceAll('\n', end)}"` : text;
    const columns = ['mark', ...names];
    const rows = cells.map((row, at) => [wordOf(at), ...row.slice(0, names.length)]);
    const lines = [columns, ...rows].map((row) => row.map(quote).join(delimiter) + (trailing ? delimiter : ''));
    const isNamed = hint || delimiter !== ',';
    const text = `${mark ? '\ufeff' : ''}${isNamed ? `sep=${delimiter}${end}` : ''}${lines.join(end)}${last ? end : ''}`;
    const asRead = (one: string): string => (end === '\r\n' || end === '\r' ? one.replace(/\r\n?/g, '\n') : one);
    const documents = rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, asRead(row[at] as string)])));
    return { text, documents, words: rows.map(([word]) => word as string) };
  });

/** Tabs and no quotes. */
export const anyTsv: fc.Arbitrary<AnyFile> = table.map(({ names, cells, end, mark, trailing, last }) => {
  const columns = ['mark', ...names];
  const rows = cells.map((row, at) => [wordOf(at), ...row.slice(0, names.length).map((one) => one.replace(/[\t\n\r]/g, ' '))]);
  const lines = [columns, ...rows].map((row) => row.join('\t') + (trailing ? '\t' : ''));
  const text = `${mark ? '\ufeff' : ''}${lines.join(end)}${last ? end : ''}`;
  const documents = rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
  return { text, documents, words: rows.map(([word]) => word as string) };
});

const scalar = fc.oneof(
  cell,
  fc.integer(),
  // Longer integers become texts.
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Number.isInteger(number) || Number.isSafeInteger(number)),
  fc.boolean(),
  fc.constant(null),
  pick(
    'yes',
    'no',
    'on',
    '~',
    '.inf',
    '0x1f',
    '0o17',
    '1_000',
    '12:30:45',
    '- a',
    '? b',
    ': c',
    '&d',
    '*e',
    '!f',
    '%g',
    '@h',
    '`i',
    '[j',
    '{k',
    '|',
    '>',
  ),
);
const value = fc.letrec<{ readonly any: unknown }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(pick('a', 'b c', '1', 'x:y', 'é', '__proto__', 'title'), tie('any'), { maxKeys: 3 }),
  ),
})).any;

/** A front matter that a program wrote: the fields are those that went in. */
export const anyFrontMatter: fc.Arbitrary<AnyFile> = fc
  .record({
    fields: fc.dictionary(pick('tags', 'year', 'draft', 'author', 'my key', 'aliases', 'ключ', 'x-y_z'), value, { maxKeys: 5, minKeys: 1 }),
    title: fc.option(
      fc
        .string({ maxLength: 20 })
        .filter((text) => /[a-z]/i.test(text))
        .map((text) => text.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029\ufeff]/g, ' ').toWellFormed()),
      { nil: undefined },
    ),
    end: pick('\n', '\r\n'),
    mark: fc.boolean(),
    flow: fc.boolean(),
    width: pick(0, 20, 80),
    quotes: pick('QUOTE_DOUBLE', 'QUOTE_SINGLE', 'PLAIN' as const),
    close: pick('---', '...'),
  })
  .map(({ fields, title, end, mark, flow, width, quotes, close }) => {
    const all = { ...(title !== undefined && { title }), ...fields };
    const body = stringify(all, {
      collectionStyle: flow ? 'flow' : 'any',
      lineWidth: width,
      defaultStringType: quotes as 'PLAIN',
      version: '1.2',
      aliasDuplicateObjects: false,
    });
    const isBlock = !/^(?:---|\.\.\.)[ \t]*$/m.test(body);
    return {
      text: `${mark ? '\ufeff' : ''}---${end}${body.replaceAll('\n', end)}${close}${end}${wordOf(0)} ends it.`,
      documents: isBlock && !flow ? [{ ...fields, title: title?.replace(/\s*\n\s*/g, ' ').trim() }] : undefined,
      words: [wordOf(0)],
    };
  });

const pieces = [
  'title: W',
  'title: Fwd: W',
  'tags: [W, b',
  'tags: [W, b]',
  '  - W',
  '\t- W',
  'e: "W',
  "e: 'W",
  '? W',
  ': W',
  '&i *j',
  'k: |',
  'k: >-',
  '  W',
  '',
  '# W',
  '- W',
  'n: {W',
  'n: {a: W}',
  '...x',
  '<<: *a',
  'a: &a [W]',
  'b: *a',
  'W = 1',
  'title = "W"',
  'x = [1, "W"',
  '[table.W]',
  '[[W]]',
  'date: 2015-6-1 W',
  'W:',
  'W: "a" b',
  '"W": 1',
  '{"title": "W"}',
  'a: !!binary W',
  '%YAML 1.1',
  '---x W',
  'W: 1 # c',
  'Prose about W, and more.',
  'http://W.org',
  '\ufeffW: 1',
  'a.b: W',
  'a:W',
  'W : x',
  '!tag W: x',
  '@W: y',
  '`W`: z',
  '|W',
  '> W',
  '* W',
  '~: W',
  'null: W',
  '1: W',
  '[W]: x',
  '\u0085W: x',
  'é: W',
];

/** Lines as people write and break them, between lines that open and close. Comments may get lost. */
export const brokenFrontMatter: fc.Arbitrary<AnyFile> = fc
  .record({
    lines: fc.array(
      fc.oneof(
        { weight: 4, arbitrary: pick(...pieces) },
        fc.string({ maxLength: 12 }).map((text) => text.replaceAll('\0', '').toWellFormed()),
      ),
      { maxLength: 8 },
    ),
    fence: pick('---', '+++', '--- ', '---\t'),
    close: pick('---', '+++', '...', '', '--- '),
    end: lineEnds,
    mark: fc.boolean(),
  })
  .map(({ lines, fence, close, end, mark }) => {
    const body = lines.map((line, at) => line.replaceAll('W', wordOf(at)));
    return {
      text: [`${mark ? '\ufeff' : ''}${fence}`, ...body, close, `${wordOf(99)} ends it.`].join(end),
      words: [wordOf(99), ...lines.flatMap((line, at) => (/^[^#]*W/.test(line) ? [wordOf(at)] : []))],
    };
  });

/** The same with characters lost, doubled, or put where they do not belong, as hands and programs do. */
export const damaged = (files: fc.Arbitrary<AnyFile>): fc.Arbitrary<AnyFile> =>
  fc
    .tuple(
      files,
      fc.array(fc.tuple(fc.nat(), pick('', '"', "'", ',', '\n', '\t', '\r', '[', ']', '{', '}', ':', '\\', '-', '#', '\u2028')), {
        minLength: 1,
        maxLength: 3,
      }),
    )
    .map(([{ text, words }, changes]) => {
      const changed = changes.reduce((now, [at, put]) => {
        const place = at % (now.length + 1);
        return now.slice(0, place) + put + now.slice(place + (put === '' ? 1 : 0));
      }, text);
      return { text: changed.toWellFormed(), words: words.filter((word) => changed.includes(word)) };
    });

const record = fc.dictionary(pick('text', 'title', 'id', 'n', '1', 'é', '__proto__'), value, { maxKeys: 4 });

/** Records as JSON, in each of the shapes that people keep them in. */
export const anyJson: fc.Arbitrary<AnyFile> = fc
  .tuple(fc.array(record, { minLength: 1, maxLength: 5 }), pick('array', 'wrapped', 'by id'), pick(0, 1, 2), fc.boolean())
  .map(([given, shape, indent, mark]) => {
    const rows = given.map(({ id: _, ...row }, at) => ({ ...row, mark: wordOf(at) }));
    const byId = Object.fromEntries(rows.map((row, at) => [`d${at}`, row]));
    const whole = shape === 'array' ? rows : shape === 'wrapped' ? { total: rows.length, docs: rows } : byId;
    const asRead = JSON.parse(JSON.stringify(rows)) as Record<string, unknown>[];
    return {
      text: `${mark ? '\ufeff' : ''}${JSON.stringify(whole, null, indent)}`,
      documents: shape === 'by id' && rows.length < 2 ? undefined : asRead,
      words: rows.map((row) => row.mark),
    };
  });

export const anyJsonl: fc.Arbitrary<AnyFile> = fc
  .tuple(fc.array(record, { minLength: 1, maxLength: 5 }), pick('\n', '\r\n', '\n\n'), fc.boolean())
  .map(([given, end, mark]) => {
    const rows = given.map((row, at) => ({ ...row, mark: wordOf(at) }));
    return {
      text: `${mark ? '\ufeff' : ''}${rows.map((row) => JSON.stringify(row)).join(end)}`,
      documents: JSON.parse(JSON.stringify(rows)) as Record<string, unknown>[],
      words: rows.map((row) => row.mark),
    };
  });
