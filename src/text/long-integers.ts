import { endOfText } from './json-shape.ts';

/** JSON.parse, but an integer beyond ±(2^53 − 1) becomes the string of its digits, so that ids do not collide by rounding. */
export function parseWithLongIntegers(text: string): unknown {
  if (!longInteger.test(text)) return JSON.parse(text);
  try {
    return JSON.parse(quoted(text));
  } catch {
    // Its error names a place in what was sent.
    return JSON.parse(text);
  }
}

/** An integer of 16 digits or more that stands alone, so that JSON.parse might round it. */
const longInteger = /(?:^|[:,[\s])-?[1-9]\d{15,}(?=[,\]}\s]|$)/;

/** The same, with what goes on behind it: a name of an object is none. Of 17 digits and more none is safe. */
const long = /(?<=^|[:,[\s])-?[1-9]\d{16,}(?=\s*(?:[,\]}]|$))/g;
const maybeLong = /(?<=^|[:,[\s])-?[1-9]\d{15}(?=\s*(?:[,\]}]|$))/g;

/**
 * JSON with each such integer as a text. A reviver that sees every value takes ten times as long, in which a server answers no one.
 * Where there is no JSON, there is none afterwards.
 */
function quoted(text: string): string {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const open = text.indexOf('"', at);
    const between = text.slice(at, open < 0 ? text.length : open);
    // A number that ends where a text begins is no JSON.
    const numbers = open < 0 || /[,:[{\s]$/.test(between) || between === '';
    pieces.push(numbers && between.length >= SHORTEST ? between.replace(long, '"$&"').replace(maybeLong, keptDigits) : between);
    if (open < 0) break;
    at = endOfText(text, open) + 1;
    pieces.push(text.slice(open, at));
  }
  return pieces.join('');
}

/** Digits of the least number that may be rounded. */
const SHORTEST = 16;

const keptDigits = (digits: string): string => (Number.isSafeInteger(Number(digits)) ? digits : `"${digits}"`);
