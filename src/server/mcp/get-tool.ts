import { z } from 'zod';
import type { Document } from '../../index.ts';
import { RequestError } from '../problem.ts';
import { indexNamed, indexShape } from './index-named.ts';
import { documentMissing, documentsNamed } from './named-documents.ts';
import { resourceUri } from './resource-uri.ts';
import { cutValue, pieceOf } from './shortened.ts';
import { reading, tool } from './tool.ts';

/** Documents of one call, and characters of all of them: where not said, and at most. */
const [MOST, CHARACTERS, MOST_CHARACTERS] = [20, 20_000, 50_000];

const cut = z.looseObject({
  field: z.string(),
  characters: z.int().describe('that the whole field has'),
  next_offset: z.int().describe('call again with this id, this field and this offset for what follows'),
});

const output = z.looseObject({
  index: z.string(),
  documents: z.array(
    z.looseObject({
      id: z.string(),
      uri: z.string(),
      document: z.record(z.string(), z.unknown()).describe('its fields'),
      cut: z.array(cut).optional().describe('fields of which only a part is here'),
    }),
  ),
  missing: z.array(z.string()).optional().describe('ids that are not in the index'),
});

export const getTool = tool({
  name: 'get',
  title: 'Read documents',
  description:
    'Read whole documents of an index by their ids, as "search" gives them. Use it when a snippet is not enough. Of a long text a part comes back, and "cut" says how to go on.',
  input: (names) =>
    z.strictObject({
      ids: z.array(z.string().min(1)).min(1).max(MOST).describe(`ids of 1 to ${MOST} documents`),
      index: indexShape(names),
      field: z.string().min(1).optional().describe('only this field, of one document'),
      offset: z.int().min(0).optional().describe('characters of that field to leave out at its beginning (default: 0)'),
      characters: z.int().min(100).max(MOST_CHARACTERS).optional().describe(`most characters of the answer (default: ${CHARACTERS})`),
    }),
  output,
  annotations: reading,
  run: async ({ ids, index: asked, field, offset = 0, characters = CHARACTERS }, _, api) => {
    if (field === undefined && offset > 0)
      throw new RequestError('invalid', 'offset is of one field: name it as field', { param: 'offset' });
    if (field !== undefined && ids.length > 1) throw new RequestError('invalid', 'field is of one document: name one id', { param: 'ids' });
    const name = await indexNamed(asked, api);
    const wanted = [...new Set(ids)];
    const there = await api.indexes.reading(name, (index) => documentsNamed(index, wanted));
    if (there.length === 0) throw documentMissing(wanted[0] as string, name);
    const missing = wanted.filter((id) => !there.some((one) => one.id === id));
    const room = Math.floor(characters / there.length);
    return {
      index: name,
      documents: there.map(({ id, document }) => ({
        id,
        uri: resourceUri(name, id),
        ...(field === undefined ? wholeOf(document, room) : partOf(document, { field, offset, room })),
      })),
      missing: missing.length === 0 ? undefined : missing,
    };
  },
});

/** All fields in that room: the short ones whole, the long ones share what is left. */
function wholeOf(document: Document, room: number): Part {
  const sized = Object.entries(document)
    .flatMap(([field, value]) => (value === undefined ? [] : [{ field, value, length: JSON.stringify(value).length }]))
    .sort((a, b) => a.length - b.length);
  let left = room;
  const told = new Map<string, ReturnType<typeof cutValue>>();
  for (const [at, { field, value }] of sized.entries()) {
    const mine = cutValue(value, Math.max(0, Math.floor(left / (sized.length - at))));
    told.set(field, mine);
    left -= JSON.stringify(mine.value).length;
  }
  const cuts = [...told].flatMap(([field, { characters = 0, next }]) =>
    next === undefined ? [] : [{ field, characters, next_offset: next }],
  );
  const order = Object.keys(document).filter((field) => told.has(field));
  return {
    document: Object.fromEntries(order.map((field) => [field, told.get(field)?.value])),
    cut: cuts.length === 0 ? undefined : cuts,
  };
}

interface Part {
  readonly document: Record<string, unknown>;
  readonly cut: z.infer<typeof cut>[] | undefined;
}

function partOf(
  document: Document,
  { field, offset, room }: { readonly field: string; readonly offset: number; readonly room: number },
): Part {
  const value = Object.hasOwn(document, field) ? document[field] : undefined;
  if (value === undefined)
    throw new RequestError('invalid', `the document has no field "${field}"; it has ${Object.keys(document).join(', ')}`, {
      param: 'field',
    });
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const { text: piece, next } = pieceOf(text, offset, room);
  return {
    document: { [field]: offset === 0 && next === undefined ? value : piece },
    cut: next === undefined ? undefined : [{ field, characters: text.length, next_offset: next }],
  };
}
