import { openEmbedder } from '../assemble/embedder.ts';
import type { ModelOptions } from '../assemble/model-options.ts';
import { modelChecks } from '../assemble/model-options.ts';
import { unusedOf } from '../assemble/unused-precision.ts';
import type { Embedder } from '../embed/embedder.ts';
import { FinetoothError } from '../errors.ts';
import { type ReadOptions, readChecks, readDocuments, readOptionsIn } from '../read/read.ts';
import { checkVectors } from '../search/check.ts';
import { defaultFields, textOf } from '../text/recipe.ts';
import type { Progress, ReadDocument } from '../types.ts';
import { callback, checkOptions, type OptionChecks, oneOf, text, texts } from '../wording/check-options.ts';
import { type LetterWatch, watchLetters } from '../wording/letter-notes.ts';
import { counted } from '../wording/numbers.ts';
import { readNotes } from '../wording/read-notes.ts';

export interface EmbedDocumentsOptions extends ReadOptions {
  /** A file or a folder, as `readDocuments` takes it; `-` is `stdin`. @default - */
  readonly source?: string;
  /** Fields that make the text, in order. @default of each document its own */
  readonly fields?: readonly string[];
  /** @default document */
  readonly role?: 'query' | 'document';
  /** A model by name. @default bge-small-en-v1.5 */
  readonly embedder?: string;
  readonly models?: ModelOptions;
  /** Called after each batch of 256. */
  readonly onProgress?: (progress: Progress) => void;
  /** At the end: each kind of thing that readers noted, and letters that the model does not know, a sentence without its full stop; a form of weights that has no effect. */
  readonly onNotes?: (notes: readonly string[]) => void;
}

export interface EmbeddedDocument {
  /** Place in the input, from 0. */
  readonly index: number;
  /** What the document or its file says; absent where nothing does. */
  readonly id?: unknown;
  /** [dimensions], length 1. */
  readonly vector: Float32Array;
  /** Tokens at the end of the text that the model did not read; absent where it read all. */
  readonly cut?: number;
}

const embedChecks: OptionChecks<EmbedDocumentsOptions> = {
  ...readChecks,
  source: text,
  fields: texts,
  role: oneOf(['query', 'document']),
  embedder: text,
  models: modelChecks,
  onProgress: callback,
  onNotes: callback,
};

const BATCH = 256;

/**
 * Vectors of the documents of a file, in their order, as fast as they are taken. The model is opened for the first.
 *
 * @example
 * import { embedDocuments } from 'finetooth/tasks';
 *
 * for await (const { index, vector } of embedDocuments({ source: 'movies.json', fields: ['overview'] })) {
 *   if (index === 0) console.log(vector.length); // 384
 * }
 *
 * @throws E_FIELD when none of the first texts has a field that is named, E_INPUT_EMPTY, and what reading and embedding throw
 */
export async function* embedDocuments(options: EmbedDocumentsOptions = {}): AsyncGenerator<EmbeddedDocument> {
  checkOptions('embedDocuments', options, embedChecks);
  const { source = '-', fields, role = 'document', signal, onProgress, onNotes } = options;
  const notes = readNotes();
  let embedder: Embedder | undefined;
  let unused: readonly string[] = [];
  let letters: LetterWatch | undefined;
  let done = 0;
  try {
    for await (const batch of batchesOf(readDocuments(source, readOptionsIn(options)))) {
      if (done === 0) checkFields(batch, fields);
      for (const one of batch) notes.add(one.notes);
      if (embedder === undefined) {
        const opened = await openEmbedder(options.embedder, options.models);
        embedder = opened.embedder;
        unused = unusedOf(options.embedder, opened, options.models);
      }
      letters ??= watchLetters({ embedder });
      const texts = batch.map(({ document }) => textOf(document, fields ?? defaultFields(document)));
      for (const text of texts) letters.see(text);
      const vectors = await embedder.embed(texts, role, { signal });
      checkVectors(vectors, batch.length, embedder.dimensions, embedder.fingerprint);
      for (const [row, { id, document }] of batch.entries()) {
        const cut = vectors.truncatedTokens?.[row] ?? 0;
        const vector = vectors.data.slice(row * vectors.dimensions, (row + 1) * vectors.dimensions);
        yield { index: done + row, id: id ?? document._id ?? document.id, vector, cut: cut > 0 ? cut : undefined };
      }
      done += batch.length;
      onProgress?.({ done, unit: 'text' });
    }
    if (done === 0) throw new FinetoothError('E_INPUT_EMPTY', `${source === '-' ? 'standard input' : source} holds no texts.`);
    onNotes?.([...unused, ...(letters?.notes('text') ?? []), ...notes.sentences()]);
  } finally {
    await embedder?.close?.();
  }
}

async function* batchesOf(documents: AsyncIterable<ReadDocument>): AsyncGenerator<readonly ReadDocument[]> {
  let batch: ReadDocument[] = [];
  for await (const one of documents) {
    batch.push(one);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function checkFields(batch: readonly ReadDocument[], fields: readonly string[] = []): void {
  const missing = fields.find((name) => !batch.some(({ document }) => Object.hasOwn(document, name)));
  if (missing === undefined) return;
  const known = [...new Set(batch.flatMap(({ document }) => Object.keys(document)))].slice(0, 20);
  throw new FinetoothError(
    'E_FIELD',
    `none of the first ${counted(batch.length, 'text')} has a field "${missing}"; their fields are ${known.join(', ')}.`,
  );
}
