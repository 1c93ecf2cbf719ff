import { jointOf, partsOf, wholesOf } from './compounds.ts';
import { classOf, Letter, type LetterClass } from './letter-class.ts';
import { cjkWords, clusterWords, hangulWords, type Role, segmentsOf } from './unspaced.ts';

/** Runs that are written as one word at most; more are a list. */
const MOST_RUNS = 8;
/** Units of a word that was written with signs in it; longer ones are data. */
const LONGEST_WHOLE = 64;
/** Letters before # in the name of a language. */
const LONGEST_SHARP = 2;
const joiners = new Uint8Array(0x10000);
for (const sign of '-_.&,') joiners[sign.charCodeAt(0)] = 1;
const ofAscii = Uint8Array.from({ length: 0x80 }, (_, code) => classOf(code));
const [SPACE, SHARP, PLUS, DOT] = [...' #+.'].map((sign) => sign.charCodeAt(0)) as [number, number, number, number];

/** The words, as they are written, of a text that is composed and has no invisible letters, in time that grows with its length. */
export function writtenWords(text: string, role: Role): string[] {
  const found: string[] = [];
  let at = 0;
  /** Runs so far of a word with signs in it. */
  let whole = '';
  let last = '';
  let runs = 0;
  const endWhole = (): void => {
    if (runs > 1 && runs <= MOST_RUNS && whole.length <= LONGEST_WHOLE) for (const one of wholesOf(whole)) found.push(one);
    runs = 0;
  };
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const kind = code < 0x80 ? (ofAscii[code] as LetterClass) : classAt(text, at);
    const start = at;
    at += kind !== Letter.other && isFirstHalf(code) ? 2 : 1;
    if (kind === Letter.other || kind === Letter.mark) continue;
    if (kind === Letter.emoji || kind === Letter.flag) {
      if (kind === Letter.flag && isFlag(text, at)) at += 2;
      found.push(text.slice(start, at));
      continue;
    }
    if (kind >= Letter.cjk) {
      at = endOf(text, at, kind);
      for (const word of unspacedWords(text.slice(start, at), kind, role)) found.push(word);
      continue;
    }
    let before: LetterClass = kind;
    let isMixed = false;
    while (at < text.length) {
      const next = text.charCodeAt(at);
      const own = next < 0x80 ? (ofAscii[next] as LetterClass) : classAt(text, at);
      if (own === Letter.lower && before === Letter.lower) {
        at++;
        continue;
      }
      if (own === Letter.other || own > Letter.mark) break;
      if (own !== before && own !== Letter.mark) {
        // A capital at the beginning makes no other word.
        isMixed ||= before !== Letter.upper || own !== Letter.lower || at > start + 1;
        before = own;
      }
      at += isFirstHalf(next) ? 2 : 1;
    }
    const run = text.slice(start, at);
    const next = at < text.length ? text.charCodeAt(at) : SPACE;
    const signed =
      next === PLUS || next === SHARP || (start > 0 && text.charCodeAt(start - 1) === DOT) ? signedWord(text, start, at) : undefined;
    if (signed !== undefined) found.push(signed.word);
    if (signed === undefined || !signed.isOnly || role === 'document') {
      found.push(run);
      if (isMixed && run.length <= LONGEST_WHOLE) for (const part of partsOf(run)) found.push(part);
    }
    const joint = runs > 0 ? jointOf(whole, last, text[start - 1] as string, run) : undefined;
    if (joint === undefined) {
      endWhole();
      whole = run;
      runs = 1;
    } else {
      if (whole.length <= LONGEST_WHOLE) whole += joint + run;
      runs++;
    }
    last = run;
    at = signed?.end ?? at;
    if (signed !== undefined || joiners[next] !== 1 || !isInRun(text, at + 1)) endWhole();
  }
  return found;
}

const isFirstHalf = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const classAt = (text: string, at: number): LetterClass => classOf(text.codePointAt(at) as number);

/** Behind the run: whether the unit belongs to one. */
function isInRun(text: string, at: number): boolean {
  const kind = at < text.length ? classOf(text.codePointAt(at) as number) : Letter.other;
  return kind >= Letter.lower && kind <= Letter.digit;
}

const isFlag = (text: string, at: number): boolean => at < text.length && classOf(text.codePointAt(at) as number) === Letter.flag;

function endOf(text: string, from: number, kind: LetterClass): number {
  let at = from;
  while (at < text.length) {
    const code = text.codePointAt(at) as number;
    const own = classOf(code);
    if (own !== kind && own !== Letter.mark) break;
    at += code > 0xffff ? 2 : 1;
  }
  return at;
}

function unspacedWords(run: string, kind: LetterClass, role: Role): Iterable<string> {
  if (kind === Letter.cjk) return cjkWords(run, role);
  if (kind === Letter.southeast) return segmentsOf(run);
  return kind === Letter.hangul ? hangulWords(run, role) : clusterWords(run, role);
}

/** C++, C#, .NET, and CD4+, which who asks for it may also write CD4. */
function signedWord(
  text: string,
  start: number,
  end: number,
): { readonly word: string; readonly end: number; readonly isOnly: boolean } | undefined {
  const sign = text[end];
  if (sign === '+') {
    const isTwo = text[end + 1] === '+';
    if (!isTwo && isInRun(text, end + 1)) return undefined;
    const to = end + (isTwo ? 2 : 1);
    return { word: text.slice(start, to), end: to, isOnly: isTwo };
  }
  if (sign === '#' && end - start <= LONGEST_SHARP && !isInRun(text, end + 1))
    return { word: text.slice(start, end + 1), end: end + 1, isOnly: true };
  if (text[start - 1] === '.' && end - start > 1 && (start === 1 || /[\s("'[`]/.test(text[start - 2] as string)))
    return { word: text.slice(start - 1, end), end, isOnly: true };
  return undefined;
}
