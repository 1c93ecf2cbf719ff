import { openEmbedder } from '../../assemble/embedder.ts';
import type { Embedder } from '../../embed/embedder.ts';
import { FinetoothError } from '../../errors.ts';
import { readDocuments } from '../../index.ts';
import { checkVectors } from '../../search/check.ts';
import { defaultFields, textOf } from '../../text/recipe.ts';
import type { ReadDocument } from '../../types.ts';
import { counted, grouped } from '../../wording/numbers.ts';
import { readNotes } from '../../wording/read-notes.ts';
import { command } from '../command.ts';
import { modelFlags, modelOptions } from '../model-flags.ts';
import { harmless } from '../terminal.ts';

/** Documents embedded and printed at a time. */
const BATCH = 256;

/** Nine digits give back the same 32-bit number. */
const shortest = (value: number): number => Number(value.toPrecision(9));

export const embedCommand = command({
  name: 'embed',
  about: 'Print a vector for each text, one JSON object a line.',
  takes: ['[source]'],
  options: ['fields', 'role', 'format', ...modelFlags, 'json'],
  examples: ['finetooth embed texts.jsonl > vectors.jsonl', `echo '["a film about bats"]' | finetooth embed --role query`],
  run: async (run) => {
    const { given, flags, terminal, signal } = run;
    const source = given[0] ?? '-';
    let embedder: Embedder | undefined;
    const { fields } = flags;
    const noted = readNotes();
    let done = 0;
    const started = performance.now();
    const flush = async (batch: readonly ReadDocument[]): Promise<void> => {
      const missing = done === 0 ? fields?.find((name) => !batch.some(({ document }) => Object.hasOwn(document, name))) : undefined;
      if (missing !== undefined) {
        const known = [...new Set(batch.flatMap(({ document }) => Object.keys(document)))];
        throw new FinetoothError(
          'E_FIELD',
          `none of the first ${counted(batch.length, 'text')} has a field "${missing}"; their fields are ${known.slice(0, 20).join(', ')}.`,
        );
      }
      embedder ??= (await openEmbedder(flags.embedder, await modelOptions(run))).embedder;
      const vectors = await embedder.embed(
        batch.map(({ document }) => textOf(document, fields ?? defaultFields(document))),
        flags.role,
        { signal },
      );
      checkVectors(vectors, batch.length, embedder.dimensions, embedder.fingerprint);
      for (const [row, read] of batch.entries()) {
        const id = read.id ?? read.document._id ?? read.document.id;
        const vector = Array.from(vectors.data.subarray(row * vectors.dimensions, (row + 1) * vectors.dimensions), shortest);
        const cut = vectors.cut?.[row] ?? 0;
        terminal.json({ index: done + row, id, vector, cut: cut > 0 ? cut : undefined });
      }
      await terminal.drained();
      done += batch.length;
      terminal.progress(`${counted(done, 'text')}, ${grouped((done * 1000) / (performance.now() - started))} a second`);
    };
    try {
      let batch: ReadDocument[] = [];
      for await (const read of readDocuments(source, {
        signal,
        stdin: terminal.stdin,
        format: flags.format === 'auto' ? undefined : flags.format,
      })) {
        noted.add(read.notes);
        batch.push(read);
        if (batch.length < BATCH) continue;
        await flush(batch);
        batch = [];
      }
      if (batch.length > 0) await flush(batch);
      terminal.progress('');
      for (const note of noted.sentences()) terminal.say(`note: ${harmless(note)}.`);
      if (done === 0) throw new FinetoothError('E_INPUT_EMPTY', `${source === '-' ? 'standard input' : source} holds no texts.`);
    } finally {
      await embedder?.close?.();
    }
  },
});
