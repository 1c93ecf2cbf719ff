import type { ReadNote } from '../types.ts';
import { counted, grouped } from './numbers.ts';

/** Places that a sentence names before it says how many more there are. */
const NAMED = 3;

const sentences: Readonly<Record<ReadNote['kind'], (count: number) => string>> = {
  yaml: (count) => `front matter of ${counted(count, 'file')} was not valid YAML and was read line by line`,
  toml: (count) => `front matter of ${counted(count, 'file')} was not valid TOML and was read line by line`,
  'repeated-key': (count) => `a key stands twice in the front matter of ${counted(count, 'file')}; the last one counts`,
  'open-front-matter': (count) =>
    `${counted(count, 'file')} ${count === 1 ? 'begins' : 'begin'} with front matter that is never closed; it was left in the text`,
  'by-key': (count) => `each value of the object in ${counted(count, 'file')} was read as a document, and its key as the id`,
  'odd-header': (count) =>
    `the first line of ${counted(count, 'file')} looks like a row and was taken for the names of the columns: put a line with names before it`,
  'dead-link': (count) => `${counted(count, 'link')} to a file that does not exist ${count === 1 ? 'was' : 'were'} left out`,
  'link-outside': (count) =>
    `${counted(count, 'link')} ${count === 1 ? 'leads' : 'lead'} out of the folder and ${count === 1 ? 'was' : 'were'} left out, as followLinks is off`,
};

export interface ReadNotes {
  add(notes: readonly ReadNote[] | undefined): void;
  /** One sentence for each kind, without a full stop, with the first places. */
  sentences(): readonly string[];
}

/** Gathers what readers noted, in memory that does not grow with it. */
export function readNotes(): ReadNotes {
  const kinds = new Map<ReadNote['kind'], { count: number; readonly first: string[] }>();
  return {
    add: (notes = []) => {
      for (const { kind, where, reason } of notes) {
        const seen = kinds.get(kind) ?? { count: 0, first: [] };
        kinds.set(kind, seen);
        seen.count++;
        if (seen.first.length < NAMED) seen.first.push(reason === '' ? where : `${where}: ${reason}`);
      }
    },
    sentences: () =>
      [...kinds].map(([kind, { count, first }]) => {
        const more = count > first.length ? `; and ${grouped(count - first.length)} more` : '';
        return `${sentences[kind](count)} (${first.join('; ')}${more})`;
      }),
  };
}
