import { createTurns } from '../time/turn.ts';
import type { FieldValue } from '../types.ts';

/** Pairs that were understood in a front matter that is not valid as a whole. */
export interface Pairs {
  readonly title?: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
  /** How many keys were found. */
  readonly understood: number;
}

type Parse = (
  entry: string,
) => Promise<{ readonly title?: string; readonly fields: Readonly<Record<string, FieldValue>> } | { readonly reason: string }>;

const pairPattern: Readonly<Record<':' | '=', RegExp>> = {
  ':': /^("[^"]*"|'[^']*'|[^\s:"'][^:]*?)[ \t]*:(?!\/\/)(.*)/,
  '=': /^("[^"]*"|'[^']*'|[^\s="'][^=]*?)[ \t]*=(.*)/,
};

/**
 * Reads each entry for itself: as `parse` does where it can, otherwise the rest of a `key: value` line as text, quotes around it and a
 * comment after it taken off. Entries of which neither can be said are left out.
 */
export async function simplePairs(body: string, sign: ':' | '=', parse: Parse | undefined): Promise<Pairs> {
  const pairs = new Map<string, FieldValue>();
  let title: string | undefined;
  const turn = createTurns();
  for (const entry of entriesOf(body, sign)) {
    await turn();
    const parsed = await parse?.(entry);
    if (parsed !== undefined && 'fields' in parsed) {
      if (parsed.title !== undefined) title = parsed.title;
      for (const [key, value] of Object.entries(parsed.fields)) pairs.set(key, value);
      continue;
    }
    const [, name, rest = ''] = pairPattern[sign].exec(entry) ?? [];
    if (name === undefined) continue;
    const value = unquoted(rest.replace(/[ \t]#.*$/, '')).toWellFormed();
    if (value === '') continue;
    if (unquoted(name) === 'title') title = value;
    else pairs.set(unquoted(name).toWellFormed(), value);
  }
  const fields = Object.fromEntries(pairs);
  return { ...(title !== undefined && { title }), fields, understood: pairs.size + (title === undefined ? 0 : 1) };
}

/** Each key at the margin with the lines below it that are indented or list items; of TOML also a `[table]` with its keys. */
function entriesOf(body: string, sign: ':' | '='): readonly string[] {
  const entries: string[][] = [];
  for (const line of body.split(/\r\n?|\n/)) {
    const inTable = sign === '=' && entries.at(-1)?.[0]?.startsWith('[');
    if (inTable ? line.startsWith('[') : /^(?:[^\s#\]}-]|-[^\s])/.test(line)) entries.push([line]);
    else entries.at(-1)?.push(line);
  }
  return entries.map((lines) => lines.join('\n'));
}

function unquoted(value: string): string {
  const text = value.trim();
  const quote = text[0];
  return (quote === '"' || quote === "'") && text.length > 1 && text.endsWith(quote) ? text.slice(1, -1) : text;
}
