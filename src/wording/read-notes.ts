import type { ReadNote } from '../types.ts';
import { counted, grouped } from './numbers.ts';

/** Places that a sentence names before it says how many more there are. */
const NAMED = 3;
/** Files that are named of those that could not be read. */
const FAILURES_NAMED = 20;

/** What could not be read. */
type FailureKind = 'dead-link' | 'unreadable';
const isFailure = (kind: ReadNote['kind']): kind is FailureKind => kind === 'dead-link' || kind === 'unreadable';

const sentences: Readonly<Record<Exclude<ReadNote['kind'], FailureKind>, (count: number) => string>> = {
  yaml: (count) => `front matter of ${counted(count, 'file')} was not valid YAML and was read line by line`,
  toml: (count) => `front matter of ${counted(count, 'file')} was not valid TOML and was read line by line`,
  'repeated-key': (count) => `a key stands twice in the front matter of ${counted(count, 'file')}; the last one counts`,
  'open-front-matter': (count) =>
    `${counted(count, 'file')} ${count === 1 ? 'begins' : 'begin'} with front matter that is never closed; it was left in the text`,
  encoding: (count) =>
    `${counted(count, 'file')} ${count === 1 ? 'is not in UTF-8 and was' : 'are not in UTF-8 and were'} read in the encoding that ${count === 1 ? 'its' : 'their'} bytes look like`,
  'by-key': (count) => `each value of the object in ${counted(count, 'file')} was read as a document, and its key as the id`,
  'odd-header': (count) =>
    `the first line of ${counted(count, 'file')} looks like a row and was taken for the names of the columns: put a line with names before it`,
  'link-outside': (count) =>
    `${counted(count, 'link')} ${count === 1 ? 'leads' : 'lead'} out of the folder and ${count === 1 ? 'was' : 'were'} left out, as followLinks is off`,
  ignored: (count) => `${counted(count, 'file or folder', 'files or folders')} left out as a .gitignore says`,
  'other-format': (count) => `${counted(count, 'file')} of other formats left out`,
  'no-text': (count) => `${counted(count, 'file')} ${count === 1 ? 'holds' : 'hold'} no text, as scans do, and can be found by name alone`,
  'by-lines': (count) => `${counted(count, 'code file')} split by lines: to split by functions, npm install @vscode/tree-sitter-wasm`,
  'taken-for-lines': () => 'its format could not be told, so each line was read as a document',
};

/** Files and folders of the input that could not be read, and were left out. */
export interface Skipped {
  readonly count: number;
  /** The first 20 of them, and of those that lack the same package one. `message` says what is wrong, and what to do. */
  readonly first: readonly { readonly where: string; readonly code: string; readonly message: string }[];
}

export interface ReadNotes {
  add(notes: readonly ReadNote[] | undefined): void;
  /** One sentence for each kind, without a full stop, with the first places; unless it is told elsewhere, one about what could not be read. */
  sentences(options?: { readonly skipped?: boolean }): readonly string[];
  /** Absent where everything could be read. */
  skipped(): Skipped | undefined;
  /** Whether a document is, by its id, of a file that could not be read, or may be. */
  isSpared(id: string): boolean;
}

/** Gathers what readers noted, in memory that does not grow with it but for the paths of what could not be read. */
export function readNotes(): ReadNotes {
  const kinds = new Map<Exclude<ReadNote['kind'], FailureKind>, { count: number; readonly first: string[] }>();
  const first: Skipped['first'][number][] = [];
  const packages = new Set<string>();
  const spared = new Set<string>();
  let failures = 0;
  const addFailure = ({ where, reason, code = 'E_INPUT_MISSING', path }: ReadNote): void => {
    failures++;
    if (path !== undefined) spared.add(path);
    const lacking = code === 'E_PACKAGE' ? reason.replace(where, '') : undefined;
    if (first.length >= FAILURES_NAMED || (lacking !== undefined && packages.has(lacking))) return;
    if (lacking !== undefined) packages.add(lacking);
    first.push({ where, code, message: reason });
  };
  return {
    add: (notes = []) => {
      for (const note of notes) {
        const { kind, where, reason } = note;
        if (isFailure(kind)) {
          addFailure(note);
          continue;
        }
        const seen = kinds.get(kind) ?? { count: 0, first: [] };
        kinds.set(kind, seen);
        seen.count++;
        if (seen.first.length < NAMED) seen.first.push(reason === '' ? where : `${where}: ${reason}`);
      }
    },
    sentences: ({ skipped = true } = {}) => [
      ...(skipped && failures > 0
        ? [
            listed(
              failuresLeftOut(failures),
              failures,
              first.map(({ message }) => message.replace(/\.$/, '')),
            ),
          ]
        : []),
      ...[...kinds].map(([kind, { count, first }]) => listed(sentences[kind](count), count, first)),
    ],
    skipped: () => (failures === 0 ? undefined : { count: failures, first }),
    isSpared: (id) => {
      if (spared.size === 0) return false;
      const file = id.replace(/#[^#]*$/, '');
      if (spared.has(id) || spared.has(file)) return true;
      for (let at = file.lastIndexOf('/'); at > 0; at = file.lastIndexOf('/', at - 1)) if (spared.has(file.slice(0, at))) return true;
      return false;
    },
  };
}

function listed(sentence: string, count: number, all: readonly string[]): string {
  const first = all.slice(0, NAMED);
  const more = count > first.length ? `; and ${grouped(count - first.length)} more` : '';
  return `${sentence} (${first.join('; ')}${more})`;
}

/** "2 files could not be read and were left out" */
export const failuresLeftOut = (count: number): string =>
  `${counted(count, 'file')} could not be read and ${count === 1 ? 'was' : 'were'} left out`;
