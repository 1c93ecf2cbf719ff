import { FinetoothError } from '../../errors.ts';
import { type VerifyReport, verifyIndex } from '../../tasks/verify-index.ts';
import { counted, size } from '../../wording/numbers.ts';
import { harmless } from '../../wording/terminal-text.ts';
import { command } from '../command.ts';
import { theIndex } from '../index-flag.ts';
import { showProgress } from '../progress.ts';

export const verifyCommand = command({
  name: 'verify',
  about: 'Hash the files of an index, or the documents of one in a database, and tell which are not as they were written.',
  takes: [],
  options: ['in', 'json'],
  examples: ['finetooth verify --in ./movies'],
  run: async ({ flags, terminal, signal }) => {
    const where = theIndex(flags.in, 'verify');
    const show = showProgress(terminal);
    const report = await verifyIndex({ in: where, signal, onProgress: (progress) => show({ what: 'verifying', ...progress }) });
    terminal.progress('');
    if (flags.json) terminal.json(report);
    else terminal.write(linesOf(report));
    const { damages, in: folder } = report;
    if (damages.length === 0) return;
    if (damages.every(({ part }) => part === 'index'))
      throw new FinetoothError(
        'E_INDEX_DAMAGED',
        `${folder} is damaged: index. Its documents are whole, and "finetooth compact --in ${folder}" builds it again of them.`,
      );
    throw new FinetoothError(
      'E_INDEX_DAMAGED',
      (say) =>
        `${folder} is damaged: ${[...new Set(damages.map(({ part }) => part))].join(', ')}. Go back to its newest whole version with ${say.restoreIndex(folder)}, restore it from a backup, or build it again from its source with ${say.rebuildIndex(folder)}.`,
    );
  },
});

function linesOf({ in: folder, documents, version, files, bytes, unchecked, damages, damagedDocuments = [] }: VerifyReport): string {
  const lines = damages.map(({ part, path, reason }) => `${part.padEnd(10)} ${path}: ${reason}`);
  for (const { id, reason } of damagedDocuments) lines.push(`document   ${harmless(id)}: ${reason}`);
  const checked = version === undefined ? '' : ` of version ${version}, ${counted(files, 'file')} (${size(bytes)})`;
  if (damages.length === 0) lines.push(`${folder} is whole: ${counted(documents ?? 0, 'document')}${checked} as they were written.`);
  if (unchecked > 0)
    lines.push(`${counted(unchecked, 'file')} of an earlier version of finetooth without checksums: the next write adds them.`);
  return `${lines.join('\n')}\n`;
}
