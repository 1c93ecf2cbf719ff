import type { FieldType } from '../filter/filter.ts';
import { formatOf, type ReadOptions, readChecks, readDocuments, readOptionsIn } from '../read/read.ts';
import { commonIdField } from '../search/ids.ts';
import { inferTitle } from '../search/infer-title.ts';
import { inferTypes } from '../search/infer-types.ts';
import { fieldCounts } from '../text/recipe.ts';
import type { Document, ReadDocument } from '../types.ts';
import { checkOptions, needed, type OptionChecks, positive, text } from '../wording/check-options.ts';
import { readNotes } from '../wording/read-notes.ts';

export interface InspectDocumentsOptions extends ReadOptions {
  /** A file or a folder, as `readDocuments` takes it. */
  readonly source: string;
  /** Documents that come back, 1 and up. @default 3 */
  readonly sample?: number;
  /** Milliseconds after which no further documents are counted, 1 and up. @default 5,000 */
  readonly countMs?: number;
}

export interface InspectedField {
  readonly name: string;
  /** By which filters of an index of these documents would compare it; `text` where it would be read and has no such type, absent where it would be stored and no more. */
  readonly type?: FieldType | 'text';
  /** Documents of those looked at that have a value there. */
  readonly filled: number;
}

export interface InspectedDocuments {
  /** The name of the format. */
  readonly format: string;
  readonly documents: number;
  /** Whether that is all of them: false where the counting took too long. */
  readonly complete: boolean;
  /** In the order in which they come, at most 200; of the first 256 documents, as an index looks at them. */
  readonly fields: readonly InspectedField[];
  /** What an index of them would be made with: the fields that make the text, that of the id and that of the title. */
  readonly textFields: readonly string[];
  readonly idField?: string;
  readonly titleField?: string;
  /** Of a longer value the first 2,000 characters, of lists and objects as JSON. */
  readonly sample: readonly Document[];
  /** What was read with leniency. */
  readonly notes: readonly string[];
}

const inspectChecks: OptionChecks<InspectDocumentsOptions> = { ...readChecks, source: needed(text), sample: positive, countMs: positive };

/** Documents that an index looks at when it is made. */
const LOOKED_AT = 256;
const MOST_FIELDS = 200;
/** Characters of a value that is shown. */
const LONGEST = 2000;

/**
 * What the readers make of a source, and what an index would make of that: nothing is embedded, no model is loaded.
 *
 * @example
 * import { inspectDocuments } from 'finetooth/tasks';
 *
 * const { format, documents, textFields } = await inspectDocuments({ source: 'movies.json' });
 * console.log(format, documents, textFields.join(' ')); // json 6 title overview
 *
 * @throws what `readDocuments` throws
 */
export async function inspectDocuments(options: InspectDocumentsOptions): Promise<InspectedDocuments> {
  checkOptions('inspectDocuments', options, inspectChecks);
  const { source, sample = 3, countMs = 5000 } = options;
  const until = performance.now() + countMs;
  const reading = readOptionsIn(options);
  const format = options.format === undefined ? await formatOf(source, reading) : nameOf(options.format);
  const first: ReadDocument[] = [];
  const noted = readNotes();
  let documents = 0;
  let complete = true;
  for await (const read of readDocuments(source, reading)) {
    documents++;
    noted.add(read.notes);
    if (first.length < LOOKED_AT) first.push(read);
    if (performance.now() < until) continue;
    complete = false;
    break;
  }
  const counts = fieldCounts();
  for (const { document } of first) counts.see(document);
  const textFields = counts.common();
  const idField = commonIdField(first);
  const types = inferTypes(first, { fields: textFields, idField });
  return {
    format,
    documents,
    complete,
    fields: filledIn(first).map(([name, filled]) => ({
      name,
      filled,
      type: types[name] ?? (textFields.includes(name) ? 'text' : undefined),
    })),
    textFields,
    idField,
    titleField: inferTitle(first, textFields),
    sample: first.slice(0, sample).map(({ document }) => shortened(document)),
    notes: noted.sentences(),
  };
}

/**
 * The formats that are read, by the endings of their files; whether they are read of a folder too.
 *
 * @example
 * import { listFormats } from 'finetooth/tasks';
 *
 * const formats = await listFormats();
 * console.log(formats.some(({ format, extensions }) => format === 'text' && extensions.includes('md'))); // true
 */
export async function listFormats(): Promise<
  readonly { readonly format: string; readonly extensions: readonly string[]; readonly inFolders: boolean }[]
> {
  const { folderReaders, listReaders } = await import('../read/formats.ts');
  return listReaders()
    .filter(({ extensions }) => extensions.length > 0)
    .map((reader) => ({
      format: reader.name,
      extensions: reader.extensions,
      inFolders: folderReaders.documents.some((one) => one === reader),
    }));
}

const nameOf = (format: Exclude<ReadOptions['format'], undefined>): string => (typeof format === 'string' ? format : format.name);

function filledIn(documents: readonly ReadDocument[]): readonly (readonly [string, number])[] {
  const filled = new Map<string, number>();
  for (const { document } of documents)
    for (const [name, value] of Object.entries(document)) {
      if (filled.size >= MOST_FIELDS && !filled.has(name)) continue;
      const isFilled = value !== undefined && value !== null && value !== '';
      filled.set(name, (filled.get(name) ?? 0) + (isFilled ? 1 : 0));
    }
  return [...filled];
}

const shortened = (document: Document): Document =>
  Object.fromEntries(
    Object.entries(document).map(([name, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
      return [name, text.length <= LONGEST ? value : `${text.slice(0, LONGEST)}…`];
    }),
  );
