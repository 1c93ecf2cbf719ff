import type { SparseEmbedder } from '../embed/sparse.ts';
import { FinetoothError, throwIfStopped } from '../errors.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { addUsage, failAfter } from '../rerank/usage.ts';
import { shortName } from '../store/index-changes.ts';
import {
  type DeleteOptions,
  type Entry,
  isSameIndex,
  keepsTitles,
  type Manifest,
  type Passage,
  type SparseModel,
  type Store,
} from '../store/store.ts';
import { analyzerVersion } from '../text/analyzer.ts';
import { hashOfText } from '../text/identity.ts';
import { sourceOf } from '../text/passages.ts';
import { fieldCounts, textOf } from '../text/recipe.ts';
import { createTurns } from '../time/turn.ts';
import type { CallOptions, Progress, ReadDocument, Usage } from '../types.ts';
import { watchLetters } from '../wording/letter-notes.ts';
import { counted } from '../wording/numbers.ts';
import { readNotes, type Skipped } from '../wording/read-notes.ts';
import { agreed, madeAnew } from './agreed.ts';
import { firstBatchSize, nextBatchSize } from './batch-size.ts';
import { type CreateOptions, withoutTitle } from './create-options.ts';
import { type Analysed, embedPassages, withLines } from './embed-passages.ts';
import { embedTitles } from './embed-titles.ts';
import { embedderMissing, isSameTitle, keptBy, reworded, takenOver, titleTakenOver, vectorsElsewhere } from './embedded.ts';
import { fieldWatch, unreadNotes } from './field-watch.ts';
import { withGivenVectors } from './given-vectors.ts';
import { type Identified, type Identifier, identifier } from './ids.ts';
import { languageChoice } from './language-choice.ts';
import { lookedAhead } from './looked-ahead.ts';
import { type Making, newManifest } from './new-manifest.ts';
import { weighPassages } from './sparse-passages.ts';
import { keepSpread } from './spread.ts';
import { type TypeWatch, watchTypes } from './unreadable.ts';
import { analysisOf } from './word-analysis.ts';

export interface AddOptions extends CallOptions {
  /** Afterwards remove what is in the index and not among these documents, but for documents of files that could not be read. @default false */
  readonly prune?: boolean;
  /** Called after each acknowledged batch. */
  readonly onProgress?: (progress: Progress) => void;
  /** Documents of the first batch, 1 to 256: with fewer, progress is told earlier where embedding is slow; later ones grow with their pace. @default 256 */
  readonly firstBatch?: number;
  /** Called with the id of each document as it is read. */
  readonly onDocument?: (id: string) => void;
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
  /** Files of a folder that could not be read: they were left out, and what the index holds of them stays. Absent where all could be read. */
  readonly skipped?: Skipped;
  /** Sentences about what was done that no one asked for: fields that are not read, ids from the content, files that were read with leniency. */
  readonly notes?: readonly string[];
  /** Milliseconds. */
  readonly took: number;
}

/** Characters of a batch for each document that it may have: the first is full at a million. */
const BATCH_CHARACTERS = 1_000_000 / firstBatchSize;

/** Names of fields that are counted for the report. */
const MOST_FIELDS = 1000;

interface Target extends Making {
  /** Late interaction over the token vectors that the index keeps. @default none: how its scores spread is not measured */
  readonly lateInteraction?: () => Promise<Reranker>;
  /** See `SearchIndex`. @default none */
  readonly notes?: readonly string[] | undefined;
  /** What weighs the tokens of an index that keeps weights. */
  sparse(model: SparseModel): Promise<SparseEmbedder>;
  manifest(): Manifest | undefined;
  created(manifest: Manifest): void;
}

/** A document that is not in the index as it is. */
interface Fresh extends Identified, Analysed {
  readonly textHash: string;
}

/** Embeds what is new or changed and stores it, batch by batch. A batch is acknowledged once `onProgress` has been told of it. */
export async function addDocuments(target: Target, given: AsyncIterable<ReadDocument>, options: AddOptions): Promise<AddReport> {
  const spent: Spent = { usage: undefined };
  return addCounted(target, given, options, spent).catch((error: unknown) => failAfter(spent.usage)(error));
}

/** What hosted models used so far, also where the work ends with an error. */
interface Spent {
  usage: Usage | undefined;
}

async function addCounted(target: Target, given: AsyncIterable<ReadDocument>, options: AddOptions, spent: Spent): Promise<AddReport> {
  const { store, embedder } = target;
  const documents = withVectorsOf(target, given);
  const { signal, onProgress, write = (work) => work(), missingFields = 'refuse' } = options;
  const started = performance.now();
  const report = { added: 0, changed: 0, unchanged: 0, removed: 0, withoutText: 0, cutDocuments: 0, cutTokens: 0, tokens: 0 };
  const spend = (used: Usage | undefined): void => {
    if (used !== undefined) spent.usage = addUsage(spent.usage, used);
  };
  const reused = new Set<string>();
  let ofNoLanguage = 0;
  /** Documents of which the sparse model did not read all. */
  let unweighed = 0;
  const watch = fieldWatch(namedFields(target.create));
  const declared = fieldWatch(Object.keys(target.create.types ?? {}));
  const counts = fieldCounts(MOST_FIELDS);
  const letters = embedder === null ? undefined : watchLetters({ embedder });
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
    const words = await analysisOf(manifest);
    const unstemmed = new Set<string>();
    for (const read of batch) {
      if (known.get(read.id)?.hash === read.hash) continue;
      const source = sourceOf(read.document, manifest.fields);
      await turn();
      const analysis = words.of(read.document, source.text);
      if (!analysis.isStemmed) unstemmed.add(read.id);
      fresh.push({ ...read, source, analysis, textHash: hashOfText(source.text) });
    }
    const kept = new Map<string, readonly Passage[]>();
    const titles = new Map<string, Uint8Array>();
    const keep = (id: string, passages: readonly Passage[], title: Uint8Array | undefined): void => {
      kept.set(id, passages);
      if (title !== undefined && keepsTitles(manifest)) titles.set(id, title);
    };
    for (const one of fresh) {
      const passages = await takenOver(one, manifest, turn);
      if (passages !== undefined) keep(one.id, passages, titleTakenOver(one, manifest));
    }
    if (options.vectorsFrom !== undefined)
      for await (const { id, passages, title } of vectorsElsewhere(options.vectorsFrom, fresh, manifest, turn))
        if (!kept.has(id)) keep(id, passages, title);
    for (const id of kept.keys()) reused.add(id);
    // Vectors are read of those alone whose text is as it was.
    const sameText = new Map(
      fresh.filter(({ id, textHash }) => !kept.has(id) && known.get(id)?.textHash === textHash).map((one) => [one.id, one]),
    );
    if (sameText.size > 0)
      for await (const { id, textHash, further = [], title, document, ...first } of store.get([...sameText.keys()], keptBy(manifest))) {
        if (textHash !== known.get(id)?.textHash) continue;
        const [all, now] = [[first, ...further], sameText.get(id) as Fresh];
        // The same text may be said to be of another language now.
        const passages = manifest.languageField === undefined ? all : await reworded(all, now, turn);
        keep(id, passages, isSameTitle({ document, by: manifest }, { document: now.document, by: manifest }) ? title : undefined);
      }
    const toEmbed = fresh.filter(({ id }) => !kept.has(id));
    for (const { source } of toEmbed) {
      letters?.see(source.text);
      await turn();
    }
    if (embedder === null && toEmbed[0] !== undefined) throw embedderMissing(toEmbed[0], manifest);
    const { passages, vectors } = await embedPassages(embedder, manifest, toEmbed, { signal, turn });
    spend(vectors?.usage);
    const untitled = fresh.filter(({ id }) => !titles.has(id));
    const ofTitles = await embedTitles(embedder, untitled, { manifest, capabilities: store.capabilities, signal });
    spend(ofTitles.vectors?.usage);
    for (const [row, { id }] of toEmbed.entries()) kept.set(id, passages[row] as readonly Passage[]);
    const { sparse } = manifest;
    const unread = fresh.map(({ id, source }) => ({ source, passages: kept.get(id) as readonly Passage[] }));
    const weighed = sparse && (await weighPassages(unread, () => target.sparse(sparse), { signal }));
    throwIfStopped(signal);
    // Only now: a model that cannot be asked leaves no empty index behind.
    if (target.manifest() === undefined) target.created(agreed(manifest, (await store.open(manifest)) as Manifest));
    else agreed(manifest, target.manifest());
    const entries = fresh.map(({ source, textHash, ...read }, at): Entry => {
      const { id, document, hash } = read;
      const all = weighed?.passages[at] ?? (kept.get(id) as readonly Passage[]);
      // Those of another index know their lines.
      const [first, ...further] = read.embedded === undefined ? withLines(all, source, read, manifest) : all;
      const title = titles.get(id) ?? ofTitles.titles.get(id);
      return { ...(first as Passage), id, document, hash, textHash, further: further.length === 0 ? undefined : further, title };
    });
    await turn();
    await store.upsert(entries);
    for (const { id, source } of fresh) {
      if (written.has(id)) continue;
      written.set(id, known.has(id) ? 'changed' : 'added');
      if (source.text.trim() === '') report.withoutText++;
      else if (unstemmed.has(id)) ofNoLanguage++;
    }
    for (const tokens of vectors?.truncatedTokens ?? []) {
      report.cutTokens += tokens;
      if (tokens > 0) report.cutDocuments++;
    }
    for (const tokens of [...(vectors?.tokens ?? []), ...(ofTitles.vectors?.tokens ?? [])]) report.tokens += tokens;
    for (const used of [vectors?.usage, ofTitles.vectors?.usage, weighed]) report.tokens += used?.tokens ?? 0;
    for (const cut of weighed?.truncatedTokens ?? []) if (cut > 0) unweighed++;
    const now = before === undefined ? undefined : await store.open();
    return before === undefined || (now !== undefined && isSameIndex(before, now));
  };
  /** Documents of a batch. */
  let size = options.firstBatch ?? firstBatchSize;
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
    size = nextBatchSize(size, done, performance.now() - began, options.firstBatch);
    onProgress?.({ done, unit: 'documents' });
  };

  let batch: Identified[] = [];
  let characters = 0;
  const decide = (first: readonly ReadDocument[]): void => {
    plan = newManifest(target, first, languagesOf);
  };
  const languagesOf = await languageChoice(target.create);
  for await (const read of lookedAhead(documents, plan === undefined ? decide : undefined)) {
    throwIfStopped(signal);
    await turn();
    const { idField, fields } = plan as Manifest;
    ids ??= identifier(idField);
    types ??= watchTypes(plan as Manifest);
    watch.see(read.document);
    declared.see(read.document);
    counts.see(read.document);
    types.see(read.document);
    noted.add(read.notes);
    await turn();
    const identified = ids.identify(read);
    options.onDocument?.(identified.id);
    batch.push(identified);
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
        [...there.hashes.keys()].filter((id) => !seen.has(id) && !noted.isSpared(id)),
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
  await keepSpread(target, { signal });
  const unread = target.create.fields === undefined ? counts.unread((plan as unknown as Manifest).fields) : {};
  const unreadable = types?.counts() ?? {};
  const notes = [
    ...(target.notes ?? []),
    ...unreadNotes(unread),
    ...languageNotes(ofNoLanguage, plan as unknown as Manifest),
    ...weightNotes(unweighed),
    ...(isNew ? declared.notes('of which a type was declared') : []),
    ...(types?.notes() ?? []),
    ...ids.notes(),
    ...(letters?.notes('document') ?? []),
    ...noted.sentences({ skipped: false }),
  ];
  return {
    ...report,
    reused: reused.size === 0 ? undefined : reused.size,
    usage: spent.usage,
    ...(Object.keys(unread).length === 0 ? {} : { unreadFields: unread }),
    ...(Object.keys(unreadable).length === 0 ? {} : { unreadable }),
    skipped: noted.skipped(),
    ...(notes.length === 0 ? {} : { notes }),
    took: performance.now() - started,
  };
}

/** The fields that someone named, of which the text or a title is made. */
function namedFields({ fields, titleField }: CreateOptions): readonly string[] | undefined {
  return titleField === undefined || titleField === withoutTitle ? fields : [...(fields ?? []), titleField];
}

/** What an index holds before anything is added, which is all that may be pruned: what others add meanwhile is theirs. */
async function contentOf({ store, manifest }: Target): Promise<Required<DeleteOptions> | undefined> {
  const from = manifest() === undefined ? undefined : await store.open();
  if (from === undefined) return undefined;
  const hashes = new Map<string, string>();
  for await (const { id, hash } of store.get('all', ['hash'])) hashes.set(id, hash);
  return { from, hashes };
}

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

/** "3 documents are longer than the window of the sparse model" */
const weightNotes = (count: number): readonly string[] =>
  count === 0
    ? []
    : [
        `${counted(count, 'document')} ${count === 1 ? 'is' : 'are'} longer, or ${count === 1 ? 'has' : 'have'} passages that are, than the window of the sparse model: tokens behind it have no weights`,
      ];

/** "3 documents are in none of the languages of this index …" */
function languageNotes(count: number, { analyzer, languages = [], languageField }: Manifest): readonly string[] {
  if (analyzer !== analyzerVersion)
    return [
      `the words of this index are by the earlier analysis "${analyzer}", and so are those of new documents: rebuild it for "${analyzerVersion}", from itself without embedding (docs/words.md)`,
    ];
  if (count === 0) return [];
  const [one, told] = [count === 1, languageField === undefined ? 'by their words' : `by the field \`${languageField}\``];
  return [
    `${counted(count, 'document')} ${one ? 'is' : 'are'} ${told} in none of the languages of this index (${languages.join(', ')}): ${one ? 'its' : 'their'} words are not stemmed, and BM25 finds them as they are written`,
  ];
}
