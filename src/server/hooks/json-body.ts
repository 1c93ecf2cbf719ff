import { RequestError } from '../problem.ts';
import { excessOf } from './json-shape.ts';

/** Objects and lists inside each other. Documents of ten levels are rare. */
const DEEPEST = 32;

export interface JsonBodyOptions {
  /** Values of all kinds together. @default 250,000 */
  readonly mostValues?: number;
  /** @default JSON.parse */
  readonly parse?: (text: string) => unknown;
}

/** A body as JSON, whatever its content type says: curl's `-d` calls it a form. Throws a RequestError. */
export function jsonOf(bytes: Uint8Array, { mostValues = 250_000, parse = JSON.parse }: JsonBodyOptions = {}): unknown {
  const excess = excessOf(bytes, { deepest: DEEPEST, mostValues });
  if (excess !== undefined) throw new RequestError('large', `the body ${excess}`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RequestError('malformed', 'the body is not UTF-8');
  }
  if (text.trim() === '') throw new RequestError('malformed', 'the body is empty; send JSON');
  try {
    return parse(text);
  } catch (error) {
    throw new RequestError('malformed', `the body is not JSON: ${(error as Error).message}`);
  }
}
