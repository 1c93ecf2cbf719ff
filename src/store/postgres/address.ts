import { FinetoothError } from '../../errors.ts';
import { checkedSettings, type PostgresSettings, settingsIn, settingTable } from './options.ts';

export const schemes = ['postgres', 'postgresql'] as const;
export const example = 'postgres://user@host:5432/database/films';

/** What an address without the name of an index stands for. */
export const DEFAULT_INDEX = 'finetooth';
/** PostgreSQL cuts longer names, so that two would be one. */
const LONGEST_NAME = 63;

export interface Address {
  /** Of the database, as `pg` takes it. */
  readonly connectionString: string;
  readonly index: string;
  readonly settings: PostgresSettings;
  /** The address without what is secret in it. */
  readonly shown: string;
}

/** Throws E_USAGE for an address that cannot be read. */
export function readAddress(address: string): Address {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !schemes.some((scheme) => url.protocol === `${scheme}:`))
    throw new FinetoothError('E_USAGE', `${withoutSecret(address)} is not an address of an index in PostgreSQL: ${form}.`);
  const shown = shownAddress(address);
  const segments = url.pathname.split('/').slice(1).map(decoded);
  if (segments.at(-1) === '') segments.pop();
  if (segments.some((segment) => segment === undefined || segment === ''))
    throw new FinetoothError('E_USAGE', `${shown} has an empty or damaged part in its path: ${form}.`);
  if (segments.length === 0 || segments.length > 2)
    throw new FinetoothError(
      'E_USAGE',
      `${shown} names ${segments.length === 0 ? 'no database' : 'more than a database and an index'}: ${form}.`,
    );
  const [database, index = DEFAULT_INDEX] = segments as readonly string[];
  checkName(index, shown);
  const settings = settingsIn(url.searchParams, shown);
  checkedSettings(settings, (name) => `"${settingTable[name].option}" of ${shown}`);
  url.pathname = `/${encodeURIComponent(database as string)}`;
  return { connectionString: url.href, index, settings, shown };
}

/** Throws E_USAGE for a name that cannot be that of a schema. */
export function checkName(index: string, where: string): void {
  const refuse = (why: string): never => {
    throw new FinetoothError('E_USAGE', `${JSON.stringify(index)} cannot be the name of an index in ${where}: ${why}.`);
  };
  if (index === '') refuse('it is empty');
  if (!index.isWellFormed() || /\p{Cc}/u.test(index)) refuse('it has characters that PostgreSQL does not take in names');
  if (Buffer.byteLength(index) > LONGEST_NAME) refuse(`it is longer than ${LONGEST_NAME} bytes`);
  if (/^pg_/i.test(index) || index === 'information_schema') refuse('it is one of PostgreSQL itself');
}

/** An address as answers and errors show it: without its password, and without options that may hold one. */
export function shownAddress(address: string): string {
  if (!URL.canParse(address)) return withoutSecret(address);
  const url = new URL(address);
  url.password = '';
  for (const name of [...url.searchParams.keys()]) if (/password|options|key/i.test(name)) url.searchParams.delete(name);
  return url.href;
}

const form = `it is written as ${example}, where the last part is the name of the index`;

const withoutSecret = (address: string): string => address.replace(/:\/\/[^/@]*@/, '://…@').slice(0, 200);

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
