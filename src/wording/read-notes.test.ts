import { describe, expect, it } from 'vitest';
import { readNotes } from './read-notes.ts';

describe('readNotes', () => {
  it('says each kind once, with the first places', () => {
    const notes = readNotes();
    for (let i = 1; i <= 12; i++) notes.add([{ kind: 'yaml', where: `n/${i}.md line 2`, reason: 'Tabs are not allowed' }]);
    notes.add([{ kind: 'dead-link', where: 'n/a.md', reason: '' }]);
    notes.add(undefined);
    expect(notes.sentences()).toEqual([
      'front matter of 12 files was not valid YAML and was read line by line (n/1.md line 2: Tabs are not allowed; n/2.md line 2: Tabs are not allowed; n/3.md line 2: Tabs are not allowed; and 9 more)',
      '1 link to a file that does not exist was left out (n/a.md)',
    ]);
  });
});
