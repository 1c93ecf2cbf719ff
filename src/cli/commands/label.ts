import { shownName } from '../../assemble/store.ts';
import { FinetoothError } from '../../errors.ts';
import { gradeNames, label } from '../../tasks/label.ts';
import { counted } from '../../wording/numbers.ts';
import { harmless } from '../../wording/terminal-text.ts';
import { command } from '../command.ts';
import { theIndex } from '../index-flag.ts';
import { judgeAtTerminal } from '../label-judge.ts';
import { openKeys } from '../label-keys.ts';
import { modelFlags, modelOptions } from '../model-flags.ts';

const usage = (sentence: string): FinetoothError => new FinetoothError('E_USAGE', sentence);

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
    const { flags, terminal, signal } = run;
    const folder = theIndex(flags.in, 'label');
    if (flags.queries === '-') throw usage('label reads keys from standard input, not queries. Name a file with --queries.');
    if (flags.queries === undefined && !process.stdin.isTTY)
      throw usage('label asks for queries on a terminal, and standard input is none. Name a file of them with --queries.');
    const report = await label({
      in: folder,
      queries: flags.queries,
      judgments: flags.judgments,
      depth: flags.depth,
      embedder: flags.embedder,
      models: await modelOptions(run),
      signal,
      judge: ({ textFields, signal: held }) => {
        const interrupt = (): boolean => process.emit('SIGINT');
        const keys = openKeys({ input: process.stdin, output: process.stderr, signal: held, interrupt });
        return judgeAtTerminal({ keys, terminal, textFields, typed: flags.queries === undefined });
      },
      onNote: (sentence) => terminal.say(harmless(sentence)),
      onWait: (what) => terminal.progress(harmless(what)),
    });
    const { queries, judged, skipped, into } = report;
    if (flags.json) terminal.json(report);
    else terminal.write(`${counted(judged, 'judgment')} of ${counted(queries, 'query', 'queries')}, ${skipped} skipped: ${into}\n`);
    if (judged > 0) terminal.say(`Measure with them: finetooth eval --data ${into} --in ${shownName(folder)}`);
  },
});
