import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { inspectDocuments, listFormats } from '../../tasks/index.ts';
import { goneSignal } from '../hooks/request-context.ts';
import { unpacked } from '../hooks/unpacked.ts';
import { inSnakeCase, readBody } from '../indexes/forms.ts';
import { jsonAnswer } from '../json-answer.ts';
import type { Route } from '../openapi.ts';
import { readingOf } from './add-files.ts';
import { addOneFile, addSeveralFiles } from './answer-files.ts';
import type { FilesApi } from './api.ts';
import { addFileAnswer, addFileQuery, checkedPath, formatsAnswer, inspectAnswer, inspectQuery } from './forms.ts';
import { fileIn, named } from './named-error.ts';
import { createFileRoom, type FileRoom } from './received-file.ts';

export const fileRoutes: readonly Route[] = [
  {
    method: 'get',
    path: '/v1/files/formats',
    about: 'The formats of files that are read, by the endings of their names, and which of them are read of a folder.',
    tag: 'Files',
    answer: formatsAnswer,
  },
  {
    method: 'post',
    path: '/v1/files/inspect',
    about: 'What is read of a file: its format, documents and fields, with types as an index would take them. The body is the file.',
    tag: 'Files',
    query: inspectQuery,
    bytes: true,
    answer: inspectAnswer,
  },
  {
    method: 'post',
    path: '/v1/indexes/:name/files',
    about:
      'Add the documents of a file. The body is the file; without `path` it is several files, each behind a line {"path": "notes/a.md", "bytes": 120}. Answers with a report; with Accept: application/x-ndjson with a line for each batch that is safe and for each file that cannot be read, and at least every 15 seconds.',
    tag: 'Files',
    query: addFileQuery,
    bytes: true,
    answer: addFileAnswer,
  },
];

/** Files as they are, read by the readers of the command line. */
export async function addFileRoutes(app: FastifyInstance, api: FilesApi): Promise<void> {
  const room = createFileRoom(api.mostBytes);
  app.get('/v1/files/formats', { config: { task: 'files' } }, async () => ({
    formats: (await listFormats()).map(({ inFolders, ...one }) => ({ ...one, in_folders: inFolders })),
    most_bytes: room.mostBytes,
  }));
  await app.register(async (scope) => {
    // The body is a stream here, whatever its type says.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', async ({ headers }: FastifyRequest, body: Readable) => unpacked(body, headers['content-encoding']));
    const options = { config: { task: 'files', streamed: true }, bodyLimit: Number.MAX_SAFE_INTEGER } as const;
    scope.post('/v1/files/inspect', options, async (request, reply) => {
      const query = readBody(inspectQuery, request.query);
      checkedPath(query.path);
      const found = await named(query.path, request, () => inspect(query, request, { room, api, signal: goneSignal(reply) }));
      return reply.type('application/json; charset=utf-8').send(await jsonAnswer(found));
    });
    scope.post('/v1/indexes/:name/files', options, async (request, reply) => {
      const { path, ...query } = readBody(addFileQuery, request.query);
      if (path === undefined) return addSeveralFiles(request, reply, { ...query, room, api });
      return addOneFile(request, reply, { ...query, path: checkedPath(path), room, api });
    });
  });
}

async function inspect(
  { path, format, sample }: z.infer<typeof inspectQuery>,
  request: FastifyRequest,
  { room, api, signal }: { readonly room: FileRoom; readonly api: FilesApi; readonly signal: AbortSignal },
): Promise<unknown> {
  const stops = [signal, api.closing].filter((one) => one !== undefined);
  const file = await room.receive(fileIn(request, path), { path, stops });
  try {
    const { sample: documents, ...found } = await inspectDocuments({
      ...readingOf(path, format, signal, room.mostBytes),
      source: file.place,
      sample,
    });
    return { path, bytes: file.bytes, ...(inSnakeCase(found) as object), sample: documents };
  } finally {
    await file.remove();
  }
}
