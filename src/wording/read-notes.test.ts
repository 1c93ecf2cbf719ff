import { describe, expect, it } from 'vitest';
import { readNotes } from './read-notes.ts';

describe('readNotes', () => {
  it('says each kind once, with the first places', () => {
    const notes = readNotes();
    for (let i = 1; i <= 12; i++) notes.add([{ kind: 'yaml', where: `n/${i}.md line 2`, reason: 'Tabs are not allowed' }]);
    notes.add([{ kind: 'dead-link', where: 'n/a.md', reason: 'n/a.md does not exist.', code: 'E_INPUT_MISSING', path: 'a.md' }]);
    notes.add(undefined);
    const yaml =
      'front matter of 12 files was not valid YAML and was read line by line (n/1.md line 2: Tabs are not allowed; n/2.md line 2: Tabs are not allowed; n/3.md line 2: Tabs are not allowed; and 9 more)';
    expect(notes.sentences()).toEqual(['1 file could not be read and was left out (n/a.md does not exist)', yaml]);
    expect(notes.sentences({ skipped: false })).toEqual([yaml]);
  });

  it('counts what could not be read, names the first 20, and a package that is missing once', () => {
    const notes = readNotes();
    expect(notes.skipped()).toBeUndefined();
    for (let i = 1; i <= 50; i++)
      notes.add([{ kind: 'unreadable', where: `n/${i}.pdf`, reason: `n/${i}.pdf needs a package`, code: 'E_PACKAGE', path: `${i}.pdf` }]);
    expect(notes.skipped()).toEqual({ count: 50, first: [{ where: 'n/1.pdf', code: 'E_PACKAGE', message: 'n/1.pdf needs a package' }] });
    for (let i = 1; i <= 50; i++) notes.add([{ kind: 'unreadable', where: `n/${i}.txt`, reason: `${i} is torn`, code: 'E_INPUT_FORMAT' }]);
    expect(notes.skipped()?.count).toBe(100);
    expect(notes.skipped()?.first.length).toBe(20);
  });

  it('spares what a file or a folder that could not be read may hold', () => {
    const notes = readNotes();
    expect(notes.isSpared('a.md')).toBe(false);
    notes.add([{ kind: 'unreadable', where: 'n/a.md', reason: '', path: 'a.md' }]);
    notes.add([{ kind: 'unreadable', where: 'n/locked/deep', reason: '', path: 'locked/deep' }]);
    const spared = ['a.md', 'a.md#name', 'a.md#3', 'locked/deep/b.md', 'locked/deep/er/c.ts#f'];
    expect(spared.filter((id) => !notes.isSpared(id))).toEqual([]);
    expect(['b.md', 'a.md.txt', 'locked/b.md', 'deep/a.md', 'x/a.md'].filter((id) => notes.isSpared(id))).toEqual([]);
  });
});
