import { FinetoothError } from '../../errors.ts';
import { type CachedIndex, clearCache, listCache } from '../../tasks/index.ts';
import { counted, grouped, moment, size } from '../../wording/numbers.ts';
import { harmless } from '../../wording/terminal-text.ts';
import { command } from '../command.ts';

export const cacheCommand = command({
  name: 'cache',
  about: 'List what is kept on this machine: indexes of folders that were searched as they are, models, collections; or free it.',
  takes: ['[source]'],
  options: ['clear', 'all', 'cache', 'json'],
  examples: ['finetooth cache', 'finetooth cache --clear ./notes', 'finetooth cache --clear --all'],
  run: async ({ given, flags, terminal, signal }) => {
    const options = { cacheFolder: flags.cache, source: given[0], signal };
    if (flags.clear) {
      const { cleared, bytes, kept } = await clearCache({ ...options, all: flags.all });
      for (const { folder, reason } of kept) terminal.say(`${harmless(folder)} is left: ${reason}`);
      if (flags.json) return terminal.json({ cleared, bytes, kept });
      for (const folder of cleared) terminal.write(`deleted ${harmless(folder)}\n`);
      return terminal.write(`${size(bytes)} freed.\n`);
    }
    if (flags.all) throw new FinetoothError('E_USAGE', '--all says what --clear deletes: give both, or neither.');
    const report = await listCache(options);
    if (flags.json) return terminal.json(report);
    const { folder, indexes, parts, bytes } = report;
    if (given[0] === undefined) terminal.write(`${harmless(folder)} holds ${size(bytes)}.\n`);
    if (indexes.length > 0) {
      terminal.write('\ndocuments       size  last used             index of\n');
      for (const one of indexes) terminal.write(`${lineOf(one)}\n`);
    } else terminal.write(given[0] === undefined ? 'No folder was searched as it is.\n' : `No index of ${harmless(given[0])} is kept.\n`);
    if (given[0] === undefined && parts.length > 0) {
      terminal.write('\n');
      for (const part of parts)
        terminal.write(`${harmless(part.folder.slice(folder.length + 1)).padEnd(9)} ${size(part.bytes).padStart(10)}  ${part.about}\n`);
    }
    const gone = indexes.filter(({ state }) => state === 'source missing').length;
    if (gone > 0)
      terminal.say(`${counted(gone, 'index', 'indexes')} of what is not there any more: "finetooth cache --clear PATH" deletes one.`);
    terminal.say(
      '"finetooth cache --clear" deletes the indexes listed here and what is made again by itself; with --all what is downloaded, too.',
    );
  },
});

function lineOf({ documents, bytes, usedAt, source, reading, state }: CachedIndex): string {
  const said = Object.entries(reading).map(([name, value]) => `${name} ${[value].flat().join(', ')}`);
  const notes = [...(state === 'ok' ? [] : [state]), ...said];
  const held = documents === undefined ? '' : grouped(documents);
  const whose = source === '' ? 'what is not known any more' : harmless(source);
  return `${held.padStart(9)} ${size(bytes).padStart(10)}  ${moment(usedAt)}  ${whose}${notes.length === 0 ? '' : ` (${harmless(notes.join('; '))})`}`;
}
