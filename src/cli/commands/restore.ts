import { FinetoothError } from '../../errors.ts';
import { type RestoreReport, restoreIndex } from '../../tasks/restore-index.ts';
import { counted } from '../../wording/numbers.ts';
import { command } from '../command.ts';
import { showProgress } from '../progress.ts';

export const restoreCommand = command({
  name: 'restore',
  about: 'Put a backup in the place of an index, or its own newest whole version, in one step, and tell what is lost by it.',
  takes: [],
  options: ['from', 'into', 'json'],
  examples: ['finetooth restore --from ./movies-monday --into ./movies', 'finetooth restore --into ./movies'],
  run: async ({ flags, terminal, signal }) => {
    const { from, into } = flags;
    if (into === undefined) throw new FinetoothError('E_USAGE', 'restore needs --into INDEX, the index to put in its place or to make.');
    const show = showProgress(terminal);
    const report = await restoreIndex({ from, into, signal, onProgress: (progress) => show({ what: 'copying', ...progress }) });
    terminal.progress('');
    if (flags.json) terminal.json(report);
    else
      terminal.write(
        `${report.into} is ${report.from ?? 'whole again'} now: ${counted(report.documents, 'document')}${report.version === undefined ? '' : ` of version ${report.version}`}. ${lossOf(report)}\n`,
      );
  },
});

function lossOf({ replaced, lost, undone }: RestoreReport): string {
  if (undone !== undefined)
    return `Lost: ${undone.commits === 1 ? 'the write' : `the ${undone.commits} writes`} after ${undone.writtenAt}; what they held cannot be told.`;
  if (replaced === 'none') return 'There was no index before.';
  if (lost === undefined) return 'The index before was damaged: what it held beyond the backup cannot be told.';
  const { documents, changes, deletions } = lost;
  if (documents + changes + deletions === 0) return 'Nothing is lost: the index before held the same documents.';
  return `Lost: ${counted(documents, 'document')} added since, ${counted(changes, 'change')}, ${counted(deletions, 'deletion')}.`;
}
