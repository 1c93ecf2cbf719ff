import { FinetoothError } from '../../errors.ts';
import { nearestName } from '../../wording/nearest-name.ts';
import type { PostgresPool } from './pool.ts';

/** Numbers that shape an index in PostgreSQL and its searches. */
export interface PostgresSettings {
  /** Candidates that a search in the HNSW index keeps, at least. 10 to 1,000; more find more and take longer. @default 600: 100,000 documents, recall@25 .995 with 400, .996 with 600 */
  readonly ef?: number;
  /** Links of a vector in the HNSW index. 2 to 100; taken when it is built. @default 16 */
  readonly m?: number;
  /** Candidates while the HNSW index is built. 4 to 1,000, at least twice `m`. @default 128: of 100,000 documents 64 left recall@25 between .987 and .993 from one time to another */
  readonly efConstruction?: number;
  /** Passages up to which every vector is compared, and from which on the HNSW index is built. 0 to 10,000,000. @default 20,000 */
  readonly exactBelow?: number;
  /** Megabytes of the server's memory that building an index may take, where `maintenance_work_mem` gives less. 1 to 1,000,000. @default 512 */
  readonly buildMemory?: number;
  /** Connections at most. 2 to 100; each stream of entries holds one. Not of a pool that was passed in. @default 8 */
  readonly connections?: number;
  /** Another generation of the index than the one that is searched, as a rebuild makes it. @default the one that is searched */
  readonly generation?: number;
}

export interface PostgresStoreOptions extends PostgresSettings {
  /** Where the database is, as `pg` takes it: `postgres://user@host:5432/database`. Either this or a pool. */
  readonly connectionString?: string;
  /** A `Pool` of `pg`, or what can do the same; a single connection is used by one at a time. It is not closed with the store. */
  readonly pool?: PostgresPool;
  /** Name of the index, and of its schema: 1 to 63 bytes, not beginning with `pg_`. @default finetooth */
  readonly index?: string;
}

export type Settings = { readonly [Name in Exclude<keyof PostgresSettings, 'generation'>]-?: number } & Pick<
  PostgresSettings,
  'generation'
>;

/** Every setting once: its name in an address, its range, its default and a sentence for people. */
export const settingTable: Readonly<
  Record<keyof PostgresSettings, { readonly option: string; readonly least: number; readonly most: number; readonly otherwise?: number }>
> = {
  ef: { option: 'ef', least: 10, most: 1000, otherwise: 600 },
  m: { option: 'm', least: 2, most: 100, otherwise: 16 },
  efConstruction: { option: 'ef-construction', least: 4, most: 1000, otherwise: 128 },
  exactBelow: { option: 'exact-below', least: 0, most: 10_000_000, otherwise: 20_000 },
  buildMemory: { option: 'build-memory', least: 1, most: 1_000_000, otherwise: 512 },
  connections: { option: 'connections', least: 2, most: 100, otherwise: 8 },
  generation: { option: 'generation', least: 1, most: 2 ** 31 - 1 },
};

/** What `pg` reads from an address. */
const clientOptions = [
  ...['sslmode', 'sslcert', 'sslkey', 'sslrootcert', 'sslnegotiation', 'uselibpqcompat', 'ssl'],
  ...['application_name', 'fallback_application_name', 'options', 'client_encoding', 'host', 'port', 'user', 'password'],
  ...['connect_timeout', 'keepalives', 'statement_timeout', 'lock_timeout', 'query_timeout', 'idle_in_transaction_session_timeout'],
];

/** The settings with their defaults. Throws E_USAGE for one that is out of its range; `nameOf` says what it is called. */
export function checkedSettings(given: PostgresSettings, nameOf: (name: keyof PostgresSettings) => string = (name) => name): Settings {
  const names = Object.keys(settingTable) as (keyof PostgresSettings)[];
  const all = Object.fromEntries(
    names.map((name) => {
      const { least, most, otherwise } = settingTable[name];
      const value = given[name] ?? otherwise;
      if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= most))
        throw new FinetoothError('E_USAGE', `${nameOf(name)} is a whole number from ${least} to ${most}; got ${value}.`);
      return [name, value];
    }),
  ) as unknown as Settings;
  if (all.efConstruction < 2 * all.m)
    throw new FinetoothError(
      'E_USAGE',
      `${nameOf('efConstruction')} must be at least twice ${nameOf('m')}, which is ${all.m}; got ${all.efConstruction}.`,
    );
  return all;
}

/** The settings that stand in the query of an address, which are taken out of it. Throws E_USAGE for an option that is not known. */
export function settingsIn(query: URLSearchParams, shown: string): PostgresSettings {
  const ours = new Map(Object.entries(settingTable).map(([name, { option }]) => [option, name]));
  const settings: Record<string, number> = {};
  for (const [option, value] of [...query]) {
    const name = ours.get(option);
    if (name === undefined) {
      if (clientOptions.includes(option)) continue;
      const near = nearestName(option, [...ours.keys(), ...clientOptions]);
      const known = [...ours.keys()].filter((one) => one !== 'generation').join(', ');
      throw new FinetoothError(
        'E_USAGE',
        `"${option}" is not an option of ${shown}.${near === undefined ? '' : ` Did you mean "${near}"?`} It takes ${known}, and those of PostgreSQL, such as sslmode.`,
      );
    }
    settings[name] = /^\d+$/.test(value) ? Number(value) : Number.NaN;
    if (Number.isNaN(settings[name])) {
      const { least, most } = settingTable[name as keyof PostgresSettings];
      throw new FinetoothError('E_USAGE', `"${option}" of ${shown} is a whole number from ${least} to ${most}; got "${value}".`);
    }
    query.delete(option);
  }
  return settings;
}
