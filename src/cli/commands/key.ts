import { appendFile } from 'node:fs/promises';
import { diskErrorOf } from '../../errors.ts';
import { command } from '../command.ts';

export const keyCommand = command({
  name: 'key',
  about: 'Make a key for "finetooth serve" and print it; a file gets its hash only.',
  takes: [],
  options: ['addTo', 'keyName', 'json'],
  examples: ['finetooth key --add-to keys --name laptop'],
  run: async ({ flags, terminal }) => {
    const { newKey } = await import('../../server/index.ts');
    const { key, line } = newKey(flags.keyName);
    if (flags.addTo !== undefined) {
      // No one else needs to read it, hash or not.
      await appendFile(flags.addTo, `${line}\n`, { mode: 0o600, flush: true }).catch((error: unknown) =>
        Promise.reject(diskErrorOf(error, flags.addTo as string)),
      );
    }
    if (flags.json) terminal.json({ key, line });
    else terminal.write(`${key}\n`);
    if (flags.addTo === undefined) terminal.say(`The line for a file of keys: ${line}`);
    else terminal.say(`Its hash stands in ${flags.addTo}; the key itself is printed only this once.`);
  },
});
