import { readFileSync } from 'node:fs';
import { FinetoothError, messageOf } from '../errors.ts';

/** `--query-vector`: numbers as JSON, or `@FILE` that holds them. Throws E_USAGE for anything else. */
export function vectorFlag(given: string | undefined): readonly number[] | undefined {
  if (given === undefined) return undefined;
  const text = given.startsWith('@') ? textIn(given.slice(1)) : given;
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value)) return value as readonly number[];
  } catch {}
  throw new FinetoothError(
    'E_USAGE',
    `--query-vector takes a list of numbers in JSON, such as '[0.12, -0.03]', or @FILE that holds it; got ${JSON.stringify(text.slice(0, 60))}.`,
  );
}

function textIn(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new FinetoothError('E_INPUT_MISSING', `--query-vector @${path}: the file cannot be read (${messageOf(error)}).`, {
      cause: error,
    });
  }
}
