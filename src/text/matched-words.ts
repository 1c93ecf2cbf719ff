import type { Span } from '../types.ts';
import { wordsOf } from './analyzer.ts';
import { segmentsOf } from './unspaced.ts';

/** What makes words of a query or of a text, as BM25 compares them. */
export type WordsIn = (text: string) => readonly string[];

/** Letters and digits with their marks: what the analyzer may make words of. */
const runs = /[\p{L}\p{N}][\p{L}\p{N}\p{M}\u00ad\u200b-\u200d]*(?:['’][\p{L}\p{N}\p{M}]+)*/gu;
/** Parts of a run: `iPhone15`, `readFile`. */
const parts = /\p{Lu}*[\p{Ll}\p{M}]+|\p{Lu}+|\p{N}+|[\p{L}\p{M}]+/gu;
const han = /[\p{scx=Han}--[\p{scx=Hira}\p{scx=Kana}]]/gv;
const onlyHan = /^[\p{scx=Han}--[\p{scx=Hira}\p{scx=Kana}]]+$/v;
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Words of English that say nothing of what is asked for; they are marked only where a query has no others. */
const functionWords = new Set(
  (
    'a an the of to in on at by for from with without into onto over under about as than and or but if so not no nor is are was were be been being am do ' +
    'does did done have has had having can could will would shall should may might must i you he she it we they me him her us them my your his its our their ' +
    'this that these those there here what which who whom whose when where why how s t'
  )
    .split(' ')
    .flatMap((word) => wordsOf(word)),
);

/** The words of a query that are worth a mark, as the analyzer has them. */
export function markableWords(query: string, wordsIn: WordsIn = (text) => wordsOf(text, 'query')): ReadonlySet<string> {
  const all = new Set(wordsIn(query));
  const telling = new Set([...all].filter((word) => !functionWords.has(word)));
  return telling.size > 0 ? telling : all;
}

/** Where the words stand in a text: UTF-16 units, in the order of the text, apart from each other. */
export function matchedWords(words: ReadonlySet<string>, text: string, wordsIn: WordsIn = wordsOf): readonly Span[] {
  const isMatch = (part: string): boolean => wordsIn(part).some((word) => words.has(word));
  return [...text.matchAll(runs)].flatMap(({ 0: run, index }): Span[] => {
    if (!isMatch(run)) return [];
    const isWhole = wordsIn(run).every((word) => words.has(word));
    const found = isWhole ? [] : [...partsOf(run).filter(([from, to]) => isMatch(run.slice(from, to))), ...hanIn(run, words)];
    return found.length === 0 ? [[index, index + run.length]] : joined(found).map(([from, to]): Span => [index + from, index + to]);
  });
}

/** The words that are written as one, but for those of Han alone. */
function partsOf(run: string): readonly Span[] {
  if (!unspaced.test(run)) return [...run.matchAll(parts)].map(({ 0: part, index }): Span => [index, index + part.length]);
  const found: Span[] = [];
  let at = 0;
  for (const segment of segmentsOf(run)) {
    if (!onlyHan.test(segment)) found.push([at, at + segment.length]);
    at += segment.length;
  }
  return found;
}

/** Han, which the analyzer counts in letters and pairs of neighbours. */
function hanIn(run: string, words: ReadonlySet<string>): readonly Span[] {
  const letters = [...run.matchAll(han)].map(({ 0: letter, index }): Span => [index, index + letter.length]);
  const pairs = letters.flatMap(([from, to], i): Span[] => {
    const next = letters[i + 1];
    return next?.[0] === to ? [[from, next[1]]] : [];
  });
  return [...letters, ...pairs].filter(([from, to]) => words.has(run.slice(from, to)));
}

function joined(spans: readonly Span[]): readonly Span[] {
  const all: Span[] = [];
  for (const [from, to] of spans.toSorted(([a], [b]) => a - b)) {
    const last = all.at(-1);
    if (last === undefined || from > last[1]) all.push([from, to]);
    else all[all.length - 1] = [last[0], Math.max(last[1], to)];
  }
  return all;
}
