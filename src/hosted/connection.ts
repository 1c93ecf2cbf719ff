import { readFileSync } from 'node:fs';
import { FinetoothError, messageOf } from '../errors.ts';
import { boundedFetch } from './bounded-fetch.ts';
import type { Connection, Vendor } from './vendor.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

export interface ConnectionOptions {
  /** @default the vendor's variable, or the file that the variable with `_FILE` behind it names */
  readonly apiKey?: string;
  /** @default the vendor's variable, else its public address */
  readonly baseURL?: string;
  /** @default those of the process */
  readonly variables?: Variables;
}

/** The key of a vendor, and where it stands; nothing where there is none. Throws E_KEY for a file that cannot be read. */
export function keyOf({ keyVariables }: Vendor, variables: Variables): { readonly key: string; readonly from: string } | undefined {
  for (const name of keyVariables) {
    const key = set(variables[name]);
    if (key !== undefined) return { key, from: name };
    const file = set(variables[`${name}_FILE`]);
    if (file !== undefined) return { key: keyIn(file, `${name}_FILE`), from: `${name}_FILE` };
  }
  return undefined;
}

/**
 * Where a model is, where its name does not say which one it is: `default` of one TEI server is another model than that of the next, and behind an
 * address of one's own a vendor's names may mean anything. Origin and path alone: what may be secret, a password or a query, is left out.
 * undefined at the public address of a vendor.
 */
export function addressOf(vendor: Vendor, options: ConnectionOptions = {}): string | undefined {
  const short = (address: string | undefined): string | undefined => {
    const url = URL.parse(address ?? '');
    return url === null ? undefined : `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  };
  const usual = short(vendor.baseURL);
  const address = short(givenAddress(vendor, options)) ?? usual;
  return vendor.keyless !== true && address === usual ? undefined : address;
}

/** Throws E_KEY where a key is needed and none is there, E_USAGE for an address that is none. */
export function openConnection(vendor: Vendor, options: ConnectionOptions = {}): Connection {
  const { variables = process.env } = options;
  const key = set(options.apiKey) ?? keyOf(vendor, variables)?.key;
  const [usual] = vendor.keyVariables;
  if (key === undefined && usual !== undefined && vendor.keyless !== true)
    throw new FinetoothError('E_KEY', `${vendor.title} needs a key: set ${usual}, or ${usual}_FILE to the path of a file that holds it.`);
  if (key !== undefined && /[^\x20-\x7e]/.test(key))
    throw new FinetoothError('E_KEY', `the key for ${vendor.title} holds a character that no key has; look at ${usual}.`);
  const given = givenAddress(vendor, options) ?? vendor.baseURL;
  if (given === undefined) throw new FinetoothError('E_USAGE', `${vendor.title} has no address of its own: set ${vendor.baseVariable}.`);
  if (!URL.canParse(given) || !/^https?:/.test(given))
    throw new FinetoothError(
      'E_USAGE',
      `the address of ${vendor.title} must begin with http:// or https://; ${vendor.baseVariable} is none.`,
    );
  return {
    baseURL: given.replace(/\/+$/, ''),
    key,
    fetch: boundedFetch,
    variable: (name) => set(variables[name]),
  };
}

const set = (value: string | undefined): string | undefined => (value === undefined || value.trim() === '' ? undefined : value.trim());

function keyIn(path: string, variable: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new FinetoothError('E_KEY', `the file that ${variable} names cannot be read (${messageOf(error)}).`, { cause: error });
  }
  const key = text.split(/\r?\n/).find((line) => line.trim() !== '');
  if (key === undefined) throw new FinetoothError('E_KEY', `the file that ${variable} names is empty; its first line is the key.`);
  return key.trim();
}

const givenAddress = (vendor: Vendor, { baseURL, variables = process.env }: ConnectionOptions): string | undefined =>
  set(baseURL) ?? set(variables[vendor.baseVariable]);
