import { grouped } from './numbers.ts';

/** Names that a sentence shows; a file may hold millions. */
const SHOWN = 20;
/** Characters of each. */
const LONGEST = 60;

/** Names from outside in a sentence: `a, b, c`, `a, b, … and 2,999,980 others`; '' for none. */
export function listedNames(names: readonly string[], shown = SHOWN): string {
  const some = names.slice(0, shown).map((name) => (name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name));
  const others = names.length - some.length;
  if (others === 0) return some.join(', ');
  return `${some.join(', ')} and ${others === 1 ? 'another' : `${grouped(others)} others`}`;
}
