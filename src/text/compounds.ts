const digitFirst = /^\p{N}/u;
const digitLast = /\p{N}\p{M}*$/u;
/** Capitals, small letters with one before them, and digits, of Latin; letters of other scripts. */
const pieces =
  /(?:[\p{Lu}&&\p{sc=Latn}]\p{M}*(?![\p{Ll}&&\p{sc=Latn}]))+|[\p{Lu}&&\p{sc=Latn}]?\p{M}*(?:[[\p{L}&&\p{sc=Latn}]--\p{Lu}]\p{M}*)+|(?:\p{N}\p{M}*)+|(?:[\p{L}--\p{sc=Latn}]\p{M}*)+|\p{Lu}\p{M}*/gv;
const hasDigit = /\p{N}/u;
/** 1970-71: from one to another. */
const range = /^\p{N}+-\p{N}+$/u;
const latin = /^\p{sc=Latn}/u;
const lower = /^\p{Ll}/u;
const thousands = /^[0-9]{3}$/;
const beforeThousands = /^[0-9]{1,3}$|,/;
const versioned = /^\p{L}+(\p{N}+(?:[.-]\p{N}+)+)$/u;

/** Letters before digits that are a word of its own: iPhone15 is also 15, but p53 is no 53. */
const LONG_NAME = 3;
/** A hyphen between longer words than this parts them: e-mail is email, and well-known no word. Each would make its document longer for BM25. */
const SHORT = 1;
/** Letters behind digits that are a unit or a word: 16gb, but not 3d. */
const LONG_UNIT = 2;

/**
 * The words that a run of letters and digits is made of, where it is of several: getUserName, iPhone15, TNFα, HTTPServer. A name of two, as GitHub
 * and JavaScript, is one word, since git is something else.
 */
export function partsOf(run: string): readonly string[] {
  const all = run.match(pieces) ?? [];
  if (all.length < 2) return [];
  const isIdentifier =
    (lower.test(run) && (all[0] as string).length > 1) ||
    (all.filter((one) => !digitFirst.test(one)).length > 2 && all.every((one) => one.length > 1));
  const parts: string[] = [];
  for (const [at, piece] of all.entries()) {
    const before = parts.at(-1);
    if (before === undefined || isBorder(before, all[at - 1] as string, piece, isIdentifier)) parts.push(piece);
    else parts[parts.length - 1] = before + piece;
  }
  return parts.length < 2 ? [] : parts;
}

/** Whether words meet between a piece and the one before it, which ends the word before. */
function isBorder(word: string, before: string, piece: string, isIdentifier: boolean): boolean {
  const [isNumber, wasNumber] = [digitFirst.test(piece), digitFirst.test(before)];
  if (isNumber) return word.length >= LONG_NAME;
  if (wasNumber) return word === before && piece.length >= LONG_UNIT;
  if (latin.test(before) !== latin.test(piece)) return true;
  if (isIdentifier) return true;
  return before.length > 1 && before === before.toUpperCase() && piece.length > LONG_NAME - 1 && !lower.test(piece);
}

/** How two runs with a sign between them are written as one word; undefined: they are not. */
export function jointOf(whole: string, before: string, sign: string, after: string): string | undefined {
  const areNumbers = digitLast.test(before) && digitFirst.test(after);
  if (sign === '&') return sign;
  if (sign === ',') return areNumbers && beforeThousands.test(whole) && thousands.test(after) ? sign : undefined;
  if (areNumbers) return sign === '_' ? '' : sign;
  if (sign === '-' && digitLast.test(before) && after.length > LONG_UNIT && lower.test(after)) return undefined;
  if (sign === '.') return before.length > 1 && after.length > 1 ? '' : undefined;
  if (sign === '-' && !hasDigit.test(before + after) && Math.min(before.length, after.length) > SHORT) return undefined;
  return '';
}

/** The words of runs that were written as one, and the number in a version: v2.3.1 and 2.3.1. Of 1,000 it is 1000. */
export function wholesOf(whole: string): readonly string[] {
  const one = whole.replaceAll(',', '');
  if (range.test(one)) return [];
  const number = versioned.exec(one)?.[1];
  return number === undefined ? [one] : [one, number];
}
