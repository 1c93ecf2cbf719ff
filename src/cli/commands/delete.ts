import { openIndex } from '../../assemble/open-index.ts';
import { shownName } from '../../assemble/store.ts';
import { counted } from '../../wording/numbers.ts';
import { command } from '../command.ts';
import { theIndex } from '../index-flag.ts';

export const deleteCommand = command({
  name: 'delete',
  about: 'Remove documents from an index by their ids.',
  takes: ['<ids...>'],
  options: ['in', 'durability', 'json'],
  examples: ['finetooth delete tt0096895 tt0103776 --in ./movies'],
  run: async ({ given, flags, terminal }) => {
    const folder = theIndex(flags.in, 'delete');
    await using index = await openIndex(folder, { embedder: null, durability: flags.durability });
    const asked = [...new Set(given)];
    const removed = await index.delete(asked);
    if (flags.json) terminal.json({ asked: asked.length, removed });
    else
      terminal.write(
        `${counted(removed, 'document')} removed from ${shownName(folder)}${removed < asked.length ? `; ${asked.length - removed} of the ids ${asked.length - removed === 1 ? 'was' : 'were'} not there` : ''}.\n`,
      );
  },
});
