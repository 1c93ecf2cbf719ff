import type { Scalar, ScalarTag } from 'yaml';
import { messageOf } from '../errors.ts';
import { MOST_NAMES } from '../text/json-shape.ts';
import type { FieldValue, ReadNote } from '../types.ts';
import { simplePairs } from './simple-pairs.ts';

/** A note whose place is a line of the text, from 1. */
export interface LineNote extends Omit<ReadNote, 'where'> {
  readonly line: number;
}

export interface FrontMatter {
  readonly title?: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** What follows the front matter. */
  readonly text: string;
  readonly notes: readonly LineNote[];
}

interface Block {
  readonly syntax: 'yaml' | 'toml';
  readonly body: string;
  /** Where the text begins, in UTF-16 units; absent for a block that is never closed. */
  readonly end?: number;
}

/** Characters of a front matter that a parser sees; far above what people write, and a tenth of a second of work at the worst. */
const LONGEST = 32 * 1024;

const anyKey = /^(?:"[^"\r\n]*"|'[^'\r\n]*'|[\p{L}\p{N}_$@./ -]+?)[ \t]*:(?!\/\/)|^[{?]/u;

const oneWordKey = /^["']?[\p{L}\p{N}_$@./-]+["']?[ \t]*:(?!\/\/)/u;

/** Why a front matter cannot be read as a whole. `at`: how far into it, in UTF-16 units. */
interface Problem {
  readonly reason: string;
  readonly at: number;
}

interface Parsed {
  readonly title?: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** A key that stands twice. */
  readonly repeated?: Problem;
}

/** `2015-6-1 10:00:00 +0200`, as YAML 1.1 writes a time (https://yaml.org/type/timestamp.html). */
const timestamp = /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d(?:\.\d+)?)[ \t]*(Z|[-+]\d\d?(?::?\d\d)?)?)?$/;

const isoText: ScalarTag = { tag: 'tag:yaml.org,2002:timestamp', default: true, test: timestamp, resolve: isoOf };

/** Levels of lists and maps in one value. */
const DEEPEST = 100;

/**
 * Splits a front matter from the text that follows it: YAML 1.2 (core schema) between two lines `---`, TOML between two lines `+++`.
 * What is not valid is read line by line, with a note; a rule with prose below it, and a block that is never closed, stay in the text.
 */
export async function readFrontMatter(source: string): Promise<FrontMatter> {
  const none = { fields: {}, text: source, notes: [] };
  const block = blockOf(source);
  if (block === undefined || isHeading(block.body) || (block.syntax === 'yaml' && !beginsWithKey(block.body))) return none;
  const { syntax, body, end } = block;
  if (end === undefined) return body.trim() === '' ? none : { ...none, notes: [{ kind: 'open-front-matter', reason: '', line: 1 }] };
  if (hasTooManyKeys(body))
    return { ...none, notes: [{ kind: syntax, reason: `it has more than ${MOST_NAMES} keys and was left in the text`, line: 1 }] };
  const text = source.slice(end);
  const parse = syntax === 'yaml' ? parseYaml : parseToml;
  const whole =
    body.length > LONGEST ? { reason: `it is longer than ${LONGEST / 1024} kB`, at: 0 } : await parse(body.replace(/\r(?!\n)/g, '\n'));
  if ('fields' in whole) {
    const { repeated, ...parsed } = whole;
    const notes: readonly LineNote[] = repeated ? [{ kind: 'repeated-key', reason: repeated.reason, line: lineAt(body, repeated.at) }] : [];
    return { ...parsed, text, notes };
  }
  const parts = await simplePairs(body, syntax === 'yaml' ? ':' : '=', body.length > LONGEST ? undefined : parse);
  if (parts.understood === 0) return none;
  const { title, fields } = parts;
  return {
    fields,
    ...(title !== undefined && { title }),
    text,
    notes: [{ kind: syntax, reason: whole.reason, line: lineAt(body, whole.at) }],
  };
}

function hasTooManyKeys(body: string): boolean {
  let count = 0;
  for (const _ of body.matchAll(/^[^\s#]/gm)) if (++count > MOST_NAMES) return true;
  return false;
}

/** What stands between two lines `---` (or `---` and `...`), or `+++` for TOML, at the very start. */
function blockOf(source: string): Block | undefined {
  const open = /^(---|\+\+\+)[ \t]*(?:\r\n?|\n)/.exec(source);
  if (!open) return undefined;
  const syntax = open[1] === '---' ? 'yaml' : 'toml';
  const close = syntax === 'yaml' ? /^(?:---|\.\.\.)[ \t]*$/gm : /^\+\+\+[ \t]*$/gm;
  close.lastIndex = open[0].length;
  const found = close.exec(source);
  if (!found) return { syntax, body: source.slice(open[0].length, open[0].length + LONGEST) };
  const after = /\r\n?|\n|$/y;
  after.lastIndex = close.lastIndex;
  after.exec(source);
  return { syntax, body: source.slice(open[0].length, found.index), end: after.lastIndex };
}

/** Whether it holds comments alone, of which one is no key that was taken out: then it is a heading between two rules. */
const isHeading = (body: string): boolean =>
  !/^[ \t]*[^\s#]/m.test(body) &&
  /^[ \t]*#+[ \t]*[^\s#]/m.test(body.replace(/^[ \t]*#+[ \t]*["']?[\p{L}\p{N}_$@./-]+["']?[ \t]*[:=].*$/gmu, ''));

/** Whether it begins like a map of keys, blank lines and comments apart, rather than like prose between two rules. */
function beginsWithKey(body: string): boolean {
  const at = body.search(/^[ \t]*[^\s#]/m);
  return at < 0 || (at === 0 ? anyKey : oneWordKey).test(body.slice(at, at + 200).trimStart());
}

/** The map that a YAML text is; a Problem where it is none. Of keys that stand twice the last counts, as in JSON. */
async function parseYaml(body: string): Promise<Parsed | Problem> {
  const { isAlias, isMap, isScalar, parseDocument, visit } = await import('yaml');
  try {
    const document = parseDocument(body, {
      version: '1.2',
      schema: 'core',
      customTags: [isoText],
      resolveKnownTags: false,
      intAsBigInt: true,
      // Its own check compares every key with every other; see `repeated`.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
    });
    const [error] = document.errors;
    if (error) return { reason: reasonOf(error), at: error.pos[0] };
    const map = document.contents;
    if (map === null) return { fields: {} };
    if (!isMap(map)) return { reason: 'it holds no keys', at: 0 };
    let repeated: Problem | undefined;
    visit(document, {
      Map: (_, { items }) => {
        const keys = new Set<string>();
        for (const { key } of items) {
          if (!isScalar(key)) continue;
          const name = String(key.value);
          if (keys.has(name)) repeated ??= { reason: `"${reasonOf(name)}"`, at: key.range?.[0] ?? 0 };
          keys.add(name);
        }
      },
    });
    const { title: value, ...fields } = jsonOf(document.toJS({ maxAliasCount: 100 })) as Readonly<Record<string, FieldValue>>;
    // As it is written: 007 and 1.10 are titles too.
    const written = map.items.findLast(({ key }) => isScalar(key) && key.value === 'title')?.value;
    const node = isAlias(written) ? written.resolve(document) : written;
    const plain = isScalar(node) ? (node as Scalar) : undefined;
    const range = (node as Scalar | null | undefined)?.range;
    const title =
      value === null || value === undefined
        ? ''
        : plain !== undefined
          ? typeof plain.value === 'string'
            ? (value as string)
            : (plain.source ?? String(value))
          : range
            ? body.slice(range[0], range[1])
            : '';
    return { fields, ...(title.trim() !== '' && { title: oneLine(title) }), ...(repeated && { repeated }) };
  } catch (error) {
    return { reason: reasonOf(error), at: 0 };
  }
}

async function parseToml(body: string): Promise<Parsed | Problem> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    const { title: value, ...fields } = jsonOf(parse(body, { integersAsBigInt: 'asNeeded', maxDepth: DEEPEST })) as Readonly<
      Record<string, FieldValue>
    >;
    const title = value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value);
    return { fields, ...(title.trim() !== '' && { title: oneLine(title) }) };
  } catch (error) {
    const line = error instanceof TomlError ? error.line : 1;
    return { reason: reasonOf(error).replace(/^Invalid TOML document: /, ''), at: startOfLine(body, line) };
  }
}

const lineAt = (body: string, at: number): number => body.slice(0, at).split(/\r\n?|\n/).length + 1;

const reasonOf = (error: unknown): string =>
  (messageOf(error).split(/[\r\n]/, 1)[0] ?? '')
    .replace(/ at line \d+, column \d+:?$/, '')
    .replace(/[\u0000-\u001f\u007f]/g, ' ')
    .slice(0, 120)
    .toWellFormed();

/** As JSON can hold it: digits of long integers and infinities as text, NaN as null, dates as ISO 8601. Throws where it nests too deep. */
function jsonOf(value: unknown, depth = 0): FieldValue {
  if (depth > DEEPEST) throw new Error(`it is nested more than ${DEEPEST} levels deep, or in itself`);
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return Number.isNaN(value) ? null : value > 0 ? '.inf' : '-.inf';
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) return null;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item: unknown) => jsonOf(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toWellFormed(), jsonOf(inner, depth + 1)]));
}

const oneLine = (text: string): string => text.replace(/\s*[\r\n]\s*/g, ' ').trim();

function startOfLine(text: string, line: number): number {
  let at = 0;
  for (let left = line - 1; left > 0; left--) at = text.indexOf('\n', at) + 1;
  return at;
}

function isoOf(written: string): string {
  const [, year, month = '', day = '', hour, minute, second, zone = ''] = timestamp.exec(written) ?? [];
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  if (hour === undefined) return date;
  const [, sign, hours = '', minutes = '00'] = /^([-+])(\d\d?):?(\d\d)?$/.exec(zone) ?? [];
  return `${date}T${hour.padStart(2, '0')}:${minute}:${second}${sign === undefined ? zone : `${sign}${hours.padStart(2, '0')}:${minutes}`}`;
}
