import { RequestError } from '../problem.ts';

/** Objects and lists inside each other. Documents of ten levels are rare. */
const DEEPEST = 32;

/** Depth of a value, counted without recursion: a body may be nothing but brackets. */
const depthOf = (value: unknown): number => {
  let depth = 0;
  let level: readonly unknown[] = [value];
  while (level.length > 0) {
    const next: unknown[] = [];
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue;
      for (const inner of Object.values(one)) if (typeof inner === 'object' && inner !== null) next.push(inner);
    }
    if (level.some((one) => typeof one === 'object' && one !== null)) depth++;
    if (depth > DEEPEST) return depth;
    level = next;
  }
  return depth;
};

/** A body as JSON, whatever its content type says: curl's `-d` calls it a form. Throws a RequestError. */
export const jsonOf = (text: string): unknown => {
  if (text.trim() === '') throw new RequestError('malformed', 'the body is empty; send JSON');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RequestError('malformed', `the body is not JSON: ${(error as Error).message}`);
  }
  if (depthOf(value) > DEEPEST) throw new RequestError('large', `the body is nested more than ${DEEPEST} levels deep`);
  return value;
};
