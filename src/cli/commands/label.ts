import { openIndex } from '../../assemble/open-index.ts';
import { FinetoothError } from '../../errors.ts';
import { type JudgmentFile, withJudgmentFile } from '../../eval/judgment-file.ts';
import { checkTableId, type LabelQuery, queryIdOf, readLabelQueries } from '../../eval/label/queries.ts';
import { countsOf, gradeNames, inJudgingOrder, type Session, type Task } from '../../eval/label/session.ts';
import type { SearchIndex } from '../../search/search-index.ts';
import { counted, grouped } from '../../wording/numbers.ts';
import { command } from '../command.ts';
import { theIndex } from '../index-flag.ts';
import { type Keys, openKeys } from '../label-keys.ts';
import { poolOf } from '../label-pool.ts';
import { judge } from '../label-session.ts';
import { modelFlags, modelOptions } from '../model-flags.ts';
import { harmless, type Terminal } from '../terminal.ts';

const usage = (sentence: string): FinetoothError => new FinetoothError('E_USAGE', sentence);

interface Asking {
  readonly index: SearchIndex;
  readonly file: JudgmentFile;
  readonly depth: number;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** The candidates of a query that are not judged yet; nothing, said aloud, where there are none. */
const taskOf = async (query: LabelQuery, { index, file, depth, terminal, signal }: Asking): Promise<Task | undefined> => {
  file.check(query);
  terminal.progress(`searching: ${harmless(query.text)}`);
  const pool = await poolOf(index, query.text, depth, signal);
  terminal.progress('');
  for (const { id } of pool) checkTableId(id, 'a document of the index');
  const candidates = inJudgingOrder(
    query.id,
    pool.filter(({ id }) => !file.has(query.id, id)),
  );
  if (candidates.length > 0) return { query, candidates, before: pool.length - candidates.length };
  terminal.say(pool.length === 0 ? `Nothing was found for "${harmless(query.text)}".` : `All judged already: "${harmless(query.text)}".`);
  return undefined;
};

/** Queries of a list, or those that somebody types until an empty line. */
async function* queriesOf(listed: ReadonlyMap<string, string> | undefined, file: JudgmentFile, keys: Keys): AsyncGenerator<LabelQuery> {
  for (const [id, text] of listed ?? []) yield { id, text };
  while (listed === undefined) {
    const text = (await keys.line('Query (empty line to end): '))?.trim() ?? '';
    if (text === '') return;
    yield { id: file.idOf(text) ?? queryIdOf(text), text };
  }
}

async function* tasksOf(queries: AsyncIterable<LabelQuery>, asking: Asking): AsyncGenerator<Task> {
  for await (const query of queries) {
    const task = await taskOf(query, asking);
    if (task !== undefined) yield task;
  }
}

export const labelCommand = command({
  name: 'label',
  about: `Judge what searches find, one key each, as test data for "finetooth eval": ${gradeNames.map((name, grade) => `${grade} ${name}`).join(', ')}. The order says nothing about who found a document, or how high. Every judgment is on the disk before the next document shows; the same command goes on where the last one stopped.`,
  takes: [],
  options: ['in', 'queries', 'judgments', 'depth', ...modelFlags, 'json'],
  examples: [
    'finetooth label --in ./movies',
    'finetooth label --in ./movies --queries queries.jsonl --judgments ./my-set --depth 10',
    'finetooth eval --data ./my-set --in ./movies',
  ],
  run: async (run) => {
    const { flags, terminal } = run;
    const folder = theIndex(flags.in, 'label');
    if (flags.queries === '-') throw usage('label reads keys from standard input, not queries. Name a file with --queries.');
    if (flags.queries === undefined && !process.stdin.isTTY)
      throw usage('label asks for queries on a terminal, and standard input is none. Name a file of them with --queries.');
    const into = flags.judgments ?? `${folder.replace(/(?<=.)[/\\]+$/, '')}-judgments`;
    const listed = flags.queries === undefined ? undefined : await readLabelQueries(flags.queries, { signal: run.signal });
    await using index = await openIndex(folder, {
      embedder: flags.embedder,
      models: await modelOptions(run),
    });
    terminal.progress(`opening ${into}; after a kill this takes a few seconds`);
    const session = await withJudgmentFile(into, run.signal, async (file, signal): Promise<Session> => {
      terminal.progress('');
      for (const note of file.notes) terminal.say(harmless(note));
      terminal.say(`Judgments are kept in ${into} (${grouped(file.count())} so far).`);
      const interrupt = (): boolean => process.emit('SIGINT');
      using keys = openKeys({ input: process.stdin, output: process.stderr, signal, interrupt });
      const tasks = tasksOf(queriesOf(listed, file, keys), { index, file, depth: flags.depth, terminal, signal });
      const textFields = index.manifest()?.fields ?? [];
      try {
        return await judge({ tasks, keys, file, terminal, textFields, pauses: listed === undefined });
      } catch (error) {
        if (file.count() > 0) terminal.say(`What was judged is kept: ${counted(file.count(), 'judgment')} in ${into}.`);
        throw error;
      }
    });
    const { queries, judged, skipped } = countsOf(session);
    if (flags.json) terminal.json({ queries, judged, skipped, into, qrels: `${into}/qrels.tsv` });
    else
      terminal.write(
        `${counted(judged, 'judgment')} of ${queries === 1 ? '1 query' : `${grouped(queries)} queries`}, ${skipped} skipped: ${into}\n`,
      );
    if (judged > 0) terminal.say(`Measure with them: finetooth eval --data ${into} --in ${folder}`);
  },
});
