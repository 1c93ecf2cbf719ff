import { FinetoothError, messageOf } from '../errors.ts';
import { readRecord } from '../read/record.ts';
import type { Document, ReadDocument, TokenVectors } from '../types.ts';
import {
  callback,
  checkArguments,
  checkOptions,
  checkValue,
  isRecord,
  type OptionChecks,
  oneOf,
  part,
  readOf,
  shown,
  signal,
  truth,
  type ValueCheck,
  when,
  whole,
} from '../wording/check-options.ts';
import { anyText, iterable } from '../wording/check-shapes.ts';
import { entriesOf } from '../wording/entries-of.ts';
import type { AddOptions } from './add.ts';
import type { RerankDocument, RerankOptions, SearchOptions } from './options.ts';
import { checksAt } from './plan-checks.ts';

const RERANK_CALL = "rerank('how do bats find their way', documents, { top: 5 })";
const SEARCH_CALL = "search(index, 'how do bats find their way', { top: 5 })";

const rerankChecks: OptionChecks<RerankOptions> = checksAt('rerank');
const searchChecks: OptionChecks<SearchOptions> = checksAt('search');

const isList = when('a list of texts or objects', (value) => Array.isArray(value) && value.length >= 0);

/** A document as `rerank` ranks it. */
interface Given {
  readonly id: string;
  readonly document: Document;
  readonly tokens?: TokenVectors;
}

const addChecks: OptionChecks<AddOptions> = {
  prune: truth,
  onProgress: callback,
  onDocument: callback,
  firstBatch: whole(1, 256),
  write: callback,
  missingFields: oneOf(['refuse', 'accept']),
  vectorsFrom: part('a store', ['open', 'get']),
  signal,
};

/** `vectorField`: what stands there is looked at when it is taken, as a vector. */
const located = async function* (
  documents: Iterable<unknown> | AsyncIterable<unknown>,
  vectorField: string | undefined,
): AsyncGenerator<ReadDocument> {
  let at = 0;
  for await (const document of entriesOf(documents, 'the documents of index.add')) {
    at++;
    const where = `document ${at}`;
    if (!isRecord(document))
      throw new FinetoothError('E_INPUT_FORMAT', `${where} is ${kindOf(document)}; a document is an object of fields.`);
    const { [vectorField ?? '']: vector, ...rest } = readOf(where, () => ({ ...(document as Document) }));
    const checked = vectorField === undefined ? document : rest;
    checkDocument(checked, where);
    // With the care that a file's documents get.
    const read = readRecord(checked, where);
    yield vectorField === undefined ? read : { ...read, document: { ...read.document, [vectorField]: vector } };
  }
};

const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`);

const isIds: ValueCheck = (value) =>
  Array.isArray(value) && Array.from(value).every((one) => typeof one === 'string') ? undefined : 'a list of texts';

/** Throws E_USAGE for anything else than what `rerank` takes, and shows the right call. */
export function checkRerankCall(query: unknown, documents: unknown, options: unknown): void {
  checkArguments(RERANK_CALL, { query: [query, anyText], documents: [documents, isList], options: [options, rerankChecks] });
}

/** Documents of a list, each with an id. Throws E_USAGE for one that is neither text nor object. */
export function givenIn(documents: readonly RerankDocument[]): readonly Given[] {
  return Array.from(documents, (one, at) => readOf(`document ${at + 1}`, () => givenOf(one, at)));
}

/** Throws E_USAGE for anything else than what `search` takes, and shows the right call. */
export function checkSearchCall(index: unknown, query: unknown, options: unknown): void {
  checkArguments(SEARCH_CALL, {
    index: [index, part('what openIndex gives', ['manifest', 'embedder', 'reranker'])],
    query: [query, anyText],
    options: [options, searchChecks],
  });
}

/** The documents of `index.add`, each with its place; in the field of vectors there may be a Float32Array. Throws E_USAGE for what is no list of them. */
export function checkedDocuments(documents: unknown, options: unknown, vectorField?: string): AsyncIterable<ReadDocument> {
  if (iterable('')(documents) !== undefined)
    throw new FinetoothError('E_USAGE', `index.add takes a list of documents; got ${shown(documents)}. Call it as index.add([document]).`);
  checkOptions<AddOptions>('index.add', options, addChecks);
  return located(documents as Iterable<unknown> | AsyncIterable<unknown>, vectorField);
}

/** The documents of `index.addRead`. Throws E_USAGE for what `readDocuments` does not give. */
export function checkedReadDocuments(documents: unknown, options: unknown): AsyncIterable<ReadDocument> {
  const call = "Call it as index.addRead(readDocuments('movies.json')), or index.add(documents)";
  if (iterable('')(documents) !== undefined)
    throw new FinetoothError('E_USAGE', `index.addRead takes what readDocuments gives; got ${shown(documents)}. ${call}.`);
  checkOptions<AddOptions>('index.addRead', options, addChecks);
  return (async function* () {
    for await (const one of entriesOf(documents as AsyncIterable<unknown>, 'what index.addRead takes')) {
      const isRead = readOf('an entry of index.addRead', () => isRecord(one) && isRecord(one.document) && typeof one.where === 'string');
      if (!isRead) throw new FinetoothError('E_USAGE', `index.addRead takes what readDocuments gives; got ${shown(one)} in it. ${call}.`);
      yield one as unknown as ReadDocument;
    }
  })();
}

/** Throws E_USAGE for ids that are no list of texts. */
export function checkIds(ids: unknown): void {
  checkValue('the ids of index.delete', ids, isIds, "index.delete(['an-id'])");
}

/** A text is a document with the one field `text`; an object is a document, or has one beside its id. */
function givenOf(one: RerankDocument, at: number): Given {
  if (typeof one === 'string') return { id: String(at), document: { text: one } };
  if (!isRecord(one))
    throw new FinetoothError(
      'E_USAGE',
      `documents must hold texts or objects; document ${at + 1} is ${shown(one)}. Call it as ${RERANK_CALL}.`,
    );
  checkLoops(one, `document ${at + 1}`);
  if ((typeof one.id === 'string' || typeof one.id === 'number') && isRecord(one.document))
    return { ...(one as unknown as Given), id: String(one.id) };
  return { id: String(at), document: one as Document };
}

/** Throws E_INPUT_FORMAT for a document that holds itself: it is read, and not kept. */
function checkLoops(document: object, where: string): void {
  try {
    JSON.stringify(document, (_, value: unknown) => (typeof value === 'bigint' ? '' : value));
  } catch (error) {
    throw new FinetoothError('E_INPUT_FORMAT', `${where} cannot be read: ${messageOf(error)}. Pass its fields alone, or one text.`, {
      cause: error,
    });
  }
}

/** Throws E_INPUT_FORMAT for a document that cannot be kept as JSON: a bigint in it, or itself. */
function checkDocument(document: object, where: string): void {
  try {
    JSON.stringify(document);
  } catch (error) {
    throw new FinetoothError(
      'E_INPUT_FORMAT',
      `${where} holds a value that JSON has no form for (a bigint, or an object that contains itself). Give it as a number, a text, or leave it out.`,
      { cause: error },
    );
  }
}
