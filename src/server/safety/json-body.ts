import { RequestError } from '../problem.ts';

/** Objects and lists inside each other. Documents of ten levels are rare. */
const DEEPEST = 32;

const [QUOTE, BACKSLASH, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Whether JSON is nested more deeply than it may be, from its bytes: parsing five megabytes of brackets takes half a second, looking at them
 * a fiftieth of that.
 */
const isTooDeep = (bytes: Uint8Array): boolean => {
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      for (at++; at < bytes.length && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (++depth > DEEPEST) return true;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth--;
  }
  return false;
};

/** A body as JSON, whatever its content type says: curl's `-d` calls it a form. Throws a RequestError. */
export const jsonOf = (bytes: Uint8Array): unknown => {
  if (isTooDeep(bytes)) throw new RequestError('large', `the body is nested more than ${DEEPEST} levels deep`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RequestError('malformed', 'the body is not UTF-8');
  }
  if (text.trim() === '') throw new RequestError('malformed', 'the body is empty; send JSON');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new RequestError('malformed', `the body is not JSON: ${(error as Error).message}`);
  }
};
