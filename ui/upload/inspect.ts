import { askJson } from '../api/client.ts';
import { ApiError } from '../api/errors.ts';
import type { InspectedFileAnswer } from '../api/generated.ts';
import { extensionOf } from './choose.ts';
import type { Picked } from './picked.ts';

export type FieldType = NonNullable<InspectedFileAnswer['fields'][number]['type']>;

export interface GuessedField {
  readonly name: string;
  /** `text` is searched; without one it is kept and no more. */
  readonly type?: FieldType;
  readonly example: string;
}

export interface Inspected {
  readonly fields: readonly GuessedField[];
  /** Documents of all files, where all were counted. */
  readonly documents?: number;
  /** Files that cannot be read, with why. */
  readonly failed: readonly { readonly path: string; readonly message: string }[];
  readonly notes: readonly string[];
}

/** Files that are looked at before all are added, and bytes of one: what follows has the same fields, or is told when it is read. */
const MOST_FILES = 6;
const MOST_BYTES = 64 * 1_048_576;

/** What the server reads of the first files of each kind. */
export async function inspect(files: readonly Picked[], signal: AbortSignal): Promise<Inspected> {
  const looked = someOfEachKind(files.filter(({ file }) => file.size <= MOST_BYTES));
  const fields = new Map<string, GuessedField>();
  const failed: { path: string; message: string }[] = [];
  const notes: string[] = [];
  let documents = 0;
  let isCounted = looked.length === files.length;
  for (const { path, file } of looked)
    try {
      const words = new URLSearchParams({ path, sample: '5' });
      const answer = await askJson<InspectedFileAnswer>(`v1/files/inspect?${words}`, { body: file, signal });
      documents += answer.documents;
      isCounted &&= answer.complete;
      notes.push(...answer.notes);
      for (const { name, type } of answer.fields) {
        const known = fields.get(name);
        const example = known?.example ?? exampleOf(answer.sample, name);
        fields.set(name, { name, example, type: known === undefined ? type : known.type === type ? type : agreed(known.type, type) });
      }
    } catch (error) {
      // Of one file alone; whatever else goes wrong goes wrong for all.
      if (!(error instanceof ApiError && error.code.startsWith('E_INPUT_'))) throw error;
      failed.push({ path, message: error.message });
    }
  return { fields: [...fields.values()], documents: isCounted ? documents : undefined, failed, notes: [...new Set(notes)] };
}

/** What is a text somewhere is searched everywhere; other types that differ are words. */
const agreed = (one: FieldType | undefined, other: FieldType | undefined): FieldType | undefined =>
  one === 'text' || other === 'text' ? 'text' : one === undefined || other === undefined ? undefined : 'keyword';

function someOfEachKind(files: readonly Picked[]): readonly Picked[] {
  const kinds = new Map<string, Picked[]>();
  for (const one of files) kinds.set(extensionOf(one.path), [...(kinds.get(extensionOf(one.path)) ?? []), one]);
  const chosen: Picked[] = [];
  for (let at = 0; chosen.length < MOST_FILES && [...kinds.values()].some((some) => some.length > at); at++)
    for (const some of kinds.values()) {
      const one = some[at];
      if (one !== undefined && chosen.length < MOST_FILES) chosen.push(one);
    }
  return chosen;
}

function exampleOf(sample: InspectedFileAnswer['sample'], name: string): string {
  const value = sample.map((one) => one[name]).find((one) => one !== undefined && one !== null && one !== '');
  const text = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}
