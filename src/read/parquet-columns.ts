import type { SchemaTree } from 'hyparquet';
import type { FieldValue } from '../types.ts';
import { durationOf, fieldValueOf, hiddenTypeOf } from './parquet-values.ts';

/** A cell as JSON can hold it. */
export type ReadCell = (cell: unknown, where: string) => FieldValue;

/**
 * How the cells of each column are read, in lists, maps and structs too. Types of which hyparquet would lose digits, or which it leaves as numbers,
 * are taken out of the schema that it looks at. `units`: see `durationUnits`.
 */
export function columnReaders(columns: readonly SchemaTree[], units: readonly (bigint | undefined)[]): readonly ReadCell[] {
  const leaves = columns.flatMap(leavesOf);
  // Where the two schemas do not fit, nothing is known of durations.
  const unitOf = new Map(units.length === leaves.length ? leaves.map((leaf, at) => [leaf, units[at]]) : []);
  return columns.map((column) => readerOf(column, unitOf) ?? fieldValueOf);
}

type Units = ReadonlyMap<SchemaTree, bigint | undefined>;

const leavesOf = (tree: SchemaTree): readonly SchemaTree[] => (tree.children.length === 0 ? [tree] : tree.children.flatMap(leavesOf));

/** undefined: nothing in it needs a reader of its own. */
function readerOf(tree: SchemaTree, units: Units): ReadCell | undefined {
  const { element, children } = tree;
  const [only, ...others] = children;
  if (only === undefined) return leafReader(tree, units);
  const isSingle = others.length === 0 && only.element.repetition_type === 'REPEATED';
  if (element.converted_type === 'LIST' && isSingle && only.children.length <= 1)
    return listReader(readerOf(only.children[0] ?? only, units));
  if (element.converted_type === 'MAP' && isSingle && only.children.length === 2)
    return mapReader(readerOf(only.children[1] as SchemaTree, units));
  if (element.repetition_type === 'REPEATED' || element.logical_type?.type === 'VARIANT') return undefined;
  const readers = new Map(children.map((child) => [child.element.name, readerOf(child, units)]));
  if ([...readers.values()].every((reader) => reader === undefined)) return undefined;
  return (cell, where) => fieldsOf(cell, where, (field) => readers.get(field));
}

function leafReader(tree: SchemaTree, units: Units): ReadCell | undefined {
  const { element } = tree;
  const unit = units.get(tree);
  const isBare = element.type === 'INT64' && element.converted_type === undefined && element.logical_type === undefined;
  const own = hiddenTypeOf(element) ?? (isBare && unit !== undefined ? (cell: unknown) => durationOf(cell, unit) : undefined);
  if (own === undefined) return undefined;
  Object.assign(element, { converted_type: undefined, logical_type: undefined });
  return element.repetition_type === 'REPEATED' ? listReader(own) : own;
}

const listReader = (item: ReadCell | undefined): ReadCell | undefined =>
  item && ((cell, where) => (Array.isArray(cell) ? cell.map((one: unknown) => item(one, where)) : item(cell, where)));

const mapReader = (value: ReadCell | undefined): ReadCell | undefined => value && ((cell, where) => fieldsOf(cell, where, () => value));

function fieldsOf(cell: unknown, where: string, readerFor: (field: string) => ReadCell | undefined): FieldValue {
  if (typeof cell !== 'object' || cell === null) return fieldValueOf(cell, where);
  return Object.fromEntries(Object.entries(cell).map(([field, inner]) => [field, (readerFor(field) ?? fieldValueOf)(inner, where)]));
}
