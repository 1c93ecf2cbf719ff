import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { diskErrorOf, FinetoothError, messageOf, systemCodeOf } from '../errors.ts';
import { manifestName } from '../store/lancedb/index-folder.ts';
import { withLock } from '../time/file-lock.ts';
import { checkTableId, type LabelQuery, readLabelQueries } from './label/queries.ts';
import { readJudgments } from './measures/judgments.ts';

/** As BEIR writes it. */
const HEADER = 'query-id\tcorpus-id\tscore';
/** A lock whose owner was killed is free after five seconds; whoever goes on after a kill waits that long. */
const LONGEST_WAIT_MS = 7_000;

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
}

/** Lines at the end of a file, each on the disk before it resolves. The file is made by the first. */
interface Appender {
  add(line: string): Promise<void>;
  undo(): Promise<void>;
  close(): Promise<void>;
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
  await checkHeader(path);
  const table = await mended(path, (line) => line === HEADER || /^[^\t]+\t[^\t]+\t-?\d+\r?$/.test(line));
  const list = await mended(queriesPath, isRecord);
  let headed = table.text.trim() !== '';
  const judgments = table.text.trim() === HEADER || !headed ? new Map<string, Map<string, number>>() : await readJudgments(path);
  const queries = list.text.trim() === '' ? new Map<string, string>() : await readLabelQueries(queriesPath);
  const [tableEnd, listEnd] = [appenderTo(path), appenderTo(queriesPath)];
  const added: { readonly query: string; readonly id: string }[] = [];

  const check = ({ id, text }: LabelQuery): void => {
    const known = queries.get(id);
    if (known === undefined || known === text) return;
    throw new FinetoothError(
      'E_DUPLICATE_ID',
      (say) =>
        `the query "${id}" is ${JSON.stringify(text)}, but in ${queriesPath} it is ${JSON.stringify(known)}: its judgments would be mixed. Give it another id, or name another folder ${say.as('into')}.`,
    );
  };
  return {
    path,
    notes: [...table.notes, ...list.notes],
    count: () => [...judgments.values()].reduce((sum, grades) => sum + grades.size, 0),
    has: (query, id) => judgments.get(query)?.has(id) ?? false,
    idOf: (text) => [...queries].find(([, known]) => known === text)?.[0],
    check,
    add: async (query, id, grade) => {
      check(query);
      checkTableId(query.id, 'the query');
      checkTableId(id, 'the document');
      // The query first: a judgment never stands without its query.
      if (!queries.has(query.id)) {
        await listEnd.add(JSON.stringify({ _id: query.id, text: query.text }));
        queries.set(query.id, query.text);
      }
      if (!headed) await tableEnd.add(HEADER);
      headed = true;
      await tableEnd.add(`${query.id}\t${id}\t${grade}`);
      const grades = judgments.get(query.id) ?? new Map<string, number>();
      judgments.set(query.id, grades.set(id, grade));
      added.push({ query: query.id, id });
    },
    undo: async () => {
      const last = added.pop();
      if (last === undefined) return;
      await tableEnd.undo();
      judgments.get(last.query)?.delete(last.id);
    },
    close: async () => {
      await Promise.all([tableEnd.close(), listEnd.close()]);
    },
  };
}

const refusal = (folder: string, why: string): FinetoothError =>
  new FinetoothError('E_USAGE', (say) => `${folder} ${why}. Name another folder ${say.as('into')}.`);

/** Refuses a file of another form before anything in it is changed. */
async function checkHeader(path: string): Promise<void> {
  const text = (await bytesOf(path)).toString('utf8');
  const [first = ''] = text.split(/\r?\n/, 1);
  if (first === HEADER || (text === first && HEADER.startsWith(first))) return;
  throw new FinetoothError(
    'E_INPUT_FORMAT',
    (say) =>
      `${path} begins with ${JSON.stringify(first.slice(0, 60))}, not with the header ${JSON.stringify(HEADER)}: judgments are not added to a file of another form. Name another folder ${say.as('into')}.`,
  );
}

/** Ends a last line that lacks only its line end; drops one that was being written when the machine stopped. */
async function mended(
  path: string,
  isWhole: (line: string) => boolean,
): Promise<{ readonly text: string; readonly notes: readonly string[] }> {
  const bytes = await bytesOf(path);
  const from = bytes.lastIndexOf(10) + 1;
  const [before, line] = [bytes.toString('utf8', 0, from), bytes.toString('utf8', from)];
  if (line === '') return { text: before, notes: [] };
  const whole = isWhole(line);
  try {
    const file = await open(path, 'r+');
    try {
      if (whole) await file.write('\n', bytes.length);
      else await file.truncate(from);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    const error = diskErrorOf(cause, path);
    throw error instanceof FinetoothError ? error : refusal(path, `cannot be written to (${messageOf(cause)})`);
  }
  return whole
    ? { text: `${before}${line}\n`, notes: [] }
    : { text: before, notes: [`${path}: the last line, ${JSON.stringify(line.slice(0, 60))}, was cut off and is dropped.`] };
}

function isRecord(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}

function appenderTo(path: string): Appender {
  let opened: { readonly file: Awaited<ReturnType<typeof open>>; readonly lengths: number[] } | undefined;
  return {
    add: async (line) => {
      const bytes = Buffer.from(`${line}\n`);
      try {
        if (opened === undefined) {
          const file = await open(path, 'a');
          opened = { file, lengths: [(await file.stat()).size] };
        }
        await opened.file.appendFile(bytes);
        await opened.file.sync();
      } catch (error) {
        // Half a line is not left behind; where even this fails, the next opening mends it.
        await opened?.file.truncate(opened.lengths.at(-1)).catch(() => undefined);
        throw diskErrorOf(error, path);
      }
      opened.lengths.push((opened.lengths.at(-1) as number) + bytes.length);
    },
    undo: async () => {
      if (opened === undefined || opened.lengths.length < 2) return;
      opened.lengths.pop();
      await opened.file.truncate(opened.lengths.at(-1));
      await opened.file.sync();
    },
    close: async () => opened?.file.close(),
  };
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT') return Buffer.alloc(0);
    throw new FinetoothError('E_INPUT_MISSING', `cannot read ${path} (${messageOf(cause)}).`, { cause });
  }
}
