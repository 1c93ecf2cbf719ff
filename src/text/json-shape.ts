/** What JSON may be, seen from its signs alone. */
export interface JsonShape {
  /** Objects and lists inside each other. */
  readonly deepest: number;
  /** Values of all kinds together, those inside objects and lists included. */
  readonly mostValues: number;
  /** What a number of a list counts, 0 to 1. @default 1 */
  readonly numberWeight?: number;
}

/** Names of one object: ten times the fields that Elasticsearch allows an index. */
export const MOST_NAMES = 10_000;

const [QUOTE, BACKSLASH, COLON, COMMA, SPACE] = [0x22, 0x5c, 0x3a, 0x2c, 0x20];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Why JSON is more than it may be: too deep, an object of too many names, too many values; undefined where it is not. Looking at its signs takes
 * a hundredth of the time that it takes to parse, check and copy a million names, during which no one else would be answered.
 */
export function excessOf(json: string, { deepest, mostValues, numberWeight = 1 }: JsonShape): string | undefined {
  /** Names so far of the object that is open at each depth. */
  const names = new Uint32Array(deepest + 1);
  let [depth, values] = [0, 1];
  for (let at = 0; at < json.length; at++) {
    const sign = json.charCodeAt(at);
    if (sign === QUOTE) {
      at = endOfText(json, at);
    } else if (sign === OPEN_LIST || sign === OPEN_OBJECT) {
      if (++depth > deepest) return `is nested more than ${deepest} levels deep`;
      names[depth] = 0;
      if (++values > mostValues) return `holds more than ${mostValues} values`;
    } else if (sign === CLOSE_LIST || sign === CLOSE_OBJECT) depth = Math.max(0, depth - 1);
    else if (sign === COMMA) {
      // A number behind a comma is one of a list.
      values +=
        isDigit(json.charCodeAt(at + 1)) || (json.charCodeAt(at + 1) === SPACE && isDigit(json.charCodeAt(at + 2))) ? numberWeight : 1;
      if (values > mostValues) return `holds more than ${mostValues} values`;
    } else if (sign === COLON) {
      const count = (names[depth] ?? 0) + 1;
      if (count > MOST_NAMES) return `holds an object of more than ${MOST_NAMES} names`;
      names[depth] = count;
    }
  }
  return undefined;
}

const isDigit = (sign: number): boolean => sign >= 0x30 && sign <= 0x39;

/** The quotation mark that ends the text which begins at one; behind the end where none does. */
export function endOfText(json: string, begin: number): number {
  for (let at = json.indexOf('"', begin + 1); at >= 0; at = json.indexOf('"', at + 1)) {
    let marks = 0;
    while (json.charCodeAt(at - 1 - marks) === BACKSLASH) marks++;
    if (marks % 2 === 0) return at;
  }
  return json.length;
}
