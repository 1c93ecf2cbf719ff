import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { all, errorOf, useTemporaryFolder } from '../../test/support/reading.ts';
import { type ReadOptions, readDocuments } from './read.ts';

useTemporaryFolder();

describe('folders', () => {
  it('reads text files below a folder in order, without hidden ones, past loops and links', async () => {
    mkdirSync('notes/deep/.git', { recursive: true });
    mkdirSync('elsewhere');
    writeFileSync('notes/b.md', '# B\n');
    writeFileSync('notes/a.txt', 'a');
    writeFileSync('notes/deep/c.HTML', '<title>C</title>');
    writeFileSync('notes/deep/.git/d.md', 'no');
    writeFileSync('notes/.hidden.md', 'no');
    writeFileSync('notes/picture.png', 'no');
    writeFileSync('notes/empty.md', '');
    writeFileSync('elsewhere/f.markdown', 'f');
    symlinkSync('..', 'notes/deep/loop');
    symlinkSync('../elsewhere', 'notes/away');
    symlinkSync('nowhere', 'notes/dead');
    const found = await all(readDocuments('notes/', { followLinks: true }));
    expect(found).toEqual([
      {
        document: { title: 'a', text: 'a', path: 'a.txt' },
        where: 'notes/a.txt',
        line: 1,
        id: 'a.txt',
        notes: [
          { kind: 'other-format', where: 'notes/dead', reason: '' },
          { kind: 'other-format', where: 'notes/picture.png', reason: '' },
        ],
      },
      { document: { title: 'f', text: 'f', path: 'away/f.markdown' }, where: 'notes/away/f.markdown', line: 1, id: 'away/f.markdown' },
      { document: { title: 'B', text: '# B\n', path: 'b.md' }, where: 'notes/b.md', line: 1, id: 'b.md' },
      { document: { title: 'C', text: '', path: 'deep/c.HTML' }, where: 'notes/deep/c.HTML', id: 'deep/c.HTML' },
      { document: { title: 'empty', text: '', path: 'empty.md' }, where: 'notes/empty.md', line: 1, id: 'empty.md' },
    ]);
  });

  it('says so when a folder has nothing to read', async () => {
    mkdirSync('data');
    const sentence = (why: string): string =>
      `E_INPUT_EMPTY: data has no file that is read (.md, .markdown, .txt, .text, .html, .htm, .rst, .rest, .adoc, .asciidoc, .ipynb, .eml and others): ${why}. To read a JSON, CSV or Parquet file, name the file itself.`;
    expect(await errorOf(readDocuments('data'))).toBe(sentence('it holds no files that are asked for'));
    writeFileSync('data/table.csv', 'a\n1\n');
    expect(await errorOf(readDocuments('data'))).toBe(sentence('it holds 1 other, for example table.csv'));
    writeFileSync('data/.gitignore', '*.csv\n');
    expect(await errorOf(readDocuments('data'))).toBe(sentence('a .gitignore leaves out what it holds, for example table.csv'));
    expect(await errorOf(readDocuments('data', { format: 'csv' }))).toBe(
      'E_INPUT_FORMAT: data is a folder and cannot be read as csv. Name a file in it.',
    );
    expect(await errorOf(readDocuments('data/table.csv', { format: 'folder' }))).toBe(
      'E_INPUT_FORMAT: data/table.csv is not a folder. Leave format out, or name the folder.',
    );
  });

  it('leaves out links that lead out of the folder, unless told', async () => {
    mkdirSync('theirs/inner', { recursive: true });
    mkdirSync('theirs-too');
    writeFileSync('theirs/a.md', 'a');
    writeFileSync('theirs/inner/b.md', 'b');
    writeFileSync('theirs-too/secret.md', 'secret');
    symlinkSync('../theirs-too/secret.md', 'theirs/innocent.md');
    symlinkSync('../theirs-too', 'theirs/more');
    symlinkSync('innocent.md', 'theirs/through.md');
    symlinkSync('inner/b.md', 'theirs/same.md');
    symlinkSync('/etc/hostname', 'theirs/no-document');
    symlinkSync('theirs', 'by-a-link');
    for (const folder of ['theirs', 'by-a-link', './theirs/']) {
      const [first, ...others] = await all(readDocuments(folder));
      expect([first, ...others].map((one) => one?.id)).toEqual(['a.md', 'inner/b.md', 'same.md']);
      expect(first?.notes?.map(({ kind, where }) => [kind, where.replace(/^.*theirs|^by-a-link/, '')])).toEqual([
        ['link-outside', '/innocent.md'],
        ['link-outside', '/more'],
        ['other-format', '/no-document'],
        ['link-outside', '/through.md'],
      ]);
    }
    const all5 = await all(readDocuments('theirs', { followLinks: true }));
    expect(all5.map(({ id }) => id)).toEqual(['a.md', 'inner/b.md', 'innocent.md', 'more/secret.md', 'same.md', 'through.md']);
    mkdirSync('nothing-else');
    symlinkSync('../theirs', 'nothing-else/x');
    expect(await errorOf(readDocuments('nothing-else'))).toBe(
      'E_INPUT_EMPTY: nothing-else has no file of its own to read: nothing-else/x is a link out of the folder. Name what it leads to, or pass followLinks.',
    );
  });

  it('leaves out links that lead nowhere, and says so', async () => {
    mkdirSync('linked');
    writeFileSync('linked/b.md', '---\ntitle: a: b\n---\nB');
    symlinkSync('gone.md', 'linked/a.md');
    symlinkSync('c.md', 'linked/c.md');
    expect(await all(readDocuments('linked'))).toEqual([
      {
        document: { title: 'a: b', text: 'B', path: 'b.md' },
        where: 'linked/b.md',
        line: 4,
        id: 'b.md',
        notes: [
          {
            kind: 'dead-link',
            where: 'linked/a.md',
            reason: 'linked/a.md does not exist. It is a link to gone.md, which does not exist: mend or remove the link.',
            code: 'E_INPUT_MISSING',
            path: 'a.md',
          },
          expect.objectContaining({ kind: 'dead-link', where: 'linked/c.md', code: 'E_INPUT_MISSING', path: 'c.md' }),
          { kind: 'yaml', where: 'linked/b.md line 2', reason: 'Nested mappings are not allowed in compact mappings' },
        ],
      },
    ]);
  });

  it('names the dead link where there is nothing else', async () => {
    mkdirSync('bad');
    symlinkSync('gone.md', 'bad/a.md');
    expect(await errorOf(readDocuments('bad'))).toBe(
      'E_INPUT_MISSING: bad/a.md does not exist. It is a link to gone.md, which does not exist: mend or remove the link.',
    );
  });

  it('goes on after a file that cannot be read, and names it, wherever it stands; strictly, that is an error', async () => {
    mkdirSync('mixed/inner', { recursive: true });
    for (const name of ['a.txt', 'c.txt', 'z.txt']) writeFileSync(`mixed/${name}`, Buffer.from([0x61, 0, 0x62]));
    writeFileSync('mixed/b.txt', 'one');
    writeFileSync('mixed/d.txt', 'two');
    const read = await all(readDocuments('mixed'));
    expect(read.map(({ id, notes }) => [id, notes?.map(({ kind, path, code }) => [kind, path, code])])).toEqual([
      ['b.txt', [['unreadable', 'a.txt', 'E_INPUT_FORMAT']]],
      [
        'd.txt',
        [
          ['unreadable', 'c.txt', 'E_INPUT_FORMAT'],
          ['unreadable', 'z.txt', 'E_INPUT_FORMAT'],
        ],
      ],
    ]);
    expect(await errorOf(readDocuments('mixed', { strict: true }))).toContain('E_INPUT_FORMAT: mixed/a.txt is binary');
    symlinkSync('gone', 'mixed/0.txt');
    expect(await errorOf(readDocuments('mixed', { strict: true }))).toContain('E_INPUT_MISSING: mixed/0.txt does not exist');
  });

  it('reads what patterns and .gitignore files leave in, as git does', async () => {
    const files = ['a.md', 'b.log', 'drafts/c.md', 'drafts/keep.md', 'out/d.md', 'deep/out/e.md', 'deep/f.tmp.md', 'deep/g.md'];
    for (const folder of ['repo/.git', 'repo/docs/drafts', 'repo/docs/out', 'repo/docs/deep/out']) mkdirSync(folder, { recursive: true });
    for (const name of files) writeFileSync(`repo/docs/${name}`, name);
    const idsOf = async (options: ReadOptions = {}) => (await all(readDocuments('repo/docs', options))).map(({ id }) => id);
    const markdowns = ['a.md', 'deep/f.tmp.md', 'deep/g.md', 'deep/out/e.md', 'drafts/c.md', 'drafts/keep.md', 'out/d.md'];
    expect(await idsOf()).toEqual(markdowns);
    expect(await idsOf({ include: ['deep/'] })).toEqual(['deep/f.tmp.md', 'deep/g.md', 'deep/out/e.md']);
    expect(await idsOf({ include: ['*.log', 'a.md'] })).toEqual(['a.md', 'b.log']);
    expect(await idsOf({ exclude: ['out/', '*.tmp.md', '!drafts'] })).toEqual(['a.md', 'deep/g.md', 'drafts/c.md', 'drafts/keep.md']);
    expect(await idsOf({ include: ['drafts/'], exclude: ['c.md'] })).toEqual(['drafts/keep.md']);
    writeFileSync('repo/.gitignore', '# Of the repository\n/docs/out/\n**/drafts/*\n!keep.md\n');
    writeFileSync('repo/docs/deep/.gitignore', '*.tmp.md\n');
    expect(await idsOf()).toEqual(['a.md', 'deep/g.md', 'deep/out/e.md', 'drafts/keep.md']);
    expect(await idsOf({ ignored: true })).toEqual(markdowns);
    const [first] = await all(readDocuments('repo/docs'));
    expect(first?.notes?.map(({ kind, where }) => `${kind} ${where}`)).toEqual([
      'other-format repo/docs/b.log',
      'ignored repo/docs/deep/f.tmp.md',
      'ignored repo/docs/drafts/c.md',
      'ignored repo/docs/out',
    ]);
  });

  it('takes no time over patterns that are made to take it', async () => {
    mkdirSync('hostile');
    writeFileSync(`hostile/${'a'.repeat(200)}.md`, 'a');
    writeFileSync('hostile/.gitignore', `${'*a'.repeat(40)}b\n${'**/*a'.repeat(20)}b\n`);
    expect((await all(readDocuments('hostile'))).length).toBe(1);
  });
});
