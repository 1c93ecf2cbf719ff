import { FinetoothError } from '../../errors.ts';
import { exportIndex } from '../../tasks/export-index.ts';
import { counted, size } from '../../wording/numbers.ts';
import { command } from '../command.ts';
import { filterFlag } from '../filter-flag.ts';
import { theIndex } from '../index-flag.ts';
import { showProgress } from '../progress.ts';

export const exportCommand = command({
  name: 'export',
  about: 'Write the documents of an index and their vectors to a Parquet or JSONL file.',
  takes: [],
  options: ['in', 'to', 'filter', 'json'],
  examples: [
    'finetooth export --in ./movies --to movies.parquet',
    "finetooth export --in ./movies --to recent.jsonl --filter 'year >= 2015'",
  ],
  run: async ({ flags, terminal, signal }) => {
    const folder = theIndex(flags.in, 'export');
    const { to } = flags;
    if (to === undefined) throw new FinetoothError('E_USAGE', 'export needs --to FILE, a name that ends with .parquet or .jsonl.');
    const show = showProgress(terminal);
    const report = await exportIndex({
      in: folder,
      to,
      filter: filterFlag(flags.filter),
      signal,
      onProgress: (progress) => show({ what: 'exporting', ...progress }),
    });
    terminal.progress('');
    if (flags.json) terminal.json(report);
    else {
      const rows = report.rows === report.documents ? '' : ` in ${counted(report.rows, 'passage')}`;
      terminal.write(`${counted(report.documents, 'document')}${rows} of ${report.in} are in ${to}: ${size(report.bytes)}.\n`);
    }
  },
});
