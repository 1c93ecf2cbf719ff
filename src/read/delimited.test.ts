import { describe, expect, it } from 'vitest';
import { all, errorOf, piecesOf, randomFrom } from '../../test/support/reading.ts';
import { readDelimited } from './delimited.ts';

const csv = (...pieces: string[]) => readDelimited('table.csv', piecesOf(pieces), 'csv');

const tricky = 'id, "t,x" ,note\r\n1,"a ""quoted""\r\nline, with comma",\r\n\r\n2,5" disk,"" \n3,"é🦊","x\n\ny"\r\n4, spaced ,"end"';
const expected = [
  { document: { id: '1', 't,x': 'a "quoted"\nline, with comma', note: '' }, where: 'table.csv line 2' },
  { document: { id: '2', 't,x': '5" disk', note: '' }, where: 'table.csv line 5' },
  { document: { id: '3', 't,x': 'é🦊', note: 'x\n\ny' }, where: 'table.csv line 6' },
  { document: { id: '4', 't,x': ' spaced ', note: 'end' }, where: 'table.csv line 9' },
];

describe('readDelimited', () => {
  const source = tricky.replace(' "t,x" ', '"t,x"');

  it('reads quotes, commas, line ends and blank lines, whatever two places it is cut at', async () => {
    for (let a = 0; a <= source.length; a++)
      for (let b = a; b <= source.length; b++)
        expect(await all(csv(source.slice(0, a), source.slice(a, b), source.slice(b)))).toEqual(expected);
  });

  it('reads the same from single characters', async () => {
    expect(await all(csv(...source))).toEqual(expected);
  });

  it('reads back 300 random tables, cut at random places', async () => {
    const random = randomFrom(3);
    const cell = () => Array.from({ length: Math.floor(random() * 5) }, () => '",\n ;a\té'[Math.floor(random() * 8)]).join('');
    const written = (text: string) => (/^\s|\s$|[",\n]/.test(text) || random() < 0.3 ? `"${text.replaceAll('"', '""')}"` : text);
    for (let round = 0; round < 300; round++) {
      const rows = Array.from({ length: 1 + Math.floor(random() * 4) }, () => ({ a: cell(), b: cell(), c: cell() }));
      const text = ['a,b,c', ...rows.map((row) => Object.values(row).map(written).join(','))].join(round % 2 ? '\r\n' : '\n');
      const at = Math.floor(random() * text.length);
      const found = await all(csv(text.slice(0, at), text.slice(at)));
      expect(found.map(({ document }) => document)).toEqual(rows);
    }
  });

  it('reads tabs as TSV, and a header without a comma by its semicolons', async () => {
    const tsv = await all(readDelimited('t.tsv', piecesOf(['a\tb\n1,5\t"x\ty"\n']), 'tsv'));
    expect(tsv[0]?.document).toEqual({ a: '1,5', b: 'x\ty' });
    expect((await all(csv('a;b\n1,5;2\n')))[0]?.document).toEqual({ a: '1,5', b: '2' });
  });

  it('notes a first line that is more likely a row', async () => {
    const noted = async (table: string) => (await all(csv(table)))[0]?.notes;
    const reason = '"Presence of communication amid scientific minds was equally …"';
    const text = 'Presence of communication amid scientific minds was equally important to the success of it';
    expect(await noted(`0,${text}\n1,b\n`)).toEqual([{ kind: 'odd-header', where: 'table.csv line 1', reason }]);
    expect(await noted('0,The moon is made of cheese.\n1,b\n')).toHaveLength(1);
    expect(await noted('id,How satisfied are you with what we do for you?\n1,b\n')).toBeUndefined();
    expect(await noted('id,What is your favourite colour? (one)\n1,b\n')).toBeUndefined();
    expect(await noted('id,No.,Is it new?\n1,b,c\n')).toBeUndefined();
  });

  it('leaves out columns without a name and a value, wherever they are', async () => {
    const expected = [
      { id: '1', text: 'hello' },
      { id: '2', text: 'world' },
    ];
    for (const table of [
      'id,text,\n1,hello,\n2,world,\n',
      'id,text\n1,hello,\n2,world, ,\n',
      'id,text,,\n1,hello\n2,world,\n',
      'id,,text\n1,,hello\n2,,world\n',
    ])
      expect((await all(csv(table))).map(({ document }) => document)).toEqual(expected);
    expect(await errorOf(csv('id,text,\n1,hello,\n2,world,lost\n'))).toMatch(
      /^E_INPUT_FORMAT: table\.csv line 1: column 3 of 3 has no name\./,
    );
    expect(await errorOf(csv('id,text\n1,hello,x,\n'))).toMatch(/row 1 has 4 cells, but the header has 2/);
  });

  it.each([
    'sep=;\nid;text\n1;a,b\n',
    'SEP=;\r\nid;text\r\n1;a,b\r\n',
    '"sep=;"\nid;text\n1;a,b\n',
  ])('takes the first line of Excel as a hint: %j', async (table) => {
    for (const pieces of [[table], [...table]])
      expect(await all(csv(...pieces))).toEqual([{ document: { id: '1', text: 'a,b' }, where: 'table.csv line 3' }]);
  });

  it('reads lines that end with a lone CR', async () => {
    const table = 'id,text\r1,"a\rb"\r2,c\r';
    for (const pieces of [[table], [...table], ['id,text\r', '1,"a\rb"\r2,c']])
      expect(await all(csv(...pieces))).toEqual([
        { document: { id: '1', text: 'a\nb' }, where: 'table.csv line 2' },
        { document: { id: '2', text: 'c' }, where: 'table.csv line 4' },
      ]);
    // A quote is a letter in TSV, and within a cell.
    const quoted = [csv('id,5" disk\r1,"a""b"\r2,"c\r'), readDelimited('t.tsv', piecesOf(['id\tx"y\r1\t"a\r2\tb\r']), 'tsv')] as const;
    expect(await errorOf(quoted[0])).toMatch(/^E_INPUT_FORMAT: table\.csv line 3: /);
    expect((await all(quoted[1])).map(({ document }) => document)).toEqual([
      { id: '1', 'x"y': '"a' },
      { id: '2', 'x"y': 'b' },
    ]);
    expect((await all(csv('id,te"xt\r1,a\r')))[0]?.document).toEqual({ id: '1', 'te"xt': 'a' });
    expect((await all(csv('id,"te""\rxt"\r1,a\r')))[0]?.document).toEqual({ id: '1', 'te"\nxt': 'a' });
    expect((await all(csv('id,"te\rxt"\n1,a\rb\n')))[0]?.document).toEqual({ id: '1', 'te\rxt': 'a\rb' });
  });

  it('takes a quote in TSV as a letter', async () => {
    const table = 'id\ttext\n1\t"Hello\n2\tWorld"\n3\t"so" it began\n4\t"whole"\n';
    for (const pieces of [[table], [...table]])
      expect((await all(readDelimited('t.tsv', piecesOf(pieces), 'tsv'))).map(({ document }) => document)).toEqual([
        { id: '1', text: '"Hello' },
        { id: '2', text: 'World"' },
        { id: '3', text: '"so" it began' },
        { id: '4', text: '"whole"' },
      ]);
  });

  it('keeps a column that is named like a part of every object', async () => {
    const [read] = await all(csv('__proto__,constructor\nx,y\n'));
    expect(Object.entries(read?.document ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  it.each([
    [
      'a,b\n1,2\n"x\ny",2,3\n',
      'table.csv line 3: row 2 has 3 cells, but the header has 2. Put cells that hold the delimiter into quotes, or complete the row; it begins with "x\\ny | 2 | 3".',
    ],
    [
      'a,b\n1\n',
      'table.csv line 2: row 1 has 1 cell, but the header has 2. Put cells that hold the delimiter into quotes, or complete the row; it begins with "1".',
    ],
    [
      'a,b\n1,2\n3,"x\n4,5\n',
      'table.csv line 3: in the row that begins here, a cell opens with a quote that is never closed. Close it, or write the quote twice inside a quoted cell ("").',
    ],
    [
      'a,b\n1,"x"y\n3,4\n',
      'table.csv line 2: in the row that begins here, a quoted cell is followed by more text before the next delimiter. Inside a quoted cell, write each quote twice ("").',
    ],
    ['a,b,a\n', 'table.csv line 1: columns 1 and 3 have the same name "a". Rename one of them.'],
    ['\n,b\n', 'table.csv line 2: column 1 of 2 has no name. Name it; with pandas, to_csv(index=False) leaves such a column out.'],
  ])('says what is wrong with %j', async (text, sentence) => {
    expect(await errorOf(csv(text))).toBe(`E_INPUT_FORMAT: ${sentence}`);
  });

  it.each([
    ['a,b\n', 'table.csv holds a header but no rows. Check the command that wrote it.'],
    ['\n \r\n', 'table.csv holds only blank lines. Check the command that wrote it.'],
  ])('says that %j is empty', async (text, sentence) => {
    expect(await errorOf(csv(text))).toBe(`E_INPUT_EMPTY: ${sentence}`);
  });

  it('gives up on a quote that stays open for 64 MiB, in linear time', async () => {
    const piece = 'word, '.repeat(10_000);
    expect(await errorOf(csv('a,b\n1,"', ...Array.from({ length: 1300 }, () => piece)))).toContain(
      'table.csv line 2: in the row that begins here, a cell opens',
    );
  });
});
