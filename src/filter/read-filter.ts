import { messageOf } from '../errors.ts';
import { parseWithLongIntegers } from '../text/long-integers.ts';
import { readOf } from '../wording/check-options.ts';
import { nearestName } from '../wording/nearest-name.ts';
import { type Condition, joined, negated } from './condition.ts';
import type { FilterParts } from './filter.ts';
import { type Count, countOne, DEEPEST, isPlain, leafOf, type Operator, operators, type Plain, refused, shown } from './leaf.ts';
import { readText } from './read-text.ts';

const partNames: readonly (keyof FilterParts)[] = ['fields', 'and', 'or', 'not'];

/**
 * A filter in its normal form, wherever it comes from and however it is written. A part that is not understood would be dropped, and what it was
 * to keep back would be found: E_USAGE.
 *
 * @example
 * import { readFilter } from 'finetooth/plan';
 *
 * const { kind } = readFilter('year >= 2018 and tags in (sea, whales)');
 * console.log(kind); // and
 */
export function readFilter(filter: unknown): Condition {
  return readOf('the filter', () => read(filter, { conditions: 0, filters: 0 }, 1));
}

function read(filter: unknown, count: Count, depth: number): Condition {
  if (depth > DEEPEST) throw refused(`the filter has filters inside each other more than ${DEEPEST} levels deep.`);
  if (typeof filter === 'string') return /^\s*[{[]/.test(filter) ? read(parsed(filter), count, depth) : readText(filter, count, depth);
  if (!isPlain(filter))
    throw refused(`a filter is a text like 'year >= 2018' or an object like {"year": {"gte": 2018}}; got ${shown(filter)}.`);
  const names = Object.keys(filter);
  const others = names.filter((name) => !(partNames as readonly string[]).includes(name));
  if (others.length === names.length) return readFields(filter, count, true);
  const [other] = others;
  if (other !== undefined)
    throw refused(
      `the filter has ${shown(other)}; it takes ${partNames.join(', ')}, and beside them conditions on fields stand in "fields": {"fields": {${shown(other)}: ${shown(filter[other])}}}.${meant(other, partNames)}`,
    );
  const { fields, and, or, not } = filter;
  const parts: Condition[] = [];
  if (fields !== undefined) {
    if (!isPlain(fields)) throw refused(`"fields" of a filter is an object like {"year": {"gte": 2018}}; got ${shown(fields)}.`);
    parts.push(readFields(fields, count, false));
  }
  if (and !== undefined) parts.push(readList('and', and, count, depth));
  if (or !== undefined) parts.push(readList('or', or, count, depth));
  if (not !== undefined) parts.push(negated(readInner(not, count, depth)));
  return joined('and', parts);
}

function parsed(text: string): unknown {
  try {
    return parseWithLongIntegers(text);
  } catch (error) {
    throw refused(`a filter that begins with "${text.trim()[0]}" is read as JSON, and it is none: ${messageOf(error)}.`);
  }
}

/** `isFlat`: the fields are the filter itself, and may be parts whose name is misspelled. */
function readFields(fields: Plain, count: Count, isFlat: boolean): Condition {
  return joined(
    'and',
    Object.entries(fields).map(([field, wanted]) => {
      if (isFlat) checkFlat(field, wanted);
      if (Array.isArray(wanted)) return counted(count, field, 'in', wanted);
      return isPlain(wanted) ? readCondition(field, wanted, count, isFlat) : counted(count, field, 'equals', wanted);
    }),
  );
}

function meant(name: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  return near === undefined ? '' : ` Did you mean "${near}"?`;
}

function readList(kind: 'and' | 'or', list: unknown, count: Count, depth: number): Condition {
  if (!Array.isArray(list)) throw refused(`"${kind}" of a filter is a list of filters; got ${shown(list)}.`);
  // `map` would step over holes.
  return joined(
    kind,
    Array.from(list, (inner) => readInner(inner, count, depth)),
  );
}

function readInner(filter: unknown, count: Count, depth: number): Condition {
  countOne(count, 'filters');
  return read(filter, count, depth + 1);
}

/** Throws E_USAGE for what looks like a part of a filter and is none: as a field it would fit nothing, without a word. */
function checkFlat(name: string, wanted: unknown): void {
  const isPart = Array.isArray(wanted) && Array.from(wanted).some((one) => typeof one === 'object' && one !== null);
  if (!name.startsWith('$') && !isPart) return;
  throw refused(
    `the filter has ${shown(name)}; it takes ${partNames.join(', ')}, or fields. A field of that name stands in "fields": {"fields": {${shown(name)}: …}}.${meant(name, partNames)}`,
  );
}

function counted(count: Count, field: string, operator: Operator, value: unknown): Condition {
  countOne(count, 'conditions');
  return leafOf(field, operator, value);
}

function readCondition(field: string, wanted: Plain, count: Count, isFlat: boolean): Condition {
  const unknown = Object.keys(wanted).find((name) => !(operators as readonly string[]).includes(name));
  const given = operators.filter((name) => wanted[name] !== undefined);
  if (unknown !== undefined || given.length === 0)
    throw refused(
      `the filter of ${shown(field)} has ${unknown === undefined ? 'nothing in it' : shown(unknown)}; it takes ${operators.join(', ')}.${
        meant(unknown ?? '', operators) || (isFlat ? meant(field, partNames) : '')
      }`,
    );
  return joined(
    'and',
    given.map((name: Operator) => counted(count, field, name, wanted[name])),
  );
}
