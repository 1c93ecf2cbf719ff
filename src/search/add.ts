import { randomUUID } from 'node:crypto';
import type { Embedder } from '../embed/embedder.ts';
import { FinetoothError, throwIfStopped } from '../errors.ts';
import { typeOf } from '../filter/document-test.ts';
import type { FieldTypes } from '../filter/filter.ts';
import { addUsage } from '../rerank/usage.ts';
import { shortName } from '../store/index-changes.ts';
import {
  type DeleteOptions,
  type Entry,
  indexFormat,
  isSameIndex,
  type Manifest,
  type Passage,
  type Store,
  typesIn,
  withoutEmbedder,
} from '../store/store.ts';
import { analyzerVersion } from '../text/analyzer.ts';
import { hashOfText } from '../text/identity.ts';
import { type PassageSource, sourceOf, splitterVersion } from '../text/passages.ts';
import { fieldCounts, textOf } from '../text/recipe.ts';
import { createTurns } from '../time/turn.ts';
import type { CallOptions, Progress, ReadDocument, TokenForm, Usage } from '../types.ts';
import { counted } from '../wording/numbers.ts';
import { readNotes } from '../wording/read-notes.ts';
import { firstBatchSize, nextBatchSize } from './batch-size.ts';
import { noEmbedder } from './check.ts';
import { embedPassages, withLines } from './embed-passages.ts';
import { embedderMissing, KEPT, takenOver, vectorsElsewhere } from './embedded.ts';
import { fieldWatch } from './field-watch.ts';
import { withGivenVectors } from './given-vectors.ts';
import { commonIdField, type Identified, type Identifier, identifier } from './ids.ts';
import { inferTypes } from './infer-types.ts';
import { lookedAhead } from './looked-ahead.ts';
import { tokenForm } from './token-form.ts';
import { type TypeWatch, watchTypes } from './unreadable.ts';

/** What a new index is made with. */
export interface CreateOptions {
  /** Fields that make the text, in order. @default those that most of the first 256 documents would be read by, see `defaultFields` */
  readonly fields?: readonly string[];
  /** Field that holds the id, in every document. @default `_id` or `id`; the id of a document without one comes from its content */
  readonly idField?: string;
  /** How token vectors are kept, for late interaction without reading candidates again; null: not at all. @default `defaultTokens` */
  readonly tokens?: Partial<Pick<TokenForm, 'bits' | 'pool'>> | null;
  /**
   * What fields hold, by which filters compare them, and are fast: numbers and dates may stand in texts. It goes before what is inferred of these
   * fields; of others what all values of the first 256 documents are is the type, see docs/filters.md. At most 100. @default inferred
   */
  readonly types?: FieldTypes;
  /** Split texts longer than the embedder's window into passages, where store and embedder can; `off`: a document is one. @default auto */
  readonly passages?: 'auto' | 'off';
  /**
   * Field that holds the vector of each document, which is then not embedded, and has one vector however long it is: see docs/vectors.md. The field is
   * not kept. @default none: documents are embedded
   */
  readonly vectorField?: string;
}

export interface AddOptions extends CallOptions {
  /** Afterwards remove what is in the index and not among these documents. @default false */
  readonly prune?: boolean;
  /** Called after each acknowledged batch. */
  readonly onProgress?: (progress: Progress) => void;
  /** Runs each write: one a batch, and a last one. It may wait until others have written. @default at once */
  readonly write?: <Result>(work: () => Promise<Result>) => Promise<Result>;
  /**
   * A new index for which no document has one of the fields that were named: refuse the documents, since that name is likely misspelt, or accept them
   * as long as the first batch has one of the fields. @default refuse
   */
  readonly missingFields?: 'refuse' | 'accept';
  /** The store of another index: a document whose text is as it is there takes its vectors from there, where both were made alike. @default none */
  readonly vectorsFrom?: Store;
}

export interface AddReport {
  readonly added: number;
  /** Known by their id, with other content. */
  readonly changed: number;
  readonly unchanged: number;
  readonly removed: number;
  /** Of those that were added or changed, how many came with their vectors or found them in another index; absent where none did. */
  readonly reused?: number;
  /** Documents whose fields hold no text; they are stored and embedded as the empty text. */
  readonly withoutText: number;
  /** Documents of which the embedder could not read the end, and the tokens that this left out: at least so many where a text is very long. */
  readonly cutDocuments: number;
  readonly cutTokens: number;
  /** Tokens that went through the embedder; 0 when it does not count them. */
  readonly tokens: number;
  /** What hosted embedding used; absent for a local embedder. */
  readonly usage?: Usage;
  /** By field, how many documents have a text there that is not read; only where no one named fields. Absent when all is read. */
  readonly unreadFields?: Readonly<Record<string, number>>;
  /** By field, how many of these documents have no value that can be read as its type, but another one: ranges pass over them. Absent when there are none. */
  readonly unreadable?: Readonly<Record<string, number>>;
  /** Sentences about what was done that no one asked for: fields that are not read, ids from the content, files that were read with leniency. */
  readonly notes?: readonly string[];
  /** Milliseconds. */
  readonly took: number;
}

/** Characters of a batch for each document that it may have: the first is full at a million. */
const BATCH_CHARACTERS = 1_000_000 / firstBatchSize;

/** Names of fields that are counted for the report. */
const MOST_FIELDS = 1000;

interface Target {
  readonly store: Store;
  /** null: documents come with their vectors. */
  readonly embedder: Embedder | null;
  readonly create: CreateOptions;
  readonly model?: string;
  manifest(): Manifest | undefined;
  created(manifest: Manifest): void;
}

/** A document that is not in the index as it is. */
interface Fresh extends Identified {
  readonly source: PassageSource;
  readonly textHash: string;
}

/** Embeds what is new or changed and stores it, batch by batch. A batch is acknowledged once `onProgress` has been told of it. */
export async function addDocuments(target: Target, given: AsyncIterable<ReadDocument>, options: AddOptions): Promise<AddReport> {
  const { store, embedder } = target;
  const documents = withVectorsOf(target, given);
  const { signal, onProgress, write = (work) => work(), missingFields = 'refuse' } = options;
  const started = performance.now();
  const report = { added: 0, changed: 0, unchanged: 0, removed: 0, withoutText: 0, cutDocuments: 0, cutTokens: 0, tokens: 0 };
  let usage: Usage | undefined;
  const reused = new Set<string>();
  const watch = fieldWatch(target.create.fields);
  const counts = fieldCounts(MOST_FIELDS);
  const noted = readNotes();
  let ids: Identifier | undefined;
  let types: TypeWatch | undefined;
  let plan: Manifest | undefined = target.manifest();
  const isNew = plan === undefined;
  const turn = createTurns();
  const there = options.prune ? await contentOf(target) : undefined;

  /** Stores what is new or changed. False when the index was made again meanwhile: what was compared with is gone. */
  const storeBatch = async (batch: readonly Identified[], written: Map<string, 'added' | 'changed'>): Promise<boolean> => {
    if (target.manifest() === undefined && missingFields === 'accept' && watch.isBlank()) watch.check();
    const manifest = agreed(plan as Manifest, target.manifest());
    const before = target.manifest() === undefined ? undefined : await store.open();
    const known = new Map<string, Pick<Entry, 'hash' | 'textHash'>>();
    if (before !== undefined)
      for await (const entry of store.get(
        batch.map(({ id }) => id),
        ['hash', 'textHash'],
      ))
        known.set(entry.id, entry);
    const fresh: Fresh[] = [];
    for (const read of batch) {
      if (known.get(read.id)?.hash === read.hash) continue;
      const source = sourceOf(read.document, manifest.fields);
      await turn();
      fresh.push({ ...read, source, textHash: hashOfText(source.text) });
    }
    const kept = new Map<string, readonly Passage[]>();
    for (const one of fresh) {
      const passages = await takenOver(one, manifest, turn);
      if (passages !== undefined) kept.set(one.id, passages);
    }
    if (options.vectorsFrom !== undefined)
      for await (const [id, passages] of vectorsElsewhere(options.vectorsFrom, fresh, manifest)) if (!kept.has(id)) kept.set(id, passages);
    for (const id of kept.keys()) reused.add(id);
    // Vectors are read of those alone whose text is as it was.
    const sameText = fresh.filter(({ id, textHash }) => !kept.has(id) && known.get(id)?.textHash === textHash).map(({ id }) => id);
    if (sameText.length > 0)
      for await (const { id, textHash, further = [], ...first } of store.get(sameText, KEPT))
        if (textHash === known.get(id)?.textHash) kept.set(id, [first, ...further]);
    const toEmbed = fresh.filter(({ id }) => !kept.has(id));
    if (embedder === null && toEmbed[0] !== undefined) throw embedderMissing(toEmbed[0], manifest);
    const { passages, vectors } = await embedPassages(
      embedder,
      manifest,
      toEmbed.map(({ source }) => source),
      { signal, turn },
    );
    throwIfStopped(signal);
    // Only now: a model that cannot be asked leaves no empty index behind.
    if (target.manifest() === undefined) target.created(agreed(manifest, (await store.open(manifest)) as Manifest));
    else agreed(manifest, target.manifest());
    for (const [row, { id }] of toEmbed.entries()) kept.set(id, passages[row] as readonly Passage[]);
    const entries = fresh.map(({ source, textHash, ...read }): Entry => {
      const { id, document, hash } = read;
      const all = kept.get(id) as readonly Passage[];
      // Those of another index know their lines.
      const [first, ...further] = read.embedded === undefined ? withLines(all, source, read, manifest) : all;
      return { ...(first as Passage), id, document, hash, textHash, further: further.length === 0 ? undefined : further };
    });
    await turn();
    await store.upsert(entries);
    for (const { id, source } of fresh) {
      if (written.has(id)) continue;
      written.set(id, known.has(id) ? 'changed' : 'added');
      if (source.text.trim() === '') report.withoutText++;
    }
    for (const tokens of vectors?.truncatedTokens ?? []) {
      report.cutTokens += tokens;
      if (tokens > 0) report.cutDocuments++;
    }
    for (const tokens of vectors?.tokens ?? []) report.tokens += tokens;
    if (vectors?.usage !== undefined) usage = addUsage(usage, vectors.usage);
    report.tokens += vectors?.usage?.tokens ?? 0;
    const now = before === undefined ? undefined : await store.open();
    return before === undefined || (now !== undefined && isSameIndex(before, now));
  };
  /** Documents of a batch. */
  let size = firstBatchSize;
  /** The index that holds what was stored so far, and the batch that this is, where it is a single one. */
  let home: Manifest | undefined;
  let single: readonly Identified[] | undefined;
  const isHome = async (): Promise<boolean> => {
    const now = home === undefined ? undefined : await store.open();
    return home === undefined || (now !== undefined && isSameIndex(home, now));
  };
  const flush = async (batch: readonly Identified[]): Promise<void> => {
    if (batch.length === 0) return;
    const began = performance.now();
    const written = new Map<string, 'added' | 'changed'>();
    while (!(await storeBatch(batch, written)));
    if (!(await isHome())) throw madeAnew();
    single = home === undefined ? batch : undefined;
    home ??= await store.open();
    for (const what of written.values()) report[what]++;
    report.unchanged += batch.length - written.size;
    const done = report.added + report.changed + report.unchanged;
    size = nextBatchSize(size, done, performance.now() - began);
    onProgress?.({ done, unit: 'documents' });
  };

  let batch: Identified[] = [];
  let characters = 0;
  const decide = (first: readonly ReadDocument[]): void => {
    plan = newManifest(target, first);
  };
  for await (const read of lookedAhead(documents, plan === undefined ? decide : undefined)) {
    throwIfStopped(signal);
    await turn();
    const { idField, fields } = plan as Manifest;
    ids ??= identifier(idField);
    types ??= watchTypes(plan as Manifest);
    watch.see(read.document);
    counts.see(read.document);
    types.see(read.document);
    noted.add(read.notes);
    await turn();
    batch.push(ids.identify(read));
    await turn();
    characters += Math.max(textOf(read.document, fields).length, read.bytes ?? 0);
    if (batch.length < size && characters < size * BATCH_CHARACTERS) continue;
    const full = batch;
    await write(() => flush(full));
    batch = [];
    characters = 0;
  }
  if (ids === undefined) throw new FinetoothError('E_INPUT_EMPTY', 'there are no documents to index.');
  if (isNew && missingFields === 'refuse') watch.check();
  const { seen } = ids;
  await write(async () => {
    await flush(batch);
    if (there !== undefined) {
      report.removed = await store.delete(
        [...there.hashes.keys()].filter((id) => !seen.has(id)),
        there,
      );
    }
    await store.optimize();
    // Optimizing waits for a rebuild that began after the last batch was stored, which is then gone with the old index.
    while (!(await isHome())) {
      if (single === undefined) throw madeAnew();
      Object.assign(report, { added: 0, changed: 0, unchanged: 0, withoutText: 0 });
      home = undefined;
      await flush(single);
      await store.optimize();
    }
  });
  const unread = target.create.fields === undefined ? counts.unread((plan as unknown as Manifest).fields) : {};
  const unreadable = types?.counts() ?? {};
  const notes = [...unreadNotes(unread), ...(types?.notes() ?? []), ...ids.notes(), ...noted.sentences()];
  return {
    ...report,
    reused: reused.size === 0 ? undefined : reused.size,
    usage,
    ...(Object.keys(unread).length === 0 ? {} : { unreadFields: unread }),
    ...(Object.keys(unreadable).length === 0 ? {} : { unreadable }),
    ...(notes.length === 0 ? {} : { notes }),
    took: performance.now() - started,
  };
}

/** What an index holds before anything is added, which is all that may be pruned: what others add meanwhile is theirs. */
async function contentOf({ store, manifest }: Target): Promise<Required<DeleteOptions> | undefined> {
  const from = manifest() === undefined ? undefined : await store.open();
  if (from === undefined) return undefined;
  const hashes = new Map<string, string>();
  for await (const { id, hash } of store.get('all', ['hash'])) hashes.set(id, hash);
  return { from, hashes };
}

/** The index as it is: as planned, or as someone else made it meanwhile in the same way. */
function agreed(planned: Manifest, made: Manifest | undefined): Manifest {
  if (made === undefined || made === planned) return planned;
  const recipe = ({ embedder, dimensions, fields, idField, vectorField }: Manifest): string =>
    JSON.stringify([embedder, dimensions, fields, idField ?? null, vectorField ?? null]);
  const types = typesIn(made);
  const isTyped = Object.entries(planned.declared ?? {}).every(([field, type]) => typeOf(field, types) === type);
  if (recipe(made) === recipe(planned) && isTyped) return made;
  throw new FinetoothError(
    'E_LOCKED',
    'another process made this index a moment ago, with another model, other fields, other types or another id field. Run the command again to add to that one.',
  );
}

const madeAnew = (): FinetoothError =>
  new FinetoothError(
    'E_LOCKED',
    'another process made the index again in the middle of this, so that documents which were stored before are not in it. Run the same command again.',
  );

function newManifest(target: Target, first: readonly ReadDocument[]): Manifest {
  const { create, embedder, model, store } = target;
  const counts = fieldCounts();
  for (const { document } of first) counts.see(document);
  /** The other index that documents come from, where its model is that of this one. */
  const come = first.find(({ embedded }) => embedded !== undefined)?.embedded;
  const origin = embedder === null || come?.by?.embedder === embedder.fingerprint ? come?.by : undefined;
  const fields = create.fields ?? origin?.fields ?? counts.common();
  if (fields.length === 0) {
    const known = [...new Set(first.flatMap(({ document }) => Object.keys(document)))];
    throw new FinetoothError(
      'E_FIELD',
      (say) =>
        `the first ${counted(first.length, 'document')} ${first.length === 1 ? 'has' : 'have'} no field that holds words (the fields are ${known.slice(0, 20).join(', ') || 'none'}); name the fields that make the text ${say.as('fields')}.`,
    );
  }
  const vectorField = create.vectorField ?? origin?.vectorField;
  const idField = create.idField ?? origin?.idField ?? commonIdField(first);
  const declared = isEmpty(create.types) ? undefined : create.types;
  const filterable: FieldTypes = {
    ...inferTypes(first, { fields, idField }),
    ...(origin?.filterable as FieldTypes | undefined),
    ...declared,
  };
  const splits = vectorField === undefined && create.passages !== 'off' && store.capabilities.passages;
  const isAsked = create.passages !== undefined && embedder !== null;
  const dimensions = embedder?.dimensions ?? origin?.dimensions ?? come?.passages[0]?.vector.length;
  if (dimensions === undefined) throw noEmbedder();
  return {
    format: indexFormat,
    id: randomUUID(),
    embedder: embedder?.fingerprint ?? origin?.embedder ?? withoutEmbedder,
    model: embedder === null ? origin?.model : model,
    dimensions,
    tokens: tokenForm(create.tokens, embedder, origin, vectorField),
    fields,
    filterable: isEmpty(filterable) ? undefined : filterable,
    declared,
    idField,
    vectorField,
    splitter: !splits ? undefined : origin !== undefined && !isAsked ? origin.splitter : embedder?.split && splitterVersion,
    analyzer: analyzerVersion,
    createdAt: new Date().toISOString(),
  };
}

const isEmpty = (types: FieldTypes = {}): boolean => Object.keys(types).length === 0;

/** The documents of a call, those of an index whose vectors are given with their vectors. */
function withVectorsOf({ manifest, create, embedder }: Target, documents: AsyncIterable<ReadDocument>): AsyncIterable<ReadDocument> {
  const made = manifest();
  const field = made === undefined ? create.vectorField : made.vectorField;
  if (field === undefined) return documents;
  const expected =
    embedder !== null
      ? { dimensions: embedder.dimensions, by: `the embedder "${shortName(embedder.fingerprint)}"` }
      : made && { dimensions: made.dimensions, by: 'the index' };
  return withGivenVectors(documents, { field, expected });
}

/** "1,234 documents have a field `text` that is not read: …" */
const unreadNotes = (unread: Readonly<Record<string, number>>): readonly string[] =>
  Object.entries(unread).map(
    ([name, count]) =>
      `${counted(count, 'document')} ${count === 1 ? 'has' : 'have'} a field \`${name}\` that is not read: name it among the fields, and rebuild an index that is there`,
  );
