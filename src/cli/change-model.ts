import { multilingual, namesAnother } from '../wording/letter-notes.ts';
import { options } from './options.ts';

/** What is to be read by another model: an index, or a file or folder whose index is kept in the cache. */
export type ReadPlace = { readonly index: string } | { readonly query: string; readonly source: string };

/** Notes of which the first that says that a model does not read what it is given ends with the command that changes to a pair which does. */
export function withChange(notes: readonly string[] | undefined, place: ReadPlace): readonly string[] | undefined {
  const at = notes?.findIndex(namesAnother) ?? -1;
  return at < 0 ? notes : notes?.map((note, i) => (i === at ? `${note}: ${changeTo(place)}` : note));
}

function changeTo(place: ReadPlace): string {
  const pair = [`--${options.embedder.name} ${multilingual.embedder}`, `--${options.reranker.name} ${multilingual.reranker}`] as const;
  if ('source' in place) return `finetooth search ${inShell(place.query)} ${inShell(place.source)} ${pair.join(' ')}`;
  const index = inShell(place.index);
  // An index holds its documents, so that it can be made again from itself.
  return `finetooth index ${index} --${options.into.name} ${index} --${options.rebuild.name} ${pair[0]}, then search with ${pair[1]}`;
}

/** A word as a shell takes it. */
const inShell = (word: string): string =>
  /^[\w./:@%+=,~-]+$/.test(word) && !word.startsWith('-') ? word : `'${word.replaceAll("'", `'\\''`)}'`;
