import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorTable } from '../../errors.ts';
import { isKnown } from '../entity-tag.ts';
import { RequestError } from '../problem.ts';
import type { PageFile, PageFiles } from './files.ts';

/** The page, which is asked for at `/` and below `/ui/`. */
export interface Page {
  /** Whether a request is a browser's that opens an address: whoever takes anything is told what it always was. */
  isWanted(request: FastifyRequest): boolean;
  /** Sends a file of the page; without a path the page itself. */
  send(path: string | undefined, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply>;
}

/**
 * What the page may do: run and show what this server sent, ask this server, and nothing else. Nothing that stands in a document can become a script, and no other
 * page can put this one in a frame.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  // Plots, which the server draws.
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Kept, and asked for before each use. */
const CHECKED = 'no-cache';
const FOREVER = 'public, max-age=31536000, immutable';

const NOT_BUILT =
  'This server came without its page: "npm run build" makes it from the sources, and a published package has it. The API is there; /docs lists what can be asked.\n';

export interface PageOptions {
  /** Called when a browser opens the page. */
  readonly onOpen?: () => void;
}

export function createPage(filesOf: () => Promise<PageFiles | undefined>, { onOpen }: PageOptions = {}): Page {
  return {
    isWanted: ({ headers: { accept = '' } }) => /(^|,)\s*text\/html\s*(,|;(?!\s*q=0(\.0*)?\s*(,|$))|$)/i.test(accept),
    send: async (path, request, reply) => {
      if (path === undefined) onOpen?.();
      const files = await filesOf();
      if (files === undefined) return reply.code(errorTable.E_NOT_FOUND.http).type('text/plain; charset=utf-8').send(NOT_BUILT);
      const file = files.get(path ?? 'index.html');
      // The page has one address, below which everything else of it stands.
      if (file === undefined || path === 'index.html') throw new RequestError('path', 'the page has no file of that name; / opens it');
      return sendFile(file, request, reply);
    },
  };
}

function sendFile(file: PageFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { bytes, packed, type, tag, isHashed } = file;
  const isPacked = packed !== undefined && takesGzip(request.headers['accept-encoding']);
  const ownTag = isPacked ? `${tag.slice(0, -1)}-gzip"` : tag;
  reply.headers({
    'cache-control': isHashed ? FOREVER : CHECKED,
    'content-security-policy': policy,
    'cross-origin-opener-policy': 'same-origin',
    etag: ownTag,
    vary: 'origin, accept, accept-encoding',
  });
  if (isKnown(request.headers['if-none-match'], ownTag)) return reply.code(304).send();
  if (isPacked) reply.header('content-encoding', 'gzip');
  return reply.type(type).send(isPacked ? packed : bytes);
}

const takesGzip = (accepted: string | string[] | undefined): boolean =>
  String(accepted ?? '')
    .split(',')
    .some((one) => /^\s*(gzip|\*)\s*($|;(?!\s*q=0(\.0*)?\s*$))/i.test(one));
