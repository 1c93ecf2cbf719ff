import { FinetoothError } from '../../errors.ts';
import { type FilterField, filterFields } from '../filter-columns.ts';
import type { Manifest } from '../store.ts';
import type { Ask } from './database.ts';

/** Version of the tables; those of a later one are not touched. */
const LAYOUT = 1;
/** What pgvector takes. */
const MOST_DIMENSIONS = 16_000;
/** Numbers of a vector that stands in its row: beyond, a page of 8 KB holds one row or none. */
const MOST_INLINE = 1000;
/** 0.8.2 mends a buffer overflow in parallel builds, 0.8.3 indexes that a vacuum damages, 0.8.4 graphs that it does not repair. */
const LEAST_PGVECTOR = [0, 8, 4] as const;

/** The tables of one generation of an index, as they stand in SQL. */
export interface Tables {
  /** One row a generation: which is searched, its manifest, and what it counts. */
  readonly generations: string;
  readonly documents: string;
  /** One row for each passage, with what filters ask for. */
  readonly passages: string;
  /** By word, and by token of a sparse model, and by write, how many passages have it more than before, and which. */
  readonly postings: string;
  /** Rows of passages that are no more, and still stand in postings. */
  readonly gone: string;
}

export function tablesOf(schema: string, generation: number): Tables {
  const named = (name: string): string => `${identifier(schema)}.${identifier(name)}`;
  return {
    generations: named('generations'),
    documents: named(`documents_${generation}`),
    passages: named(`passages_${generation}`),
    postings: named(`postings_${generation}`),
    gone: named(`gone_${generation}`),
  };
}

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Takes the lock of who writes to an index, until the transaction ends. */
export const lockFor = (schema: string, what = 'write'): string =>
  `SELECT pg_advisory_xact_lock(hashtextextended(${literal(`finetooth ${what} ${schema}`)}, 0))`;

/** Makes the schema of an index and what it keeps of its generations, where it is not there. For who holds its lock. */
export async function makeSchema(ask: Ask, schema: string, shown: string): Promise<void> {
  const [there] = await ask(
    'SELECT to_regnamespace($1) IS NOT NULL AS schema, to_regclass($2) IS NOT NULL AS tables, (SELECT count(*)::int FROM pg_class WHERE relnamespace = to_regnamespace($1)) AS relations',
    [identifier(schema), `${identifier(schema)}.generations`],
  );
  if (there?.tables === true) return;
  if (Number(there?.relations) > 0)
    throw new FinetoothError(
      'E_USAGE',
      `the schema ${JSON.stringify(schema)} of ${shown} holds other tables: an index has one of its own. Name another as the last part of the address.`,
    );
  if (there?.schema !== true) await ask(`CREATE SCHEMA ${identifier(schema)}`);
  for (const statement of migrations(schema)) await ask(statement);
}

/** What brings the tables of a schema from one layout to the next, the first from nothing. */
function migrations(schema: string): readonly string[] {
  const own = identifier(schema);
  return [
    `CREATE TABLE ${own}.finetooth (layout integer NOT NULL)`,
    `INSERT INTO ${own}.finetooth VALUES (${LAYOUT})`,
    `CREATE TABLE ${own}.generations (
      generation integer PRIMARY KEY, state text NOT NULL, manifest text, version integer NOT NULL DEFAULT 1,
      documents bigint NOT NULL DEFAULT 0, passages bigint NOT NULL DEFAULT 0, words bigint NOT NULL DEFAULT 0, odd bigint NOT NULL DEFAULT 0,
      next_row bigint NOT NULL DEFAULT 1, next_write bigint NOT NULL DEFAULT 1, merged_write bigint NOT NULL DEFAULT 1, removed bigint NOT NULL DEFAULT 0, changed_at timestamptz,
      lease_until timestamptz, lease_by text, made_at timestamptz NOT NULL DEFAULT now()
    ) WITH (fillfactor = 50)`,
    `CREATE UNIQUE INDEX generations_live ON ${own}.generations (state) WHERE state = 'live'`,
  ];
}

/** Throws E_INDEX_DAMAGED where the tables are those of a later version. */
export function checkLayout(layout: unknown, shown: string): void {
  if (Number(layout) > LAYOUT)
    throw new FinetoothError(
      'E_INDEX_DAMAGED',
      `${shown} has tables of layout ${layout}; this version of finetooth reads layouts up to ${LAYOUT}, so update it.`,
    );
}

/** Sees to it that the database has pgvector, recent enough, and returns in which schema. Throws E_DATABASE. */
export async function vectorSchema(ask: Ask, shown: string): Promise<string> {
  const found = async () =>
    (
      await ask(
        "SELECT e.extversion AS version, n.nspname AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector'",
      )
    )[0];
  let extension = await found();
  if (extension === undefined) {
    const [offered] = await ask("SELECT default_version AS version FROM pg_available_extensions WHERE name = 'vector'");
    if (offered === undefined)
      throw new FinetoothError('E_DATABASE', `the server of ${shown} has no pgvector. Install it there, version ${leastVector} or later.`);
    checkVector(String(offered.version), shown);
    await ask('CREATE EXTENSION IF NOT EXISTS vector');
    extension = await found();
  }
  checkVector(String(extension?.version), shown);
  return String(extension?.schema);
}

export const leastVector = LEAST_PGVECTOR.join('.');

/** Whether this version of pgvector builds indexes that can be relied on. */
export function isVectorRecent(version: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [at, wanted] of LEAST_PGVECTOR.entries()) {
    const part = parts[at] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

function checkVector(version: string, shown: string): void {
  if (!isVectorRecent(version))
    throw new FinetoothError(
      'E_DATABASE',
      `the database of ${shown} has pgvector ${version}, which can damage indexes: 0.8.2 mends a buffer overflow in parallel builds, 0.8.3 and ${leastVector} what a vacuum does to them. Install ${leastVector} or later, then "ALTER EXTENSION vector UPDATE".`,
    );
}

/** Makes the tables of a generation. Throws E_USAGE for vectors that pgvector does not take. */
export async function makeTables(ask: Ask, tables: Tables, manifest: Manifest, shown: string): Promise<void> {
  const { dimensions } = manifest;
  if (dimensions > MOST_DIMENSIONS)
    throw new FinetoothError(
      'E_USAGE',
      `vectors of ${dimensions} numbers do not fit in ${shown}: pgvector takes up to ${MOST_DIMENSIONS}. Take an embedder with fewer.`,
    );
  await ask(`CREATE TABLE ${tables.documents} (
    key uuid PRIMARY KEY, id text COLLATE "C" NOT NULL, hash text COLLATE "C" NOT NULL, text_hash text COLLATE "C" NOT NULL,
    document text COLLATE "C" NOT NULL, title bytea, odd boolean NOT NULL
  )`);
  const columns = filterFields(manifest).flatMap((of) => columnsOf(of).map(({ name, type }) => `, ${name} ${type}`));
  await ask(`CREATE TABLE ${tables.passages} (
    "row" bigint PRIMARY KEY, key uuid NOT NULL, passage integer NOT NULL, vector vector(${dimensions}) NOT NULL, tokens bytea,
    terms text COLLATE "C" NOT NULL,${manifest.sparse === undefined ? '' : ' sparse bytea NOT NULL,'} length integer NOT NULL, begins integer, ends integer, line integer, odd boolean NOT NULL${columns.join('')}
  )`);
  // A vector that stands elsewhere than its row is looked up at each comparison.
  if (dimensions <= MOST_INLINE) await ask(`ALTER TABLE ${tables.passages} ALTER COLUMN vector SET STORAGE PLAIN`);
  await ask(`ALTER TABLE ${tables.passages} ALTER COLUMN tokens SET STORAGE EXTERNAL`);
  if (manifest.sparse !== undefined) await ask(`ALTER TABLE ${tables.passages} ALTER COLUMN sparse SET STORAGE EXTERNAL`);
  await ask(`CREATE INDEX ON ${tables.passages} (key)`);
  await ask(`CREATE TABLE ${tables.postings} (
    word text COLLATE "C" NOT NULL, write bigint NOT NULL, passages integer NOT NULL, rows bytea NOT NULL, PRIMARY KEY (word, write)
  )`);
  await ask(`ALTER TABLE ${tables.postings} ALTER COLUMN rows SET STORAGE EXTERNAL`);
  await ask(`CREATE TABLE ${tables.gone} ("row" bigint PRIMARY KEY)`);
}

/** The columns of a filterable field, which of its cells they hold, and as what. */
export function columnsOf({ type, value, high, other, text }: FilterField) {
  const kind = type === 'keyword' ? 'text COLLATE "C"' : 'double precision';
  const columns = [
    { name: value, cell: 'value', type: kind },
    { name: high, cell: 'high', type: kind },
    { name: other, cell: 'other', type: 'text[] COLLATE "C"' },
  ] as const;
  return text === undefined ? columns : [...columns, { name: text, cell: 'text', type: 'text COLLATE "C"' } as const];
}
