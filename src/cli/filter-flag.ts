import { FinetoothError, messageOf } from '../errors.ts';
import { checkFilter, type FieldCondition, type Filter } from '../plan.ts';

/** `!=` before `=`, so that no sign is read as half of another. */
const SHORT = /^([^<>=!]+?)\s*(>=|<=|!=|=|>|<)\s*(.*)$/s;
const operatorOf = { '>=': 'gte', '<=': 'lte', '>': 'gt', '<': 'lt', '!=': 'not' } as const satisfies Record<string, keyof FieldCondition>;

const parsed = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
};

const refused = (text: string, why: string): FinetoothError =>
  new FinetoothError('E_USAGE', `--filter ${JSON.stringify(text.slice(0, 200))}: ${why}`);

/** One `--filter`: JSON as the library takes it, or a field, a sign and a value, which is JSON where it can be and a text where it cannot. */
const filterOf = (text: string): Filter => {
  const json = parsed(text);
  const short = SHORT.exec(text.trim());
  if (json === undefined && (short === null || text.trimStart().startsWith('{')))
    throw refused(
      text,
      `it takes 'year>=2018', 'tags=sea', 'lang!=en' (also <=, >, <), or JSON such as '{"fields": {"year": {"gte": 2018}}}'.`,
    );
  let filter = json?.value;
  if (json === undefined && short !== null) {
    const [, field, sign, said] = short as unknown as [string, string, keyof typeof operatorOf | '=', string];
    const value = (parsed(said) ?? { value: said }).value;
    filter = { fields: Object.fromEntries([[field.trim(), sign === '=' ? value : { [operatorOf[sign]]: value }]]) };
  }
  try {
    checkFilter(filter);
  } catch (error) {
    throw refused(text, messageOf(error));
  }
  return filter;
};

/** A filter that fits what fits both: side by side where no part stands in both, else "none of those that do not fit". */
const bothOf = (one: Filter, other: Filter): Filter => {
  const twice =
    Object.keys(one.fields ?? {}).some((field) => Object.hasOwn(other.fields ?? {}, field)) ||
    (one.or !== undefined && other.or !== undefined) ||
    (one.not !== undefined && other.not !== undefined);
  if (twice) return { not: { or: [{ not: one }, { not: other }] } };
  const fields = { ...one.fields, ...other.fields };
  return {
    ...(Object.keys(fields).length === 0 ? {} : { fields }),
    ...(one.or === undefined && other.or === undefined ? {} : { or: one.or ?? other.or }),
    ...(one.not === undefined && other.not === undefined ? {} : { not: one.not ?? other.not }),
  };
};

/** All of several filters; undefined: nothing is asked. Throws E_USAGE with the text of the one that is not understood. */
export const filterFlag = (texts: readonly string[] | undefined, before?: Filter): Filter | undefined =>
  (texts ?? []).map(filterOf).reduce<Filter | undefined>((all, one) => (all === undefined ? one : bothOf(all, one)), before);
