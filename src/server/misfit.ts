import type { core, ZodError } from 'zod';
import { shown } from '../wording/check-options.ts';
import { RequestError } from './problem.ts';

type Issue = core.$ZodIssue;

/** What is wrong at a place of a body, and what would be right there. */
interface Fault {
  readonly path: readonly PropertyKey[];
  /** What is taken there; several where the schema has a choice. */
  readonly takes: readonly string[];
  /** A sentence of the schema's own, which says what is wrong. */
  readonly sentence?: string;
}

/** What a schema found in a body: which field, at which place, what is taken there, and what was got. */
export function misfit(error: ZodError, sent: unknown): RequestError {
  const [first] = error.issues;
  if (first === undefined) return new RequestError('malformed', 'the body does not have the form that this endpoint takes');
  const { path: at, takes, sentence } = faultOf(first);
  const path = at.map(String).join('.');
  const got = valueAt(sent, at);
  const said = sentence ?? `${takes.join(' or ')}; got ${got === undefined ? 'nothing' : shown(got)}`;
  return new RequestError('malformed', path === '' ? said : `${path}: ${said}`, { param: path || undefined });
}

/** Of a choice, that which got furthest into what was sent: the others were not meant. */
function faultOf(issue: Issue): Fault {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0 || isOwn(issue)) return { path: issue.path, ...wordsOf(issue) };
  const faults = issue.errors.flatMap((issues) => (issues[0] === undefined ? [] : [faultOf(issues[0])]));
  const deepest = Math.max(...faults.map(({ path }) => path.length));
  const meant = faults.filter(({ path }) => path.length === deepest);
  const [one] = meant;
  return {
    path: [...issue.path, ...(one?.path ?? [])],
    takes: [...new Set(meant.flatMap(({ takes }) => takes))],
    sentence: meant.length === 1 ? one?.sentence : undefined,
  };
}

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** Whether the schema has words of its own for what it takes, rather than zod's. */
const isOwn = ({ message }: Issue): boolean => !/^(Invalid|Too (small|big)|Unrecognized)/.test(message);

function wordsOf(issue: Issue): Pick<Fault, 'takes' | 'sentence'> {
  if (isOwn(issue))
    return /^(a|one|an) /.test(issue.message) && issue.code !== 'invalid_format'
      ? { takes: [issue.message] }
      : { takes: [], sentence: issue.message };
  switch (issue.code) {
    case 'invalid_type':
      return { takes: [kinds[issue.expected] ?? `a ${issue.expected}`] };
    case 'invalid_value':
      return { takes: [issue.values.length === 1 ? shown(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`] };
    case 'too_small':
      return { takes: [`${measured(issue.origin)} of at least ${issue.minimum}${unitOf(issue.origin)}`] };
    case 'too_big':
      return { takes: [`${measured(issue.origin)} of at most ${issue.maximum}${unitOf(issue.origin)}`] };
    default:
      return { takes: [], sentence: issue.message };
  }
}

const measured = (origin: string): string =>
  origin === 'int' || origin === 'number' ? 'a whole number' : origin === 'string' ? 'a text' : 'a list';

const unitOf = (origin: string): string => (origin === 'string' ? ' characters' : origin === 'array' ? ' items' : '');

function valueAt(sent: unknown, path: readonly PropertyKey[]): unknown {
  let at: unknown = sent;
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Readonly<Record<PropertyKey, unknown>>)[name];
  }
  return at;
}
