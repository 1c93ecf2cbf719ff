import { throwIfStopped } from '../../errors.ts';
import { embedDocuments } from '../../tasks/embed-documents.ts';
import { harmless } from '../../wording/terminal-text.ts';
import { command } from '../command.ts';
import { modelFlags, modelOptions } from '../model-flags.ts';
import { showRate } from '../progress.ts';
import { readFlags, readOptions } from '../read-flags.ts';

/** Nine digits give back the same 32-bit number. */
const shortest = (value: number): number => Number(value.toPrecision(9));

export const embedCommand = command({
  name: 'embed',
  about: 'Print a vector for each text, one JSON object per line.',
  takes: ['[source]'],
  options: ['fields', 'role', ...readFlags, ...modelFlags, 'json'],
  examples: ['finetooth embed texts.jsonl > vectors.jsonl', `echo '["a film about bats"]' | finetooth embed --role query`],
  run: async (run) => {
    const { given, flags, terminal, signal } = run;
    const embedded = embedDocuments({
      ...readOptions(run),
      source: given[0],
      otherwise: given[0] === undefined || given[0] === '-' ? 'lines' : undefined,
      fields: flags.fields,
      role: flags.role,
      embedder: flags.embedder,
      models: await modelOptions(run),
      onProgress: showRate(terminal, 'text'),
      onNotes: (notes) => {
        terminal.progress('');
        for (const note of notes) terminal.say(`note: ${harmless(note)}.`);
      },
    });
    for await (const one of embedded) {
      terminal.json({ ...one, vector: Array.from(one.vector, shortest) });
      await terminal.drained();
      // Also raised when the reader of standard output has gone.
      throwIfStopped(signal);
    }
  },
});
