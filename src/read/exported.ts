import { FinetoothError, messageOf } from '../errors.ts';
import { textOf } from '../text/recipe.ts';
import type { Document, Embedded, EmbeddedPassage, FieldValue, Origin, ReadDocument } from '../types.ts';

/** Key of the metadata of a Parquet file that an index was exported to. */
export const exportedKey = 'finetooth';

/** What that metadata says, as JSON. */
export interface Exported {
  readonly version: 1;
  readonly origin: Origin;
  /** Names of the columns that are no fields of documents; those of passages only where the index has passages. */
  readonly columns: {
    readonly id: string;
    readonly text_hash: string;
    readonly vector: string;
    readonly tokens?: string;
    readonly title?: string;
    readonly passage?: string;
    readonly begins?: string;
    readonly ends?: string;
    readonly line?: string;
  };
  /** The column of the id is a field of the documents too. */
  readonly idIsField?: boolean;
  /** Fields whose cells are JSON, since documents hold values of several types there. */
  readonly json: readonly string[];
  /** Fields in which null is a value; in others a cell without a value is no field of its document. */
  readonly nulls: readonly string[];
}

/** A row as it was read: cells by column, those of documents as they are in JSON. */
export interface ExportedRow {
  readonly where: string;
  readonly fields: ReadonlyMap<string, FieldValue>;
  /** Of the columns that are no fields. */
  readonly raw: ReadonlyMap<string, unknown>;
}

/** What the metadata of a file says of the index that it was exported from; nothing for other files. Throws E_INPUT_FORMAT. */
export async function exportedIn(
  metadata: readonly { readonly key: string; readonly value?: string }[] | undefined,
  name: string,
): Promise<Exported | undefined> {
  const text = metadata?.find(({ key }) => key === exportedKey)?.value;
  if (text === undefined) return undefined;
  const { z } = await import('zod');
  const names = z.array(z.string());
  const form = z.looseObject({
    version: z.literal(1),
    origin: z.looseObject({
      embedder: z.string(),
      model: z.string().optional(),
      dimensions: z.int().min(1),
      form: z
        .object({ dimensions: z.int().min(1).optional(), queryPrompt: z.string().optional(), documentPrompt: z.string().optional() })
        .optional(),
      fields: names.min(1),
      tokens: z
        .object({ size: z.int().min(1), bits: z.union([z.literal(1), z.literal(4), z.literal(8)]), pool: z.int().min(1) })
        .optional(),
      splitter: z.string().optional(),
      idField: z.string().optional(),
      vectorField: z.string().optional(),
      filterable: z.record(z.string(), z.string()).optional(),
      languages: names.optional(),
      languageField: z.string().optional(),
      titleField: z.string().nullable().optional(),
    }),
    columns: z.looseObject({ id: z.string(), text_hash: z.string(), vector: z.string() }).catchall(z.string()),
    idIsField: z.boolean().optional(),
    json: names,
    nulls: names,
  });
  try {
    return form.parse(JSON.parse(text)) as unknown as Exported;
  } catch (error) {
    throw new FinetoothError(
      'E_INPUT_FORMAT',
      `${name} says that an index was exported to it, in a way that this version does not read (${messageOf(error).split('\n')[0]}). Export it again.`,
      { cause: error },
    );
  }
}

/** The columns that are no fields of documents. */
export const ownColumns = ({ columns, idIsField }: Exported): readonly string[] =>
  Object.entries(columns).flatMap(([part, name]) => (part === 'id' && idIsField ? [] : [name]));

/** The documents of exported rows with their vectors; a document's passages stand one after the other. */
export async function* exportedDocuments(rows: AsyncIterable<ExportedRow>, exported: Exported): AsyncGenerator<ReadDocument> {
  const { columns, origin } = exported;
  let read:
    | (Omit<ReadDocument, 'embedded'> & Pick<Embedded, 'title'> & { readonly passages: EmbeddedPassage[]; readonly textHash: string })
    | undefined;
  const whole = ({ passages, textHash, title, ...one }: NonNullable<typeof read>): ReadDocument => ({
    ...one,
    embedded: { passages, textHash, title, by: origin },
  });
  for await (const row of rows) {
    const passage = passageIn(row, exported);
    if (columns.passage !== undefined && row.raw.get(columns.passage) !== 0 && read !== undefined) {
      read.passages.push(passage);
      continue;
    }
    if (read !== undefined) yield whole(read);
    const id = exported.idIsField ? row.fields.get(columns.id) : row.raw.get(columns.id);
    const textHash = String(row.raw.get(columns.text_hash));
    const document = documentIn(row, exported);
    read = { where: row.where, id: String(id), document, passages: [passage], textHash, title: titleIn(row, document, exported) };
  }
  if (read !== undefined) yield whole(read);
}

/** The title of a document with its vectors, where there is a column of these and they are there. */
function titleIn({ raw }: ExportedRow, document: Document, { columns, origin }: Exported): Embedded['title'] {
  const packed = columns.title === undefined ? undefined : (raw.get(columns.title) as Uint8Array | null | undefined);
  if (!packed?.length || typeof origin.titleField !== 'string') return undefined;
  return { text: textOf(document, [origin.titleField]), packed: Uint8Array.from(packed) };
}

function documentIn({ fields, where }: ExportedRow, { json, nulls }: Exported): Document {
  const document: [string, FieldValue][] = [];
  for (const [name, value] of fields) {
    if (value === null && !nulls.includes(name)) continue;
    document.push([name, json.includes(name) && value !== null ? jsonIn(value, name, where) : value]);
  }
  return Object.fromEntries(document);
}

function jsonIn(value: FieldValue, name: string, where: string): FieldValue {
  try {
    return JSON.parse(String(value)) as FieldValue;
  } catch (error) {
    throw new FinetoothError('E_INPUT_FORMAT', `${where}: the column "${name}" must hold JSON (${messageOf(error)}).`, { cause: error });
  }
}

function passageIn({ raw, where }: ExportedRow, { columns, origin }: Exported): EmbeddedPassage {
  // Not `from`, which walks an iterator.
  const vector = new Float32Array((raw.get(columns.vector) as readonly number[] | null | undefined) ?? []);
  if (vector.length !== origin.dimensions || !vector.every(Number.isFinite))
    throw new FinetoothError(
      'E_INPUT_FORMAT',
      `${where}: the column "${columns.vector}" must hold ${origin.dimensions} finite numbers; got ${vector.length}. Export the index again.`,
    );
  const [tokens, begins, ends, line] = [columns.tokens, columns.begins, columns.ends, columns.line].map((name) =>
    name === undefined ? undefined : raw.get(name),
  ) as [Uint8Array | undefined, number | undefined, number | undefined, number | undefined];
  const isPart = typeof begins === 'number' && typeof ends === 'number';
  return {
    vector,
    tokens: tokens === undefined || tokens === null ? undefined : Uint8Array.from(tokens),
    place: isPart ? { span: [begins, ends], line: line ?? undefined } : undefined,
  };
}

/**
 * Refuses a line of JSONL that is a further passage of an exported document: it has neither text nor metadata, and would be taken for a document that
 * replaces its own first row. Throws E_INPUT_FORMAT.
 */
export function refusePassage(document: Document, where: string): void {
  const named = new Map(Object.entries(document).map(([name, value]) => [name.replace(/^_+/, ''), value]));
  const passage = named.get('passage');
  const isPassage =
    typeof passage === 'number' &&
    passage >= 1 &&
    [passage, named.get('begins'), named.get('ends')].every(Number.isInteger) &&
    Array.isArray(named.get('vector')) &&
    // Beside these nothing but its id.
    [...named.keys()].filter((name) => !['passage', 'begins', 'ends', 'line', 'vector'].includes(name)).length <= 1;
  if (!isPassage) return;
  throw new FinetoothError(
    'E_INPUT_FORMAT',
    `${where} is passage ${passage} of a document of an exported index, without its text: JSONL of an index with passages cannot be read back. Export it to a file that ends with .parquet, which can, or make one index of the other.`,
  );
}
