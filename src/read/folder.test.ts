import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { all, errorOf, useTemporaryFolder } from '../../test/support/reading.ts';
import { readDocuments } from './read.ts';

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
    writeFileSync('notes/e.pdf', 'no');
    writeFileSync('notes/empty.md', '');
    writeFileSync('elsewhere/f.markdown', 'f');
    symlinkSync('..', 'notes/deep/loop');
    symlinkSync('../elsewhere', 'notes/away');
    symlinkSync('nowhere', 'notes/dead');
    const found = await all(readDocuments('notes/', { followLinks: true }));
    expect(found).toEqual([
      { document: { title: 'a', text: 'a', path: 'a.txt' }, where: 'notes/a.txt', line: 1, id: 'a.txt' },
      { document: { title: 'f', text: 'f', path: 'away/f.markdown' }, where: 'notes/away/f.markdown', line: 1, id: 'away/f.markdown' },
      { document: { title: 'B', text: '# B\n', path: 'b.md' }, where: 'notes/b.md', line: 1, id: 'b.md' },
      { document: { title: 'C', text: '', path: 'deep/c.HTML' }, where: 'notes/deep/c.HTML', id: 'deep/c.HTML' },
      { document: { title: 'empty', text: '', path: 'empty.md' }, where: 'notes/empty.md', line: 1, id: 'empty.md' },
    ]);
  });

  it('says so when a folder has nothing to read', async () => {
    mkdirSync('data');
    expect(await errorOf(readDocuments('data'))).toBe(
      'E_INPUT_EMPTY: data has no .md, .markdown, .txt, .html, .htm file: it holds no files. To read a JSON, CSV or Parquet file, name the file itself.',
    );
    writeFileSync('data/table.csv', 'a\n1\n');
    expect(await errorOf(readDocuments('data'))).toBe(
      'E_INPUT_EMPTY: data has no .md, .markdown, .txt, .html, .htm file: it holds 1 other, for example table.csv. To read a JSON, CSV or Parquet file, name the file itself.',
    );
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
          { kind: 'dead-link', where: 'linked/a.md', reason: '' },
          { kind: 'dead-link', where: 'linked/c.md', reason: '' },
          { kind: 'yaml', where: 'linked/b.md line 2', reason: 'Nested mappings are not allowed in compact mappings' },
        ],
      },
    ]);
  });

  it('names the dead link and the wrong encoding in a folder', async () => {
    mkdirSync('bad');
    symlinkSync('gone.md', 'bad/a.md');
    expect(await errorOf(readDocuments('bad'))).toBe(
      'E_INPUT_MISSING: bad/a.md does not exist. It is a link to gone.md, which does not exist: mend or remove the link.',
    );
    mkdirSync('pages');
    writeFileSync('pages/p.html', '<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1"><p>ok');
    expect(await errorOf(readDocuments('pages'))).toBe(
      'E_INPUT_FORMAT: pages/p.html says that its encoding is iso-8859-1; only UTF-8 is read. Convert it with "iconv -f ISO-8859-1 -t UTF-8" and correct its meta element.',
    );
  });
});
