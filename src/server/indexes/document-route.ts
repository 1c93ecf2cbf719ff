import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Document, SearchIndex } from '../../index.ts';
import { textOf } from '../../stores.ts';
import { jsonAnswer } from '../json-answer.ts';
import type { Route } from '../openapi.ts';
import { RequestError } from '../problem.ts';
import type { IndexRegistry } from './registry.ts';

const documentAnswer = z.object({
  id: z.string(),
  document: z.record(z.string(), z.unknown()),
  /** What is ranked of it, to which the places in results belong. */
  text: z.string(),
  /** Where each field stands in the text, in characters (UTF-16 units), the end not included. */
  fields: z.array(z.object({ field: z.string(), start: z.int(), end: z.int() })),
  /** How many passages it is split into. */
  passages: z.int(),
});

export const documentRoute: Route = {
  method: 'get',
  path: '/v1/indexes/:name/documents/:id',
  about: 'A document as it is stored, and the text that is ranked of it.',
  tag: 'Indexes',
  answer: documentAnswer,
};

/** `GET /v1/indexes/:name/documents/:id`; an id may be as long as a path, and hold slashes. */
export function addDocumentRoute(app: FastifyInstance, indexes: IndexRegistry): void {
  app.get('/v1/indexes/:name/documents/*', { config: { task: 'indexes' } }, async (request, reply) => {
    const { name, '*': id } = request.params as { readonly name: string; readonly '*': string };
    const found = await indexes.reading(name, (index) => documentIn(index, id));
    if (found === undefined)
      throw new RequestError('path', `there is no document "${shortened(id)}" in the index "${name}"`, { code: 'E_NOT_FOUND' });
    return reply.type('application/json; charset=utf-8').send(await jsonAnswer(found));
  });
}

async function documentIn(index: SearchIndex, id: string): Promise<z.infer<typeof documentAnswer> | undefined> {
  const manifest = index.manifest();
  if (manifest === undefined) return undefined;
  for await (const { document, further = [] } of index.store.get([id], ['document', 'further'])) {
    const placed = placesOf(document, manifest.fields);
    return { id, document, ...placed, passages: 1 + further.length };
  }
  return undefined;
}

/** The fields as they stand in the ranked text, one space between two. */
function placesOf(document: Document, names: readonly string[]): Pick<z.infer<typeof documentAnswer>, 'text' | 'fields'> {
  const fields: { field: string; start: number; end: number }[] = [];
  let end = -1;
  for (const field of names) {
    const { length } = textOf(document, [field]);
    if (length === 0) continue;
    const start = end + 1;
    end = start + length;
    fields.push({ field, start, end });
  }
  return { text: textOf(document, names), fields };
}

const shortened = (id: string): string => (id.length > 100 ? `${id.slice(0, 100)}…` : id);
