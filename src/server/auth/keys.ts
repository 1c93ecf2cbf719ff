import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { FinetoothError } from '../../errors.ts';
import { checkArguments } from '../../wording/check-options.ts';
import { anyText, optional } from '../../wording/check-shapes.ts';
import { counted } from '../../wording/numbers.ts';

/** Who may ask. Keys are kept as SHA-256 only: they are random, so that a slow hash would add nothing. */
export interface Keys {
  /** The name of the key, `key 1` where it has none; undefined for a wrong or a missing one. */
  nameOf(key: string | undefined): string | undefined;
  readonly count: number;
}

export interface ReadKeysOptions {
  /** Take a file without a key, which lets no one in. @default false */
  readonly mayBeEmpty?: boolean;
}

const PREFIX = 'sha256:';
/** Shorter ones can be guessed. */
const LEAST_CHARACTERS = 16;

/**
 * Keys of a file: one a line, as it is or as `sha256:` and 64 hex digits, then optionally a space and a name. Empty lines and lines that begin
 * with # are left out.
 *
 * @throws E_USAGE for a line that is no key
 */
export function readKeys(text: string, from: string, { mayBeEmpty = false }: ReadKeysOptions = {}): Keys {
  const known = text.split(/\r?\n/).flatMap((line, at) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const [key = '', ...rest] = trimmed.split(/\s+/);
    const name = rest.join(' ') || `key ${at + 1}`;
    if (key.startsWith(PREFIX)) {
      const hex = key.slice(PREFIX.length);
      if (!/^[0-9a-f]{64}$/i.test(hex))
        throw new FinetoothError('E_USAGE', `line ${at + 1} of ${from}: "${PREFIX}" takes 64 hex digits behind it; got ${hex.length}.`);
      return [{ name, hash: Buffer.from(hex, 'hex') }];
    }
    if (key.length < LEAST_CHARACTERS)
      throw new FinetoothError(
        'E_USAGE',
        `line ${at + 1} of ${from} has a key of ${counted(key.length, 'character')}; one of at least ${LEAST_CHARACTERS} cannot be guessed. Make one with "finetooth key".`,
      );
    return [{ name, hash: hashOf(key) }];
  });
  if (known.length === 0 && !mayBeEmpty)
    throw new FinetoothError('E_USAGE', (say) => `there is no key in ${from}. Make one with ${say.makeKey(from)}.`);
  return {
    count: known.length,
    nameOf: (key) => {
      if (key === undefined) return undefined;
      const hash = hashOf(key);
      // All are compared, so that the time says nothing of which.
      return known.filter((one) => timingSafeEqual(one.hash, hash))[0]?.name;
    },
  };
}

/**
 * A new key, and the line that stands for it in a file.
 *
 * @example
 * import { appendFile } from 'node:fs/promises';
 * import { newKey } from 'finetooth/server';
 *
 * const { key, line } = newKey('the shop');
 * await appendFile('keys', `${line}\n`); // the key itself is shown once, and kept nowhere
 * console.log(key.startsWith('ft_'), line.endsWith(' the shop')); // true true
 */
export function newKey(name?: string): { readonly key: string; readonly line: string } {
  checkArguments("newKey('the shop')", { name: [name, optional(anyText)] });
  const key = `ft_${randomBytes(24).toString('base64url')}`;
  return { key, line: `${PREFIX}${hashOf(key).toString('hex')}${name === undefined ? '' : ` ${name}`}` };
}

/**
 * The key of a request: `Authorization: Bearer KEY`, as nearly all vendors have it, else `x-api-key` or `api-key`. A header without a key in it is one that was not
 * sent: applications leave them empty where a form was.
 */
export function keyOf(headers: Readonly<Record<string, string | string[] | undefined>>): string | undefined {
  // Mixedbread's client sends the key alone.
  const own = textOf(headers.authorization)
    ?.replace(/^(bearer|token|api-key)(\s+|$)/i, '')
    .trim();
  const all = [own, textOf(headers['x-api-key']), textOf(headers['api-key'])];
  return all.find((key) => key !== undefined && /^\S+$/.test(key));
}

const textOf = (header: string | string[] | undefined): string | undefined => (typeof header === 'string' ? header.trim() : undefined);

const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();
