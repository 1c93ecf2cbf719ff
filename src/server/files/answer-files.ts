import type { FastifyReply, FastifyRequest } from 'fastify';
import { type FinetoothError, messageOf } from '../../errors.ts';
import { bodyChunks } from '../body-chunks.ts';
import { beginAnswer, goneSignal, toldLate } from '../hooks/request-context.ts';
import { inSnakeCase } from '../indexes/forms.ts';
import { jsonAnswer } from '../json-answer.ts';
import { RequestError } from '../problem.ts';
import { createPieces } from '../send-buffers.ts';
import { addFiles, type FileToAdd } from './add-files.ts';
import type { FilesApi } from './api.ts';
import { framesIn } from './frames.ts';
import { fileIn, named, namedError } from './named-error.ts';
import type { FileRoom, ReceivedFile } from './received-file.ts';

interface Asked {
  readonly format?: string | undefined;
  readonly replace?: boolean | undefined;
  readonly room: FileRoom;
  readonly api: FilesApi;
}

/** A file that cannot be read, while others are. */
interface Failed {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** Files of one body: each lies on the disk until all are read. */
const MOST_FILES = 1000;

export async function addOneFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { path, format, room, api, ...asked }: Asked & { readonly path: string },
): Promise<FastifyReply> {
  const signal = goneSignal(reply);
  return named(path, request, async () => {
    await checkThere(request, api);
    const file = await room.receive(fileIn(request, path), { path, stops: stopsOf(signal, api) });
    try {
      return await answerWith(request, reply, api, {
        of: path,
        work: async (tell) => {
          const onProgress = (acknowledged: number): void => tell({ acknowledged });
          const report = await addFiles([{ path, place: file.place, format }], {
            ...optionsOf(request, api, signal),
            ...asked,
            onProgress,
          });
          return { path, ...report };
        },
      });
    } finally {
      await file.remove();
    }
  });
}

/** A file that cannot be read is told, and keeps none of the others out. */
export async function addSeveralFiles(
  request: FastifyRequest,
  reply: FastifyReply,
  { format, room, api, ...asked }: Asked,
): Promise<FastifyReply> {
  const signal = goneSignal(reply);
  await checkThere(request, api);
  const received: ReceivedFile[] = [];
  const files: FileToAdd[] = [];
  const stops = stopsOf(signal, api);
  try {
    const chunks = bodyChunks(fileIn(request, 'the files'), { idleMs: 60_000, stops, late: () => `after file ${files.length}` });
    for await (const { path, bytes } of framesIn(chunks)) {
      if (files.length >= MOST_FILES)
        throw new RequestError('large', `a body may hold ${MOST_FILES} files; send the others in another one`);
      if (files.some((one) => one.path === path)) throw new RequestError('invalid', `${path} stands twice in the body`, { param: 'path' });
      const file = await room.receive(bytes, { path, stops });
      received.push(file);
      files.push({ path, place: file.place, format });
    }
    if (files.length === 0) throw new RequestError('empty', 'the body holds no files');
    return await answerWith(request, reply, api, {
      work: async (tell) => {
        const failed: Failed[] = [];
        const report = await addFiles(files, {
          ...optionsOf(request, api, signal),
          ...asked,
          onProgress: (acknowledged, done) => tell({ acknowledged, files: done }),
          onFailure: (path, error) => {
            failed.push(failureOf(path, error));
            tell({ failed: failed.at(-1) });
          },
        });
        return { files: files.length, ...report, failed };
      },
    });
  } finally {
    await Promise.all(received.map((file) => file.remove()));
  }
}

interface Work {
  /** The one file that it is about. */
  readonly of?: string;
  /** `tell` sends a line. */
  readonly work: (tell: (line: object) => void) => Promise<object>;
}

/** Answers with a report; with lines before it where those are wanted. */
async function answerWith(
  request: FastifyRequest,
  reply: FastifyReply,
  { sendBuffers, quietMs }: FilesApi,
  { of, work }: Work,
): Promise<FastifyReply> {
  if (!String(request.headers.accept ?? '').includes('application/x-ndjson'))
    return reply.type('application/json; charset=utf-8').send(await jsonAnswer(inSnakeCase(await work(() => {}))));
  const pieces = createPieces(reply.raw, sendBuffers);
  beginAnswer(reply, { 'content-type': 'application/x-ndjson' });
  let last: object = { acknowledged: 0 };
  const again = setInterval(() => pieces.send(line(last)), quietMs);
  const tell = (told: object): void => {
    if ('acknowledged' in told) last = told;
    pieces.send(line(told));
    again.refresh();
  };
  try {
    tell(last);
    await pieces.end(line({ report: inSnakeCase(await work(tell)) }));
  } catch (error) {
    const told = of === undefined ? error : namedError(error, of, request);
    await pieces.end(line({ error: toldLate(told, request), ...last }));
  } finally {
    clearInterval(again);
  }
  return reply;
}

const line = (value: object): string => `${JSON.stringify(value)}\n`;

/** Told before the body comes. */
const checkThere = (request: FastifyRequest, { indexes }: FilesApi): Promise<void> => indexes.reading(nameIn(request), async () => {});

const nameIn = ({ params }: FastifyRequest): string => (params as { readonly name: string }).name;

const stopsOf = (signal: AbortSignal, { closing }: FilesApi): readonly AbortSignal[] =>
  [signal, closing].filter((one) => one !== undefined);

const optionsOf = (request: FastifyRequest, { indexes, mostBytes, closing }: FilesApi, signal: AbortSignal) => ({
  indexes,
  name: nameIn(request),
  mostBytes,
  signal,
  closing,
});

function failureOf(path: string, error: FinetoothError): Failed {
  const message = messageOf(error);
  return { path, code: error.code, message: message.includes(path) ? message : `${path}: ${message}` };
}
