import { existsSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { diskErrorOf, FinetoothError, messageOf } from '../errors.ts';
import { manifestName } from '../store/lancedb/index-folder.ts';
import { withLock } from '../time/file-lock.ts';
import { bytesOf, mended, openLineFile, wholeLines } from './judgment-lines.ts';
import { checkTableId, type LabelQuery, readLabelQueries } from './label/queries.ts';
import { readJudgments } from './measures/judgments.ts';

/** As BEIR writes it. */
const HEADER = 'query-id\tcorpus-id\tscore';
/** A lock whose owner was killed is free after five seconds; whoever goes on after a kill waits that long. */
const LONGEST_WAIT_MS = 7_000;

/** A grade given, changed, or with null taken back. */
export interface JudgmentChange {
  readonly query: LabelQuery;
  readonly id: string;
  readonly grade: number | null;
}

/** What was judged: texts by query id, and grades by query id, then document id. */
export interface JudgmentSet {
  readonly queries: ReadonlyMap<string, string>;
  readonly judgments: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** Judgments on a disk: `queries.jsonl` and `qrels.tsv`. What has resolved survives a kill and a power cut. */
export interface JudgmentFile {
  /** Path of the judgments. */
  readonly path: string;
  /** What was mended when it was opened, in sentences. */
  readonly notes: readonly string[];
  /** Judgments in the file. */
  count(): number;
  has(query: string, id: string): boolean;
  /** Id under which a query with these words is there. */
  idOf(text: string): string | undefined;
  /** Throws E_DUPLICATE_ID when the query's id is there with other words. */
  check(query: LabelQuery): void;
  /** Throws as `check` does, E_INPUT_FORMAT for an id with a tab or a line end, and E_DISK_FULL. */
  add(query: LabelQuery, id: string, grade: number): Promise<void>;
  /** Takes back the last `add` since it was opened that was not taken back yet; nothing without one. The query stays in queries.jsonl. */
  undo(): Promise<void>;
  /** All changes, the last of a pair counting, or none: throws as `add` does, before anything is written. `undo` goes back no further than here. */
  merge(changes: readonly JudgmentChange[]): Promise<void>;
  /** A copy of all there is. */
  all(): JudgmentSet;
}

/** Files that `eval` would overlook beside ours. */
const rivals = ['qrels.tsv.gz', 'qrels/test.tsv', 'qrels/test.tsv.gz', 'queries.jsonl.gz'];

/**
 * Opens the judgments of a folder for one person at a time, and makes the folder where there is none. A file that ends in the middle of a
 * line is mended. Throws E_LOCKED when someone else has it, E_INPUT_FORMAT for a file of another form, E_USAGE for a folder that cannot
 * be one of judgments.
 */
export async function withJudgmentFile<Result>(
  folder: string,
  signal: AbortSignal | undefined,
  work: (file: JudgmentFile, signal: AbortSignal) => Promise<Result>,
  longestWaitMs = LONGEST_WAIT_MS,
): Promise<Result> {
  checkFolder(folder);
  const made = await makeFolder(folder);
  try {
    return await withLock(
      join(folder, 'qrels.tsv'),
      signal,
      async (held) => {
        const file = await openFile(folder);
        try {
          return await work(file, held);
        } finally {
          await file.close();
        }
      },
      longestWaitMs,
    );
  } finally {
    // No one judged anything: nothing is left behind.
    if (made) await rmdir(folder).catch(() => undefined);
  }
}

/**
 * What was judged so far, without waiting for whoever judges: a line that is being written is not there yet. Nothing where there is no folder. Throws
 * as `withJudgmentFile` does, but for the lock.
 */
export async function readJudgmentFile(folder: string, signal?: AbortSignal): Promise<JudgmentSet> {
  checkFolder(folder);
  const [path, queriesPath] = [join(folder, 'qrels.tsv'), join(folder, 'queries.jsonl')];
  // The judgments first: the query of each was written before it.
  const table = await wholeLines(path);
  checkHeader(path, table.toString('utf8'));
  const list = await wholeLines(queriesPath);
  const judgments = isBare(table.toString('utf8'))
    ? new Map<string, Map<string, number>>()
    : await readJudgments('-', { signal, where: path, stdin: once(table) });
  const queries = isBare(list.toString('utf8'))
    ? new Map<string, string>()
    : await readLabelQueries('-', { signal, where: queriesPath, stdin: once(list), format: 'jsonl' });
  return { queries, judgments };
}

function checkFolder(folder: string): void {
  if (existsSync(join(folder, manifestName))) throw refusal(folder, 'is an index: judgments in it would be lost with it');
  const rival = rivals.find((name) => existsSync(join(folder, name)));
  if (rival !== undefined) throw refusal(folder, `holds ${rival}, which would be overlooked beside a new queries.jsonl and qrels.tsv`);
}

/** Says whether it was made. */
async function makeFolder(folder: string): Promise<boolean> {
  try {
    return (await mkdir(folder, { recursive: true })) !== undefined;
  } catch (cause) {
    const error = diskErrorOf(cause, folder);
    throw error instanceof FinetoothError ? error : refusal(folder, `cannot be made (${messageOf(cause)})`);
  }
}

async function openFile(folder: string): Promise<JudgmentFile & { close(): Promise<void> }> {
  const [path, queriesPath] = [join(folder, 'qrels.tsv'), join(folder, 'queries.jsonl')];
  // A file of another form is refused before anything in it is changed.
  checkHeader(path, (await bytesOf(path)).toString('utf8'));
  const table = await mended(path, (line) => line === HEADER || /^[^\t]+\t[^\t]+\t-?\d+\r?$/.test(line));
  const list = await mended(queriesPath, isRecord);
  let headed = table.text.trim() !== '';
  const judgments = isBare(table.text) ? new Map<string, Map<string, number>>() : await readJudgments(path);
  const queries = isBare(list.text) ? new Map<string, string>() : await readLabelQueries(queriesPath);
  const [tableEnd, listEnd] = [openLineFile(path), openLineFile(queriesPath)];
  const ids = new Map([...queries].reverse().map(([id, text]) => [text, id]));
  let added: { readonly query: string; readonly id: string }[] = [];

  const check = ({ id, text }: LabelQuery): void => {
    const known = queries.get(id);
    if (known === undefined || known === text) return;
    throw new FinetoothError(
      'E_DUPLICATE_ID',
      (say) =>
        `the query "${id}" is ${JSON.stringify(text)}, but in ${queriesPath} it is ${JSON.stringify(known)}: its judgments would be mixed. Give it another id, or name another folder ${say.as('into')}.`,
    );
  };
  /** The queries first: a judgment never stands without its query. */
  const addQueries = async (fresh: readonly LabelQuery[]): Promise<void> => {
    if (fresh.length === 0) return;
    await listEnd.add(fresh.map(({ id, text }) => JSON.stringify({ _id: id, text })));
    for (const { id, text } of fresh) {
      queries.set(id, text);
      ids.set(text, id);
    }
  };
  const addRows = async (rows: readonly string[]): Promise<void> => {
    if (!headed) await tableEnd.add([HEADER]);
    headed = true;
    if (rows.length > 0) await tableEnd.add(rows);
  };
  const keep = (query: string, id: string, grade: number): void => {
    judgments.set(query, (judgments.get(query) ?? new Map<string, number>()).set(id, grade));
  };
  return {
    path,
    notes: [...table.notes, ...list.notes],
    count: () => [...judgments.values()].reduce((sum, grades) => sum + grades.size, 0),
    has: (query, id) => judgments.get(query)?.has(id) ?? false,
    idOf: (text) => ids.get(text),
    check,
    add: async (query, id, grade) => {
      check(query);
      checkPair(query, id);
      await addQueries(queries.has(query.id) ? [] : [query]);
      await addRows([rowOf(query.id, id, grade)]);
      keep(query.id, id, grade);
      added.push({ query: query.id, id });
    },
    undo: async () => {
      const last = added.pop();
      if (last === undefined) return;
      await tableEnd.undo();
      judgments.get(last.query)?.delete(last.id);
    },
    merge: async (changes) => {
      for (const { query, id } of changes) {
        check(query);
        checkPair(query, id);
      }
      checkTexts(changes);
      const wanted = effective(changes, judgments);
      if (wanted.length === 0) return;
      await addQueries(freshOf(wanted, queries));
      const isAddition = wanted.every(({ query, id }) => !(judgments.get(query.id)?.has(id) ?? false));
      if (isAddition) await addRows(wanted.map(({ query, id, grade }) => rowOf(query.id, id, grade as number)));
      else {
        await tableEnd.replace([HEADER, ...rowsAfter(judgments, wanted)]);
        headed = true;
      }
      added = [];
      for (const { query, id, grade } of wanted)
        if (grade === null) judgments.get(query.id)?.delete(id);
        else keep(query.id, id, grade);
    },
    all: () => ({
      queries: new Map(queries),
      judgments: new Map([...judgments].filter(([, { size }]) => size > 0).map(([query, grades]) => [query, new Map(grades)])),
    }),
    close: async () => {
      await Promise.all([tableEnd.close(), listEnd.close()]);
    },
  };
}

/** Those that change something, the last of each pair. */
function effective(changes: readonly JudgmentChange[], judgments: JudgmentSet['judgments']): readonly JudgmentChange[] {
  const last = new Map(changes.map((change) => [JSON.stringify([change.query.id, change.id]), change]));
  return [...last.values()].filter(({ query, id, grade }) => (judgments.get(query.id)?.get(id) ?? null) !== grade);
}

/** Throws E_DUPLICATE_ID for two queries of one id. */
function checkTexts(changes: readonly JudgmentChange[]): void {
  const texts = new Map<string, string>();
  for (const { query } of changes) {
    if ((texts.get(query.id) ?? query.text) !== query.text)
      throw new FinetoothError('E_DUPLICATE_ID', `the id "${query.id}" is given to two queries. Every query has its own.`);
    texts.set(query.id, query.text);
  }
}

/** Queries that are not in the list yet. */
const freshOf = (changes: readonly JudgmentChange[], queries: ReadonlyMap<string, string>): readonly LabelQuery[] => [
  ...new Map(changes.filter(({ query }) => !queries.has(query.id)).map(({ query }) => [query.id, query])).values(),
];

function rowsAfter(judgments: JudgmentSet['judgments'], changes: readonly JudgmentChange[]): readonly string[] {
  const next = new Map([...judgments].map(([query, grades]) => [query, new Map(grades)]));
  for (const { query, id, grade } of changes) {
    const grades = next.get(query.id) ?? new Map<string, number>();
    next.set(query.id, grades);
    if (grade === null) grades.delete(id);
    else grades.set(id, grade);
  }
  return [...next].flatMap(([query, grades]) => [...grades].map(([id, grade]) => rowOf(query, id, grade)));
}

const rowOf = (query: string, id: string, grade: number): string => `${query}\t${id}\t${grade}`;

function checkPair(query: LabelQuery, id: string): void {
  checkTableId(query.id, 'the query');
  checkTableId(id, 'the document');
}

const refusal = (folder: string, why: string): FinetoothError =>
  new FinetoothError('E_USAGE', (say) => `${folder} ${why}. Name another folder ${say.as('into')}.`);

/** Refuses a file of another form. */
function checkHeader(path: string, text: string): void {
  const [first = ''] = text.split(/\r?\n/, 1);
  if (first === HEADER || (text === first && HEADER.startsWith(first))) return;
  throw new FinetoothError(
    'E_INPUT_FORMAT',
    (say) =>
      `${path} begins with ${JSON.stringify(first.slice(0, 60))}, not with the header ${JSON.stringify(HEADER)}: judgments are not added to a file of another form. Name another folder ${say.as('into')}.`,
  );
}

/** Whether nothing is in it but a header. */
const isBare = (text: string): boolean => text.trim() === '' || text.trim() === HEADER;

const once = async function* (bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
};

function isRecord(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}
