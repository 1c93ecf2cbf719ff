import { type Comparison, comparisonOf, wantedOf } from '../../filter/comparison.ts';
import type { Condition, Leaf } from '../../filter/condition.ts';
import type { Filter } from '../../filter/filter.ts';
import { readFilter } from '../../filter/read-filter.ts';
import type { FieldValue } from '../../types.ts';
import { shortened } from '../filter-columns.ts';
import type { Manifest } from '../store.ts';
import { type CellField, cellFields, isReadExactly, MISSING, ROUGHLY } from './cells.ts';
import type { Schemas } from './library.ts';

export type QdrantCondition = Schemas['Condition'];

/** A condition of Qdrant's, all points or none of them. Not exact: more may fit it than fits the filter, and never less. */
export interface PointCondition {
  readonly where: QdrantCondition | 'all' | 'none';
  readonly isExact: boolean;
}

const anything: PointCondition = { where: 'all', isExact: false };
const always: PointCondition = { where: 'all', isExact: true };
const never: PointCondition = { where: 'none', isExact: true };

/**
 * A filter as a condition on the cells of the filterable fields. Negations stand at the leaves alone: what has no cell, or none that compares as
 * `documentTest` does (texts in a range, beginnings and pieces of texts), lets everything pass, negated too.
 */
export function conditionFor(
  filter: Filter,
  manifest: Pick<Manifest, 'format' | 'filterable'>,
  rough: ReadonlySet<string> = new Set(),
): PointCondition {
  const fields = new Map(cellFields(manifest).map((of) => [of.field, of]));
  const visit = (condition: Condition, isNegated: boolean): PointCondition => {
    if (condition.kind === 'not') return visit(condition.part, !isNegated);
    if (condition.kind === 'and' || condition.kind === 'or') {
      const parts = condition.parts.map((part) => visit(part, isNegated));
      return (condition.kind === 'and') === isNegated ? any(parts) : all(parts);
    }
    const of = fields.get(condition.field);
    const leaf = of === undefined ? anything : leafFor(condition, of, rough.has(of.numbers ?? ''));
    return isNegated ? negated(leaf) : leaf;
  };
  return visit(readFilter(filter), false);
}

/** Conditions that must all hold, as the filter of a request; nothing where there are none. */
export function allOf(...conditions: readonly (QdrantCondition | undefined)[]): Schemas['Filter'] | undefined {
  const must = conditions.filter((one) => one !== undefined);
  return must.length === 0 ? undefined : { must };
}

function any(parts: readonly PointCondition[]): PointCondition {
  const asked = parts.filter(({ where }) => where !== 'none');
  if (asked.length === 0) return never;
  const isExact = asked.every((part) => part.isExact);
  if (asked.some(({ where }) => where === 'all')) return { where: 'all', isExact };
  return asked.length === 1
    ? (asked[0] as PointCondition)
    : { where: { should: asked.map(({ where }) => where as QdrantCondition) }, isExact };
}

function all(parts: readonly PointCondition[]): PointCondition {
  if (parts.some(({ where }) => where === 'none')) return never;
  const asked = parts.filter(({ where }) => where !== 'all');
  const isExact = parts.every((part) => part.isExact);
  if (asked.length === 0) return { where: 'all', isExact };
  return asked.length === 1
    ? { where: (asked[0] as PointCondition).where, isExact }
    : { where: { must: asked.map(({ where }) => where as QdrantCondition) }, isExact };
}

function negated({ where, isExact }: PointCondition): PointCondition {
  if (!isExact) return anything;
  if (where === 'all') return never;
  return where === 'none' ? always : exactly({ must_not: [where] });
}

function leafFor(leaf: Leaf, of: CellField, isRough: boolean): PointCondition {
  switch (leaf.kind) {
    case 'in':
      return oneOf(leaf.values, of, isRough);
    case 'exists':
      return exactly({ must_not: [{ key: of.keys, match: { value: MISSING } }] });
    case 'prefix':
    case 'contains':
      return anything;
    default: {
      const comparison = comparisonOf(leaf.kind, leaf.limit, of.readAs);
      return comparison === undefined ? never : range(comparison, of, isRough);
    }
  }
}

const exactly = (where: QdrantCondition): PointCondition => ({ where, isExact: true });

function oneOf(values: readonly FieldValue[], of: CellField, isRough: boolean): PointCondition {
  const { keys, spans } = wantedOf(values, of.readAs);
  const wanted = [...keys].map(shortened);
  if (keys.has('null')) wanted.push(MISSING);
  return any([
    wanted.length === 0 ? never : exactly({ key: of.keys, match: { any: wanted } }),
    ...spans.map(({ start, end }) => within({ gte: start, lt: end }, of, isRough)),
  ]);
}

function range({ range: operator, limit }: Comparison, of: CellField, isRough: boolean): PointCondition {
  if (typeof limit !== 'number' || of.numbers === undefined || !isReadExactly(limit)) return anything;
  return within({ [operator]: limit }, of, isRough);
}

/** Documents of which a number is not known to the last bit are tested. */
function within(limits: Schemas['Range'], { keys, numbers }: CellField, isRough: boolean): PointCondition {
  const where = { key: numbers as string, range: limits };
  return isRough ? { where: { should: [where, { key: keys, match: { value: ROUGHLY } }] }, isExact: false } : exactly(where);
}
