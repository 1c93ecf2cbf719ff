import { createHash } from 'node:crypto';
import { FinetoothError } from '../errors.ts';
import { repackTitle } from '../math/packed-title.ts';
import { bytesPerToken, packTokens, stepOf, unpackTokens } from '../math/packed-tokens.ts';
import { shortName } from '../store/index-changes.ts';
import { type Entry, keepsTitles, type Manifest, type Passage, type Store, typesIn, withoutEmbedder } from '../store/store.ts';
import { passageTexts } from '../text/passages.ts';
import type { Turn } from '../time/turn.ts';
import type { Document, Embedded, Origin, ReadDocument, Span, TokenForm } from '../types.ts';
import type { Analysed } from './embed-passages.ts';
import { titleOf } from './title.ts';
import { wordsInTurns } from './turns.ts';

/** What an entry keeps when its text stays. */
const KEPT = ['textHash', 'vector', 'tokens', 'terms', 'sparse', 'place', 'further'] as const;

type KeptEntry = Pick<Entry, (typeof KEPT)[number] | 'title' | 'document'>;

interface Given extends ReadDocument, Analysed {
  readonly textHash: string;
}

/** What an index says of its vectors to another one. */
export function originOf(manifest: Manifest): Origin {
  const { embedder, model, dimensions, form, fields, tokens, sparse, splitter, idField, vectorField } = manifest;
  const { languages, languageField, titleField } = manifest;
  return {
    embedder,
    model,
    dimensions,
    fields,
    tokens,
    sparse,
    splitter,
    idField,
    vectorField,
    languages,
    languageField,
    titleField,
    form,
    filterable: typesIn(manifest),
  };
}

/** The passages of a document that was embedded elsewhere, as this index keeps them; nothing where its vectors are not those of this index. */
export async function takenOver(given: Given, manifest: Manifest, turn: Turn): Promise<readonly Passage[] | undefined> {
  const { textHash, embedded } = given;
  if (embedded === undefined || !isOfIndex(embedded, manifest) || !isOfText(embedded, textHash, manifest)) return undefined;
  const { passages, by } = embedded;
  const terms = await termsOf(passages, given, turn);
  return passages.map(
    ({ vector, tokens, sparse, place }, at): Passage => ({
      vector,
      tokens: manifest.tokens && by?.tokens && tokens && repacked(tokens, by.tokens, manifest.tokens),
      terms: terms[at] as string,
      // Weights are those of a text, which a vector of the user's own may not have been made of.
      sparse: by?.vectorField === undefined && isSameSparse(by, manifest) ? sparse : undefined,
      place,
    }),
  );
}

/** The vectors of a document's title, as this index keeps them, of one whose passages were taken over; nothing where they are of another title. */
export function titleTakenOver({ document, embedded }: Given, manifest: Manifest): Uint8Array | undefined {
  const { title, by } = embedded ?? {};
  const [from, to] = [by?.tokens, manifest.tokens];
  if (title === undefined || from === undefined || to === undefined || titleOf(document, manifest) !== title.text) return undefined;
  return repackTitle(title.packed, from, (tokens) => repacked(tokens, from, to));
}

/** Passages of a text whose vectors stay, with their words as they are analysed now. */
export async function reworded(passages: readonly Passage[], text: Analysed, turn: Turn): Promise<readonly Passage[]> {
  const terms = await termsOf(passages, text, turn);
  return passages.map((passage, at) => ({ ...passage, terms: terms[at] as string }));
}

/** The words of passages that are one or several of a text. */
async function termsOf(
  passages: readonly Pick<Passage, 'place'>[],
  { source, analysis }: Analysed,
  turn: Turn,
): Promise<readonly string[]> {
  const spans = passages.flatMap(({ place }) => (place === undefined ? [] : [place.span]));
  const texts = spans.length > 1 ? passageTexts(source, spans as Span[]) : [source.text];
  const terms: string[] = [];
  for (const text of texts) terms.push(await wordsInTurns(analysis, text, turn));
  return terms;
}

/** The passages of those of these documents whose text is as it is in another index, where its vectors were made alike. */
export async function* vectorsElsewhere(
  store: Store,
  documents: readonly (Pick<Given, 'source' | 'analysis' | 'textHash' | 'document'> & { readonly id: string })[],
  manifest: Manifest,
  turn: Turn,
): AsyncGenerator<{ readonly id: string; readonly passages: readonly Passage[]; readonly title?: Uint8Array }> {
  const other = await store.open();
  const formOf = ({ embedder, tokens, splitter }: Manifest): string => JSON.stringify([embedder, tokens, splitter]);
  if (other === undefined || other.vectorField !== undefined || formOf(other) !== formOf(manifest)) return;
  const wanted = new Map(documents.map((one) => [one.id, one]));
  const weighed = isSameSparse(other, manifest);
  for await (const { id, textHash, further = [], title, document, ...first } of store.get([...wanted.keys()], keptBy(manifest, other))) {
    const one = wanted.get(id);
    if (one?.textHash !== textHash) continue;
    const all = [first, ...further].map((passage) => (weighed ? passage : { ...passage, sparse: undefined }));
    const passages = isSameAnalysis(other, manifest) ? all : await reworded(all, one, turn);
    yield { id, passages, title: isSameTitle({ document, by: other }, { document: one.document, by: manifest }) ? title : undefined };
  }
}

/** What is read of an entry whose text may have stayed: its title may be another though. */
export function keptBy(manifest: Manifest, other = manifest): readonly (keyof KeptEntry)[] {
  return keepsTitles(manifest) && keepsTitles(other) ? [...KEPT, 'title', 'document'] : KEPT;
}

interface Titled {
  /** Absent where no titles are kept. */
  readonly document?: Document;
  readonly by: Manifest;
}

export const isSameTitle = (one: Titled, other: Titled): boolean =>
  one.document !== undefined && other.document !== undefined && titleOf(one.document, one.by) === titleOf(other.document, other.by);

/** Where a field names the language, the same text may have other words. */
const isSameAnalysis = (one: Manifest, other: Manifest): boolean =>
  one.languageField === undefined &&
  other.languageField === undefined &&
  JSON.stringify([one.analyzer, one.languages]) === JSON.stringify([other.analyzer, other.languages]);

/** Whether weights of tokens are those of one model. */
const isSameSparse = (from: Pick<Manifest, 'sparse'> | undefined, to: Manifest): boolean =>
  to.sparse !== undefined && from?.sparse?.embedder === to.sparse.embedder;

/** Whether an index of this form can take over the token vectors of another: as they are, or with fewer bits per number. */
export const takesTokens = (from: TokenForm | undefined, to: TokenForm | undefined): boolean =>
  to === undefined || (from !== undefined && from.size === to.size && from.pool === to.pool && from.bits >= to.bits);

/** Throws for a document that needs an embedder where there is none. */
export function embedderMissing({ where, embedded }: ReadDocument, manifest: Manifest): FinetoothError {
  const by = embedded?.by;
  if (by === undefined)
    return new FinetoothError(
      'E_USAGE',
      (say) => `${where} has no vector, and there is no embedder to make one. Name the model of the index ${say.as('embedder')}.`,
    );
  const of = ({ embedder, fields, tokens, splitter }: Origin | Manifest): string =>
    `${nameOf(embedder)} over ${fields.join(',')}${tokens === undefined ? '' : `, token vectors of ${tokens.bits} bits pooled by ${tokens.pool}`}${splitter === undefined ? '' : ', passages'}`;
  return new FinetoothError(
    'E_RECIPE',
    (say) =>
      `the vectors of ${where} cannot be taken over: they are of ${of(by)}; the index has ${of(manifest)}. Name the model of the index ${say.as('embedder')}, and it is embedded again.`,
  );
}

/** The hash of a document whose vectors its text does not tell. */
export function hashWithVectors(hash: string, { passages, by }: Embedded): string {
  if (by !== undefined && by.vectorField === undefined) return hash;
  const all = createHash('sha256').update(hash);
  for (const { vector } of passages) all.update(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
  return all.digest('hex').slice(0, 32);
}

function isOfIndex({ passages, by }: Embedded, manifest: Manifest): boolean {
  if (passages.some(({ vector }) => vector.length !== manifest.dimensions)) return false;
  if (by === undefined) return true;
  return by.embedder === manifest.embedder && (by.vectorField !== undefined || takesTokens(by.tokens, manifest.tokens));
}

/** Whether vectors are those of the text that this index reads, cut as it cuts it; a vector of the user's is that of any text. */
function isOfText({ passages, by, textHash }: Embedded, text: string, manifest: Manifest): boolean {
  if (by === undefined || (by.vectorField !== undefined && passages.length === 1)) return true;
  return by.splitter === manifest.splitter && textHash === text;
}

function repacked(tokens: Uint8Array, from: TokenForm, to: TokenForm): Uint8Array {
  if (from.bits === to.bits) return tokens;
  const count = tokens.length / bytesPerToken(from);
  const steps = new Int8Array(count * from.size);
  unpackTokens(tokens, from, steps);
  const step = stepOf(from);
  return packTokens(
    Float32Array.from(steps, (value) => value * step),
    count,
    to,
  );
}

const nameOf = (embedder: string): string => (embedder === withoutEmbedder ? 'a model that is not named' : `"${shortName(embedder)}"`);
