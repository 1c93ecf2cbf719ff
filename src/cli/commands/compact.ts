import { compactIndex } from '../../tasks/compact-index.ts';
import { size } from '../../wording/numbers.ts';
import { command } from '../command.ts';
import { theIndex } from '../index-flag.ts';
import { showProgress } from '../progress.ts';

export const compactCommand = command({
  name: 'compact',
  about: 'Merge the files of an index and remove old versions at once.',
  takes: [],
  options: ['in', 'json'],
  examples: ['finetooth compact --in ./movies'],
  run: async ({ flags, terminal, signal }) => {
    const folder = theIndex(flags.in, 'compact');
    const show = showProgress(terminal);
    const report = await compactIndex({ in: folder, signal, onProgress: (progress) => show({ what: 'compacting', ...progress }) });
    terminal.progress('');
    if (flags.json) terminal.json(report);
    else terminal.write(`${folder}: ${size(report.before)} before, ${size(report.after)} now.\n`);
  },
});
