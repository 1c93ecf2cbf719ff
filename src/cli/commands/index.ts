import { openIndex } from '../../assemble/open-index.ts';
import { rebuiltIn } from '../../assemble/rebuild.ts';
import { FinetoothError } from '../../errors.ts';
import { readDocuments } from '../../index.ts';
import type { AddReport, CreateOptions } from '../../search/add.ts';
import { counted, duration, grouped } from '../../text/numbers.ts';
import type { TokenForm } from '../../types.ts';
import { command, type Flags } from '../command.ts';
import { modelFlags, modelOptions } from '../model-flags.ts';
import { billLine } from '../provenance-lines.ts';
import { harmless, type Terminal } from '../terminal.ts';

const reportLine = (report: AddReport, into: string): string => {
  const { added, changed, unchanged, removed, took, tokens } = report;
  if (added + changed + removed === 0)
    return `nothing to do: ${into} already holds ${unchanged === 1 ? 'the 1 document' : `all ${counted(unchanged, 'document')}`} as they are.`;
  const seconds = took / 1000;
  const rate = tokens === 0 ? '' : `: ${grouped((added + changed) / seconds)} documents and ${grouped(tokens / seconds)} tokens a second`;
  return `${into}: ${grouped(added)} added, ${grouped(changed)} changed, ${grouped(unchanged)} unchanged, ${grouped(removed)} removed in ${duration(took)}${rate}.`;
};

/** What a user should know about the documents but need not act on. */
const remarks = (report: AddReport, terminal: Terminal): void => {
  if (report.withoutText > 0)
    terminal.say(`note: ${counted(report.withoutText, 'document')} had no text in those fields; they are stored with an empty text.`);
  if (report.cutDocuments > 0) {
    const one = report.cutDocuments === 1;
    terminal.say(
      `note: ${counted(report.cutDocuments, 'document')} ${one ? 'was' : 'were'} longer than the model's window; ${counted(report.cutTokens, 'token')} at ${one ? 'its end was' : 'their ends were'} not read.`,
    );
  }
  for (const note of report.notes ?? []) terminal.say(`note: ${harmless(note)}.`);
};

const tokensOf = ({ tokenBits, tokenPool }: Flags<'tokenBits' | 'tokenPool'>): CreateOptions => {
  if (tokenBits === 'none') return { tokens: null };
  const isLeft = tokenBits === undefined || tokenBits === 'auto';
  if (isLeft && tokenPool === undefined) return {};
  const bits = isLeft ? {} : { bits: Number(tokenBits) as TokenForm['bits'] };
  return { tokens: { ...bits, pool: tokenPool } };
};

const createOptions = (flags: Flags<'fields' | 'idField' | 'filterable' | 'tokenBits' | 'tokenPool'>): CreateOptions => ({
  fields: flags.fields,
  idField: flags.idField,
  filterable: flags.filterable,
  ...tokensOf(flags),
});

export const indexCommand = command({
  name: 'index',
  about: 'Read documents, embed what is new or changed, and store it.',
  takes: ['<source>'],
  options: ['into', 'fields', 'idField', 'filterable', 'format', 'tokenBits', 'tokenPool', 'prune', 'rebuild', ...modelFlags, 'json'],
  examples: [
    'finetooth index movies.json --fields title,overview,tagline --into ./movies',
    'cat notes.jsonl | finetooth index - --into ./notes',
    'finetooth index ./docs --into ./docs-index --prune',
  ],
  run: async (run) => {
    const { given, flags, terminal, signal } = run;
    const [source] = given as [string];
    const { into } = flags;
    if (into === undefined) throw new FinetoothError('E_USAGE', 'index needs --into FOLDER, the index to make or to add to.');
    if (into.startsWith('memory:'))
      throw new FinetoothError('E_USAGE', `--into takes a folder: what is in "memory:" ends with this command; got "${into}".`);
    let stored = 0;
    const fill = async (folder: string, create: CreateOptions): Promise<AddReport> => {
      await using index = await openIndex(folder, {
        create,
        embedder: flags.embedder,
        models: await modelOptions(run),
      });
      const documents = readDocuments(source, {
        signal,
        stdin: terminal.stdin,
        format: flags.format === 'auto' ? undefined : flags.format,
      });
      const started = performance.now();
      return await index.addRead(documents, {
        signal,
        prune: flags.prune,
        onProgress: ({ done }) => {
          stored = done;
          terminal.progress(`${counted(done, 'document')}, ${grouped((done * 1000) / (performance.now() - started))} a second`);
        },
      });
    };
    const report = await (flags.rebuild ? rebuiltIn(into, createOptions(flags), fill, signal) : fill(into, createOptions(flags))).catch(
      (error: unknown) => {
        terminal.progress('');
        if (error instanceof FinetoothError && error.code === 'E_STOPPED') {
          const kept = flags.rebuild
            ? `${into} is as it was.`
            : stored === 0
              ? 'Nothing of this run was stored yet; the same command begins again.'
              : `${counted(stored, 'document')} of this run ${stored === 1 ? 'is' : 'are'} stored in ${into}; the same command goes on from there.`;
          throw new FinetoothError('E_STOPPED', `stopped. ${kept}`, { cause: error });
        }
        throw error;
      },
    );
    terminal.progress('');
    remarks(report, terminal);
    if (report.usage !== undefined) terminal.say(billLine(report.usage));
    if (flags.json) terminal.json({ into, ...report });
    else terminal.write(`${reportLine(report, into)}\n`);
  },
});
