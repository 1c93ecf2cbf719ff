import { setImmediate as nextTurn } from 'node:timers/promises';
import { excessOf } from '../../text/json-shape.ts';
import { RequestError } from '../problem.ts';

/** Objects and lists inside each other. Documents of ten levels are rare. */
const DEEPEST = 32;
/** Bytes; shorter ones are read in one go. */
const LONG = 262_144;

export interface JsonBodyOptions {
  /** Values of all kinds together. @default 100,000 */
  readonly mostValues?: number;
  /** What a number counts as, above 0. @default 1, as any value */
  readonly numberWeight?: number;
  /** @default JSON.parse */
  readonly parse?: (text: string) => unknown;
}

/**
 * A body as JSON, whatever its content type says: curl's `-d` calls it a form. Others have their turn between the passes over a long one. Throws
 * a RequestError.
 */
export async function jsonOf(
  bytes: Uint8Array,
  { mostValues = 100_000, numberWeight = 1, parse = JSON.parse }: JsonBodyOptions = {},
): Promise<unknown> {
  const turn = async (): Promise<void> => void (bytes.length > LONG && (await nextTurn()));
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RequestError('malformed', 'the body is not UTF-8');
  }
  await turn();
  const excess = excessOf(text, { deepest: DEEPEST, mostValues, numberWeight });
  if (excess !== undefined) throw new RequestError('large', `the body ${excess}`);
  await turn();
  if (text.trim() === '') throw new RequestError('malformed', 'the body is empty; send JSON');
  try {
    return parse(text);
  } catch (error) {
    throw new RequestError('malformed', `the body is not JSON: ${(error as Error).message}`);
  }
}
