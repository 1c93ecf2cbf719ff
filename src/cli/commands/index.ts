import { checkKept, shownName } from '../../assemble/store.ts';
import { FinetoothError } from '../../errors.ts';
import type { AddReport, CreateOptions } from '../../index.ts';
import { type IndexDocumentsOptions, indexDocuments } from '../../tasks/index-documents.ts';
import { type FolderSync, watchFolder } from '../../tasks/watch-folder.ts';
import type { TokenForm } from '../../types.ts';
import { counted, duration, grouped } from '../../wording/numbers.ts';
import { harmless } from '../../wording/terminal-text.ts';
import { withChange } from '../change-model.ts';
import { command, type Flags, type Run } from '../command.ts';
import { filterFlag } from '../filter-flag.ts';
import { modelFlags, modelOptions } from '../model-flags.ts';
import { showRate } from '../progress.ts';
import { billLine } from '../provenance-lines.ts';
import { readFlags, readOptions } from '../read-flags.ts';
import { failures, remarks } from '../remarks.ts';

export const indexCommand = command({
  name: 'index',
  about: 'Read documents, embed what is new or changed, and store it.',
  takes: ['<source>'],
  options: [
    'into',
    'fields',
    'idField',
    'types',
    ...readFlags,
    'tokenBits',
    'tokenPool',
    'dimensions',
    'queryPrompt',
    'documentPrompt',
    'passages',
    'sparseModel',
    'vectorField',
    'languages',
    'languageField',
    'titleField',
    'filter',
    'strictFiles',
    'prune',
    'watch',
    'rebuild',
    'durability',
    ...modelFlags,
    'json',
  ],
  examples: [
    'finetooth index movies.json --fields title,overview,tagline --into ./movies',
    'cat notes.jsonl | finetooth index - --into ./notes',
    'finetooth index ./docs --into ./docs-index --prune',
    "finetooth index ./src --into ./code --exclude '*.test.ts' --watch",
    'finetooth index products.parquet --into ./products --vector-field embedding --embedder openai:text-embedding-3-small',
    'finetooth index ./artikel --into ./artikel-index --language de',
    "finetooth index ./movies --into ./recent --filter 'year >= 2015'",
  ],
  run: async (run) => {
    const { given, flags, terminal } = run;
    const [source] = given as [string];
    const { into } = flags;
    if (into === undefined)
      throw new FinetoothError(
        'E_USAGE',
        'index needs --into INDEX, the index to make or to add to: a folder, or its address in a database.',
      );
    checkKept(into, 'written to by a command');
    const name = shownName(into);
    const options = {
      ...readOptions(run),
      strict: flags.strictFiles,
      source,
      into,
      rebuild: flags.rebuild,
      prune: flags.prune,
      fields: flags.fields,
      idField: flags.idField,
      types: flags.types,
      dimensions: flags.dimensions,
      queryPrompt: flags.queryPrompt,
      documentPrompt: flags.documentPrompt,
      passages: flags.passages,
      sparseModel: flags.sparseModel,
      vectorField: flags.vectorField,
      languages: flags.languages,
      languageField: flags.languageField,
      titleField: flags.titleField,
      filter: filterFlag(flags.filter),
      ...tokensOf(flags),
      embedder: flags.embedder === 'none' ? null : flags.embedder,
      durability: flags.durability,
      models: await modelOptions(run),
      onProgress: showRate(terminal, 'document'),
    } satisfies IndexDocumentsOptions;
    const { format: _, stdin: __, prune: ___, vectorField: ____, ...watched } = options;
    const told = (report: AddReport): AddReport => ({ ...report, notes: withChange(report.notes, { index: name }) });
    if (flags.watch)
      return watchFolder({ ...watched, onSync: ({ first, ...sync }) => showSync({ ...sync, first: first && told(first) }, name, run) });
    showReport(told(await indexDocuments(options)), name, run);
  },
});

type Shown = Pick<Run<never>, 'terminal'> & { readonly flags: Flags<'json'> };

function showReport(report: AddReport, into: string, { terminal, flags }: Shown): void {
  terminal.progress('');
  remarks(report, terminal);
  if (report.usage !== undefined) terminal.say(billLine(report.usage));
  if (flags.json) terminal.json({ into, ...report });
  else terminal.write(`${reportLine(report, into)}\n`);
}

/** The report of the first reading, and a line for each time that something changed since. */
function showSync({ first, problem, ...sync }: FolderSync, into: string, run: Shown): void {
  const { terminal, flags } = run;
  if (first !== undefined) {
    showReport(first, into, run);
    terminal.say('watching for changes; Ctrl-C ends it.');
    return;
  }
  terminal.progress('');
  if (problem !== undefined) terminal.say(`note: ${harmless(problem)}`);
  failures(sync.skipped, terminal);
  if (flags.json) {
    terminal.json({ into, ...sync, problem });
    return;
  }
  const { added, changed, removed, files, took } = sync;
  if (added + changed + removed === 0) return;
  const named = files.slice(0, 3).join(', ');
  const more = files.length > 3 ? ' and others' : '';
  terminal.write(
    `${grouped(added)} added, ${grouped(changed)} changed, ${grouped(removed)} removed in ${duration(took)}: ${harmless(named)}${more}\n`,
  );
}

function tokensOf({ tokenBits, tokenPool }: Flags<'tokenBits' | 'tokenPool'>): CreateOptions {
  if (tokenBits === 'none') return { tokens: null };
  const isLeft = tokenBits === undefined || tokenBits === 'auto';
  if (isLeft && tokenPool === undefined) return {};
  const bits = isLeft ? {} : { bits: Number(tokenBits) as TokenForm['bits'] };
  return { tokens: { ...bits, pool: tokenPool } };
}

function reportLine(report: AddReport, into: string): string {
  const { added, changed, unchanged, removed, took, tokens } = report;
  if (added + changed + removed === 0)
    return `nothing to do: ${into} already holds ${unchanged === 1 ? 'the 1 document as it is' : `all ${counted(unchanged, 'document')} as they are`}.`;
  const seconds = took / 1000;
  const rate =
    tokens === 0
      ? ''
      : `: ${counted(Math.round((added + changed) / seconds), 'document')} and ${counted(Math.round(tokens / seconds), 'token')} per second`;
  return `${into}: ${grouped(added)} added, ${grouped(changed)} changed, ${grouped(unchanged)} unchanged, ${grouped(removed)} removed in ${duration(took)}${rate}.`;
}
