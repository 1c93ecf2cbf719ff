import { z } from 'zod';
import type { Status } from '../indexes/forms.ts';
import { statusesOf } from '../indexes/status.ts';
import { reading, tool } from './tool.ts';

/** Indexes that are told. */
const MOST = 100;

const told = z.looseObject({
  name: z.string(),
  documents: z.int(),
  ranked_fields: z.array(z.string()).nullable().describe('the fields that make the text which is searched; null: nothing is there yet'),
  types: z.record(z.string(), z.string()).optional().describe('of the fields that filter, sort, facets and group_by can name'),
  languages: z.array(z.string()).optional(),
  changed_at: z.string().nullable(),
  building: z.looseObject({ done: z.int() }).optional().describe('it is being made; so many documents are stored'),
  error: z.string().optional().describe('why it cannot be searched'),
});

export const listTool = tool({
  name: 'list_indexes',
  title: 'List indexes',
  description:
    'Which indexes there are to search: how many documents each has, which fields (for filter, sort, facets and fields of "search") with their types, and when it was last changed. Call it once, when it is not clear which index to use or what a filter can say.',
  input: () => z.strictObject({}),
  output: z.looseObject({ indexes: z.array(told), more: z.int().optional().describe('indexes beside these') }),
  annotations: reading,
  run: async (_, __, { indexes }) => {
    const names = await indexes.names();
    const statuses = await statusesOf(names.slice(0, MOST), indexes);
    return { indexes: statuses.map(tellStatus), more: names.length > MOST ? names.length - MOST : undefined };
  },
});

const tellStatus = ({ name, documents, fields, types, languages, changed_at, building, error }: Status): z.infer<typeof told> =>
  error === undefined
    ? { name, documents, ranked_fields: fields, types, languages, changed_at, building }
    : { name, documents, ranked_fields: null, changed_at, error };
