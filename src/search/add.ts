import { randomUUID } from 'node:crypto';
import type { Embedder } from '../embed/embedder.ts';
import { FinetoothError, throwIfStopped } from '../errors.ts';
import { addUsage } from '../rerank/usage.ts';
import {
  type DeleteOptions,
  type Entry,
  type FilterableFields,
  indexFormat,
  isSameIndex,
  type Manifest,
  type Passage,
  type Store,
} from '../store/store.ts';
import { analyzerVersion } from '../text/analyzer.ts';
import { hashOfText } from '../text/identity.ts';
import { type PassageSource, sourceOf, splitterVersion } from '../text/passages.ts';
import { fieldCounts, textOf } from '../text/recipe.ts';
import { createTurns } from '../time/turn.ts';
import type { CallOptions, Document, Progress, ReadDocument, TokenForm, Usage } from '../types.ts';
import { nearestName } from '../wording/nearest-name.ts';
import { counted } from '../wording/numbers.ts';
import { readNotes } from '../wording/read-notes.ts';
import { firstBatchSize, nextBatchSize } from './batch-size.ts';
import { checkCount } from './check.ts';
import { embedPassages, withLines } from './embed-passages.ts';
import { inferFilterable } from './filterable.ts';
import { commonIdField, type Identified, type Identifier, identifier } from './ids.ts';

/** What a new index is made with. */
export interface CreateOptions {
  /** Fields that make the text, in order. @default those that most of the first 256 documents would be read by, see `defaultFields` */
  readonly fields?: readonly string[];
  /** Field that holds the id, in every document. @default `_id` or `id`; the id of a document without one comes from its content */
  readonly idField?: string;
  /** How token vectors are kept, for late interaction without reading candidates again; null: not at all. @default `defaultTokens` */
  readonly tokens?: Partial<Pick<TokenForm, 'bits' | 'pool'>> | null;
  /**
   * Fields on which filters are fast, and whether they hold numbers or keywords. @default those of the first 256 documents that hold nothing but
   * numbers or short texts, and make no text, see `inferFilterable`
   */
  readonly filterable?: FilterableFields;
  /** Split texts longer than the embedder's window into passages, where store and embedder can; `off`: a document is one. @default auto */
  readonly passages?: 'auto' | 'off';
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
}

export interface AddReport {
  readonly added: number;
  /** Known by their id, with other content. */
  readonly changed: number;
  readonly unchanged: number;
  readonly removed: number;
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
  /** Sentences about what was done that no one asked for: fields that are not read, ids from the content, files that were read with leniency. */
  readonly notes?: readonly string[];
  /** Milliseconds. */
  readonly took: number;
}

/** Characters of a batch for each document that it may have: the first is full at a million. */
const BATCH_CHARACTERS = 1_000_000 / firstBatchSize;

/** A new index looks at so much before it decides what is read: as many documents as its first batch has, or this many characters of JSON. */
const LOOKAHEAD_CHARACTERS = 16_000_000;

/** What an entry keeps when its text stays. */
const KEPT = ['textHash', 'vector', 'tokens', 'terms', 'place', 'further'] as const;

/** Names of fields that are counted for the report. */
const MOST_FIELDS = 1000;

interface Target {
  readonly store: Store;
  readonly embedder: Embedder;
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

/** 64 bytes a token: the smallest form that loses nothing that could be measured (decisions/0010). */
const defaultTokens = { bits: 4, pool: 3 } as const;

/** Embeds what is new or changed and stores it, batch by batch. A batch is acknowledged once `onProgress` has been told of it. */
export async function addDocuments(target: Target, documents: AsyncIterable<ReadDocument>, options: AddOptions): Promise<AddReport> {
  const { store, embedder } = target;
  const { signal, onProgress, write = (work) => work(), missingFields = 'refuse' } = options;
  const started = performance.now();
  const report = { added: 0, changed: 0, unchanged: 0, removed: 0, withoutText: 0, cutDocuments: 0, cutTokens: 0, tokens: 0 };
  let usage: Usage | undefined;
  const watch = fieldWatch(target.create.fields);
  const counts = fieldCounts(MOST_FIELDS);
  const noted = readNotes();
  let ids: Identifier | undefined;
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
    // Vectors are read of those alone whose text is as it was.
    const sameText = fresh.filter(({ id, textHash }) => known.get(id)?.textHash === textHash).map(({ id }) => id);
    const kept = new Map<string, readonly Passage[]>();
    if (sameText.length > 0)
      for await (const { id, textHash, further = [], ...first } of store.get(sameText, KEPT))
        if (textHash === known.get(id)?.textHash) kept.set(id, [first, ...further]);
    const toEmbed = fresh.filter(({ id }) => !kept.has(id));
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
      const [first, ...further] = withLines(kept.get(id) as readonly Passage[], source, read);
      return { ...(first as Passage), id, document, hash, textHash, further: further.length === 0 ? undefined : further };
    });
    await turn();
    await store.upsert(entries);
    for (const { id, source } of fresh) {
      if (written.has(id)) continue;
      written.set(id, known.has(id) ? 'changed' : 'added');
      if (source.text.trim() === '') report.withoutText++;
    }
    for (const tokens of vectors.truncatedTokens ?? []) {
      report.cutTokens += tokens;
      if (tokens > 0) report.cutDocuments++;
    }
    for (const tokens of vectors.tokens ?? []) report.tokens += tokens;
    if (vectors.usage !== undefined) usage = addUsage(usage, vectors.usage);
    report.tokens += vectors.usage?.tokens ?? 0;
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
    watch.see(read.document);
    counts.see(read.document);
    noted.add(read.notes);
    await turn();
    const pending = ids.identify(read);
    batch.push(pending);
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
  const notes = [...unreadNotes(unread), ...ids.notes(), ...noted.sentences()];
  return {
    ...report,
    usage,
    ...(Object.keys(unread).length === 0 ? {} : { unreadFields: unread }),
    ...(notes.length === 0 ? {} : { notes }),
    took: performance.now() - started,
  };
}

/** Which of the fields that the user named no document has had so far. */
function fieldWatch(fields: readonly string[] | undefined) {
  const missing = new Set(fields ?? []);
  const known = new Set<string>();
  return {
    see: (document: Document): void => {
      for (const name of Object.keys(document)) {
        if (known.size < 1000) known.add(name);
        missing.delete(name);
      }
    },
    /** Whether none of several fields has been there. */
    isBlank: (): boolean => fields !== undefined && missing.size === new Set(fields).size,
    check: (): void => {
      for (const name of missing) {
        const near = nearestName(name, [...known]);
        throw new FinetoothError(
          'E_FIELD',
          `no document has the field "${name}"${near === undefined ? '' : ` (did you mean "${near}"?)`}; the fields are ${[...known].slice(0, 20).join(', ')}.`,
        );
      }
    },
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
  const recipe = ({ embedder, fields, idField }: Manifest): string => JSON.stringify([embedder, fields, idField ?? null]);
  if (recipe(made) === recipe(planned)) return made;
  throw new FinetoothError(
    'E_LOCKED',
    'another process made this index a moment ago, with another model, other fields or another id field. Run the command again to add to that one.',
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
  const fields = create.fields ?? counts.common();
  if (fields.length === 0) {
    const known = [...new Set(first.flatMap(({ document }) => Object.keys(document)))];
    throw new FinetoothError(
      'E_FIELD',
      (say) =>
        `the first ${counted(first.length, 'document')} ${first.length === 1 ? 'has' : 'have'} no field that holds words (the fields are ${known.slice(0, 20).join(', ') || 'none'}); name the fields that make the text ${say.as('fields')}.`,
    );
  }
  const idField = create.idField ?? commonIdField(first);
  const tokens = tokensFor(create.tokens, embedder);
  const inferred = create.filterable ?? (store.capabilities.filterable ? inferFilterable(first, fields) : {});
  const filterable = Object.keys(inferred).length === 0 ? undefined : inferred;
  return {
    format: indexFormat,
    id: randomUUID(),
    embedder: embedder.fingerprint,
    model,
    dimensions: embedder.dimensions,
    tokens: tokens === null ? undefined : tokens,
    fields,
    filterable,
    idField,
    splitter: create.passages !== 'off' && store.capabilities.passages && embedder.split !== undefined ? splitterVersion : undefined,
    analyzer: analyzerVersion,
    createdAt: new Date().toISOString(),
  };
}

/** The same documents, all that a decision may rest on told of before the first of them. */
async function* lookedAhead(
  documents: AsyncIterable<ReadDocument>,
  decide: ((first: readonly ReadDocument[]) => void) | undefined,
): AsyncGenerator<ReadDocument> {
  let first: ReadDocument[] | undefined = decide === undefined ? undefined : [];
  let characters = 0;
  for await (const read of documents) {
    if (first === undefined) {
      yield read;
      continue;
    }
    first.push(read);
    characters += read.bytes ?? JSON.stringify(read.document).length;
    if (first.length < firstBatchSize && characters < LOOKAHEAD_CHARACTERS) continue;
    decide?.(first);
    yield* first;
    first = undefined;
  }
  if (first === undefined || first.length === 0) return;
  decide?.(first);
  yield* first;
}

/** "1,234 documents have a field `text` that is not read: …" */
const unreadNotes = (unread: Readonly<Record<string, number>>): readonly string[] =>
  Object.entries(unread).map(
    ([name, count]) =>
      `${counted(count, 'document')} ${count === 1 ? 'has' : 'have'} a field \`${name}\` that is not read: name it among the fields, and rebuild an index that is there`,
  );

function tokensFor(wanted: CreateOptions['tokens'], { tokenSize, fingerprint }: Embedder): TokenForm | null {
  if (wanted === null || (wanted === undefined && tokenSize === undefined)) return null;
  if (tokenSize === undefined)
    throw new FinetoothError('E_USAGE', `the embedder "${fingerprint}" gives no token vectors that an index could keep.`);
  const { bits = defaultTokens.bits, pool = defaultTokens.pool } = wanted ?? {};
  const form: TokenForm = { size: tokenSize, bits, pool };
  if (![8, 4, 1].includes(form.bits)) throw new FinetoothError('E_USAGE', `tokens.bits is 8, 4 or 1; got ${String(form.bits)}.`);
  checkCount('tokens.pool', form.pool, 1, 16);
  return form;
}
