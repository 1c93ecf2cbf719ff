import type { FieldFilter, Pipeline, Unread } from './address.ts';

type Tell = (why: string) => undefined;

/** What every request of the page says itself; a pipeline that says it would be shown as what it is not. */
const ofThePage = new Set(['index', 'query', 'top', 'offset', 'cursor', 'stream', 'snippets', 'stages', 'documents', 'explain', 'vector']);

/**
 * The parameters of a link by their names, each once. Those of others are none of ours, unless they look like one that lost a letter: a mail program or a chat
 * may cut a link, write `&amp;` for `&`, or break an escape.
 */
export function readNames(
  search: string,
  known: readonly string[],
): { readonly words: ReadonlyMap<string, string>; readonly unread: Unread[] } {
  const words = new Map<string, string>();
  const unread: Unread[] = [];
  for (const part of search.replace(/^\?/, '').split('&')) {
    if (part === '') continue;
    const [[given, value] = ['', '']] = new URLSearchParams(part);
    const name = given.replace(/^amp;/, '');
    if (!known.includes(name)) {
      const meant = known.find((one) => isAlike(name, one));
      if (meant !== undefined) unread.push({ name, why: `is no part of a link of this page; "${meant}" may be meant` });
    } else if (words.has(name)) unread.push({ name, why: 'stands there twice; the first one counts' });
    else {
      words.set(name, value);
      if (isBroken(part))
        unread.push({ name, why: `has an escape that is broken, as that of a link that was cut; it was read as "${shown(value)}"` });
    }
  }
  return { words, unread };
}

/** An object that was written as JSON; undefined where there is none. */
export function readJson(text: string | undefined, tell: Tell): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  } catch {
    return tell(`is not whole: "${shown(text)}"; it was left out`);
  }
  return tell(`is "${shown(text)}", and takes an object; it was left out`);
}

export function readPipeline(all: Readonly<Record<string, unknown>> | undefined, tell: Tell): Pipeline | undefined {
  if (all === undefined) return undefined;
  const foreign = Object.keys(all).filter((key) => ofThePage.has(key));
  if (foreign.length > 0) tell(`says ${foreign.join(', ')}, which the page says itself; left out`);
  return Object.fromEntries(Object.entries(all).filter(([key]) => !ofThePage.has(key)));
}

/** Filters by the names of their fields. */
export function readFields(all: Readonly<Record<string, unknown>> = {}, tell: Tell): Readonly<Record<string, FieldFilter>> {
  const found: Record<string, FieldFilter> = Object.create(null);
  for (const [field, given] of Object.entries(all)) {
    const named = `of the field "${shown(field)}"`;
    if (typeof given !== 'object' || given === null || Array.isArray(given)) {
      tell(`${named} is ${shown(JSON.stringify(given))}, and takes any, from, to; left out`);
      continue;
    }
    const { any, from, to, ...others } = given as Readonly<Record<string, unknown>>;
    const values = Array.isArray(any) ? any.filter(isPlain) : [];
    const wrong = [
      ...(any !== undefined && (!Array.isArray(any) || values.length < any.length || values.length === 0) ? ['any'] : []),
      ...(from !== undefined && !isBound(from) ? ['from'] : []),
      ...(to !== undefined && !isBound(to) ? ['to'] : []),
      ...Object.keys(others).map(shown),
    ];
    if (wrong.length > 0) tell(`${named} has what is not a value of any, from or to (${wrong.join(', ')}); left out`);
    const filter: FieldFilter = {
      any: values.length > 0 ? values : undefined,
      from: isBound(from) ? from : undefined,
      to: isBound(to) ? to : undefined,
    };
    if (Object.values(filter).some((value) => value !== undefined)) found[field] = filter;
    else if (wrong.length === 0) tell(`${named} is empty; left out`);
  }
  return found;
}

const isPlain = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value);
const isBound = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

/** Of a name or a value of anyone's. */
const shown = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** The same in other case, one of three letters and more that lost its end, or one letter away from it. */
function isAlike(name: string, known: string): boolean {
  const lower = name.toLowerCase();
  if (lower === known || meanings[lower] === known) return true;
  if (lower.length < 3 || known.length < 3) return false;
  return known.startsWith(lower) || isOneAway(lower, known);
}

/** As who writes a link by hand may call them. */
const meanings: Readonly<Record<string, string>> = {
  query: 'q',
  filter: 'where',
  filters: 'where',
  pipeline: 'a',
  pipelines: 'a',
  seed: 'blind',
};

function isOneAway(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  // One letter too many, one missing, or another one.
  return a.slice(at + 1) === b.slice(at) || a.slice(at) === b.slice(at + 1) || a.slice(at + 1) === b.slice(at + 1);
}

/** A percent sign that begins an escape and ends none; one before what never was an escape is someone's own. */
function isBroken(part: string): boolean {
  if (/%[\da-f]?$/i.test(part)) return true;
  try {
    decodeURIComponent(part.replace(/%(?![\da-f]{2})/gi, '%25'));
    return false;
  } catch {
    return true;
  }
}
