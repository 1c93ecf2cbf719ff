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
    const where = theIndex(flags.in, 'compact');
    const show = showProgress(terminal);
    const report = await compactIndex({ in: where, signal, onProgress: (progress) => show({ what: 'compacting', ...progress }) });
    terminal.progress('');
    if (flags.json) terminal.json(report);
    else {
      const removed = report.removed?.length ? ` Removed what rebuilds had kept: ${report.removed.join(', ')}.` : '';
      terminal.write(`${report.in}: ${size(report.before)} before, ${size(report.after)} now.${removed}\n`);
    }
  },
});
