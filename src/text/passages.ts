import type { Document, Span } from '../types.ts';
import { textOf } from './recipe.ts';
import { createUnits, repeatedFrom, type Unit, type Units } from './units.ts';

/** Version of how texts are split and what is carried; in the manifest of an index that holds passages. */
export const splitterVersion = 'passages-1';

/** A text that may be split, with the title that it begins with; '' where it has none. */
export interface PassageSource {
  readonly text: string;
  readonly title: string;
}

export interface PassageRoom {
  readonly window: number;
  readonly room: number;
  readonly tokensIn: (text: string) => number;
}

/** Share of a passage that is repeated of the one before, so that an answer across a border stands whole in one of them. */
const OVERLAP = 1 / 8;
/** A heading begins a new passage where the one before has this share of its room; smaller sections go together. */
const LEAST_SECTION = 1 / 8;
/** And so does a paragraph where it has this share: what two paragraphs say blurs in one vector. */
const LEAST_PARAGRAPH = 1 / 4;
/** A passage that is full ends at the strongest border behind this share of its room. */
const LEAST_FULL = 1 / 2;
/** A unit longer than this share of the room is taken word by word. */
const LONGEST_UNIT = 1 / 4;
/** Tokens of a text may be fewer than those of its sentences, by no more than this. */
const SLACK = 1.25;
/** Characters that are carried, and of the title where they are too many. */
const CARRIED = 160;
const CARRIED_TITLE = 80;

/** An end of a sentence: not "e.g. so", nor "3.5". */
const sentences = /\S[^\n]*?(?:[.!?…]+["'”’)\]]*(?=\s+[^\p{Ll}\s]|\s*$|\s*\n)|[。！？]+|(?=\n)|$)\s*/gu;
/** Words, at most so long that none fills a window. */
const words = /\S{1,64}\s*/gu;

const [HEADING, PARAGRAPH, SENTENCE, WORD] = [3, 2, 1, 0] as const;

interface BorderedUnit extends Unit {
  /** How strong the border before it is. */
  readonly border: number;
}

interface Heading {
  /** Place of its first mark. */
  readonly at: number;
  readonly level: number;
  readonly name: string;
}

/** The text that an index is made from, as `textOf` puts it together. */
export function sourceOf(document: Document, fields: readonly string[]): PassageSource {
  const text = textOf(document, fields);
  const [first] = fields;
  const title = first === 'title' && Object.hasOwn(document, 'title') ? document.title : undefined;
  return { text, title: typeof title === 'string' && title.trim() !== '' && text.startsWith(`${title} `) ? title : '' };
}

/**
 * Where the passages of a text begin and end: one where it fits the window, otherwise passages of at most `room` tokens, with what they carry, that
 * end at headings, paragraphs or sentences where they can. One that begins within a paragraph repeats a little of the one before.
 *
 * @param window tokens of a text that is not split
 * @param room tokens of a passage, at most `window`
 */
export function splitPassages(source: PassageSource, { window, room, tokensIn }: PassageRoom): readonly Span[] {
  const { text } = source;
  const headings = headingsIn(source);
  const starts = new Set(headings.map(({ at }) => at));
  const units = createUnits(unitsOf(text, starts, room, tokensIn));
  if (fitsIn(window, text, units, tokensIn)) return [[0, text.length]];
  const carriedTokens = createCarriedTokens(source, headings, tokensIn);
  const spans: Span[] = [];
  let first = 0;
  for (;;) {
    // What is carried may be long in a small window: half of it is always for the text.
    const left = Math.max(room / 2, room - (first === 0 ? 0 : carriedTokens(units.at(first).from)));
    const { end, isWhole } = fillFrom(units, first, left);
    spans.push([first === 0 ? 0 : units.at(first).from, isWhole ? text.length : units.at(end - 1).to]);
    if (isWhole) return spans;
    // Between paragraphs no sentence is torn from its neighbours.
    first = units.at(end).border >= PARAGRAPH ? end : repeatedFrom(units, first, end, left * OVERLAP);
  }
}

/** A passage as it is embedded and ranked: its part of the text behind the title and the headings that it stands under. The first one begins the text. */
export function passageText(source: PassageSource, [from, to]: Span): string {
  const part = source.text.slice(from, to);
  if (from === 0) return part;
  const carried = carriedAt(source, headingsIn(source), from);
  return carried === '' ? part : `${carried} ${part}`;
}

/** The same of all passages of one text. */
export function passageTexts(source: PassageSource, spans: readonly Span[]): readonly string[] {
  if (spans.length === 1) return [passageText(source, spans[0] as Span)];
  const headings = headingsIn(source);
  return spans.map(([from, to]) => {
    const carried = from === 0 ? '' : carriedAt(source, headings, from);
    return carried === '' ? source.text.slice(from, to) : `${carried} ${source.text.slice(from, to)}`;
  });
}

/** Sentences and lines of a part of a text, the white space behind each left out. */
export function* sentencesIn(text: string, [from, to]: Span): Generator<Span> {
  for (const { 0: sentence, index } of text.slice(from, to).matchAll(sentences))
    yield [from + index, from + index + sentence.trimEnd().length];
}

/** Whether all of the text has at most so many tokens: its sentences are counted until it cannot, and the text itself only where it may. */
function fitsIn(most: number, text: string, units: Units<BorderedUnit>, tokensIn: (text: string) => number): boolean {
  let tokens = 0;
  for (let place = 0; tokens <= most * SLACK; place++) {
    if (!units.has(place)) return tokens <= most || tokensIn(text) <= most;
    tokens += units.at(place).tokens;
  }
  return false;
}

function createCarriedTokens(source: PassageSource, headings: readonly Heading[], tokensIn: (text: string) => number) {
  const known = new Map<string, number>();
  return (place: number): number => {
    const carried = carriedAt(source, headings, place);
    const tokens = known.get(carried) ?? tokensIn(carried);
    known.set(carried, tokens);
    return tokens;
  };
}

/** Units from one on that make a passage: the place behind the last of them. */
function fillFrom(units: Units<BorderedUnit>, first: number, room: number): { readonly end: number; readonly isWhole: boolean } {
  let tokens = 0;
  let best: { readonly end: number; readonly border: number } | undefined;
  let end = first;
  for (; units.has(end); end++) {
    const { tokens: more, border } = units.at(end);
    if (end > first) {
      const least = border === HEADING ? LEAST_SECTION : border === PARAGRAPH ? LEAST_PARAGRAPH : Number.POSITIVE_INFINITY;
      if (tokens >= room * least) return { end, isWhole: false };
      if (tokens >= room * LEAST_FULL && border >= (best?.border ?? 0)) best = { end, border };
      if (tokens + more > room) return { end: best?.end ?? end, isWhole: false };
    }
    tokens += more;
  }
  return { end, isWhole: true };
}

/** Headings `# so` that are in no fenced block. */
function headingsIn({ text, title }: PassageSource): readonly Heading[] {
  const begins = title === '' ? 0 : title.length + 1;
  const headings: Heading[] = [];
  let fence: string | undefined;
  for (const match of text.slice(begins).matchAll(/^ {0,3}(?:(#{1,6})[ \t]+(\S.*?)(?:[ \t]+#+)?[ \t]*\r?|(`{3,}|~{3,}).*)$/gm)) {
    const { 1: marks, 2: name = '', 3: mark, index } = match;
    if (mark !== undefined) fence = fence === undefined ? mark : mark.startsWith(fence) ? undefined : fence;
    else if (marks !== undefined && fence === undefined)
      headings.push({ at: begins + index + match[0].indexOf('#'), level: marks.length, name });
  }
  return headings;
}

function* unitsOf(text: string, starts: ReadonlySet<number>, room: number, tokensIn: (text: string) => number): Generator<BorderedUnit> {
  let isParagraph = false;
  for (const { 0: sentence, index } of text.matchAll(sentences)) {
    const tokens = tokensIn(sentence);
    const border = starts.has(index) ? HEADING : isParagraph ? PARAGRAPH : SENTENCE;
    isParagraph = /\n[^\S\n]*\r?\n\s*$/.test(sentence.slice(sentence.trimEnd().length));
    if (tokens <= room * LONGEST_UNIT) yield { from: index, to: index + sentence.length, tokens, border };
    else
      for (const { 0: word, index: at } of sentence.matchAll(words))
        yield { from: index + at, to: index + at + word.length, tokens: tokensIn(word), border: at === 0 ? border : WORD };
  }
}

/** The title and the headings above a place, without those of the place itself. */
function carriedAt({ title }: PassageSource, headings: readonly Heading[], place: number): string {
  const path: Heading[] = [];
  for (const heading of headings) {
    if (heading.at > place) break;
    while (path.length > 0 && (path.at(-1) as Heading).level >= heading.level) path.pop();
    if (heading.at < place) path.push(heading);
  }
  const names = path.map(({ name }) => name);
  const all = title === '' || names[0] === title ? names : [title, ...names];
  const whole = all.join(' > ');
  if (whole.length <= CARRIED) return whole;
  const [start, end] = [all[0] as string, all.at(-1) as string];
  const clipped = (text: string, most: number): string => text.slice(0, most).toWellFormed().trim();
  return all.length === 1 ? clipped(start, CARRIED) : `${clipped(start, CARRIED_TITLE)} > ${clipped(end, CARRIED - CARRIED_TITLE - 3)}`;
}
