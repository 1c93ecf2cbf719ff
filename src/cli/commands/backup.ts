import { FinetoothError } from '../../errors.ts';
import { backupIndex } from '../../tasks/backup-index.ts';
import { counted, size } from '../../wording/numbers.ts';
import { command } from '../command.ts';
import { theIndex } from '../index-flag.ts';
import { showProgress } from '../progress.ts';

export const backupCommand = command({
  name: 'backup',
  about: 'Copy an index as it was last committed, while others write; the copy is an index itself.',
  takes: [],
  options: ['in', 'to', 'json'],
  examples: ['finetooth backup --in ./movies --to ./movies-monday'],
  run: async ({ flags, terminal, signal }) => {
    const where = theIndex(flags.in, 'backup');
    const { to } = flags;
    if (to === undefined) throw new FinetoothError('E_USAGE', 'backup needs --to FOLDER, where the copy goes.');
    const show = showProgress(terminal);
    const report = await backupIndex({ in: where, to, signal, onProgress: (progress) => show({ what: 'copying', ...progress }) });
    terminal.progress('');
    if (flags.json) terminal.json(report);
    else {
      const what = report.documents === undefined ? `version ${report.version}` : counted(report.documents, 'document');
      terminal.write(`${report.in} is copied to ${to}: ${what}, ${size(report.bytes)}.\n`);
    }
  },
});
