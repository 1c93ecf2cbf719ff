/** What JSON may be, seen from its bytes alone. */
export interface JsonShape {
  /** Objects and lists inside each other. */
  readonly deepest: number;
  /** Values of all kinds together, those inside objects and lists included. */
  readonly mostValues: number;
}

/** Names of one object: ten times the fields that Elasticsearch allows an index. */
const MOST_NAMES = 10_000;

const [QUOTE, BACKSLASH, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Why JSON is more than it may be: too deep, an object of too many names, too many values; undefined where it is not. Looking at the bytes takes
 * a hundredth of the time that it takes to parse, check and copy a million names, during which no one else would be answered.
 */
export function excessOf(bytes: Uint8Array, { deepest, mostValues }: JsonShape): string | undefined {
  /** Names so far of the object that is open at each depth. */
  const names = new Uint32Array(deepest + 1);
  let [depth, values] = [0, 1];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      for (at++; at < bytes.length && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (++depth > deepest) return `is nested more than ${deepest} levels deep`;
      names[depth] = 0;
      if (++values > mostValues) return `holds more than ${mostValues} values`;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth = Math.max(0, depth - 1);
    else if (byte === COMMA) {
      if (++values > mostValues) return `holds more than ${mostValues} values`;
    } else if (byte === COLON) {
      const count = (names[depth] ?? 0) + 1;
      if (count > MOST_NAMES) return `holds an object of more than ${MOST_NAMES} names`;
      names[depth] = count;
    }
  }
  return undefined;
}
