import { z } from 'zod';
import { inSnakeCase } from '../indexes/forms.ts';
import { indexNamed, indexShape } from './index-named.ts';
import { tool } from './tool.ts';

/** Documents of one call. */
const MOST = 1000;

export const addTool = tool({
  name: 'add_documents',
  title: 'Add documents',
  description:
    'Store documents in an index so that "search" finds them from now on. A document with the id of one that is there replaces it; one that is there unchanged costs nothing. Give each an id of its own ("id": "…") to be able to replace it later.',
  input: (names) =>
    z.strictObject({
      documents: z
        .array(z.record(z.string(), z.unknown(), { error: 'must be an object of fields' }))
        .min(1)
        .max(MOST)
        .describe(
          `objects of fields such as {"id": "…", "title": "…", "text": "…"}; 1 to ${MOST}. "list_indexes" says which fields the index reads`,
        ),
      index: indexShape(names),
    }),
  output: z.looseObject({
    index: z.string(),
    added: z.int(),
    changed: z.int().describe('known by their id, with other content'),
    unchanged: z.int(),
    notes: z.array(z.string()).optional(),
  }),
  // Of equal ids the newer document stays.
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  writes: true,
  run: async ({ documents, index: asked }, { signal, progress }, { indexes }) => {
    const name = await indexNamed(asked, { indexes });
    const report = await indexes.reading(name, (index, gone) =>
      index.add(documents as never, {
        signal,
        missingFields: 'accept',
        onProgress: ({ done }) => progress(`${done} stored`, done, documents.length),
        write: (work) => indexes.inTurn(name, gone, work),
      }),
    );
    return { index: name, ...(inSnakeCase(report) as { added: number; changed: number; unchanged: number }) };
  },
});
