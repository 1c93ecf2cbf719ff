import { Worker } from 'node:worker_threads';
import { FinetoothError, throwIfStopped } from '../errors.ts';
import { peer } from '../fetch/peer.ts';
import type { FieldValue, ReadDocument } from '../types.ts';
import { joinBytes } from './bytes.ts';
import type { PdfMessage } from './pdf-worker.ts';
import type { Reader } from './reader.ts';
import type { Source } from './source.ts';
import { longestText } from './text.ts';

/**
 * PDF, by the optional package `unpdf`, in a worker whose memory and time are bounded. Before each page but the first stands a form feed, by which results
 * have page numbers. The title is that of the file's properties, else the file's name.
 */
export const pdf = {
  name: 'pdf',
  extensions: ['pdf'],
  recognise: (head) => head.startsWith('%PDF-'),
  read: readPdf,
} as const satisfies Reader;

/** Bytes of a file. */
const MOST = 256 * 1024 * 1024;
/** MB that the worker may hold beside the file. */
const MEMORY_MB = 1024;
/** Milliseconds without a further page. */
const LONGEST_PAGE_MS = 60_000;

const workerFile = new URL(import.meta.url.endsWith('.ts') ? './pdf-worker.ts' : './pdf-worker.js', import.meta.url);

async function* readPdf(source: Source): AsyncGenerator<ReadDocument> {
  const { name, documentPath: path, mayBeEmpty, signal } = source;
  await peer('unpdf', () => import('unpdf'), `${name} cannot be read`);
  const bytes = await joinBytes(source, MOST, 'PDF');
  if (bytes.length === 0) {
    yield {
      document: { title: path ?? name, text: '', path },
      where: name,
      id: path,
      notes: [{ kind: 'no-text', where: name, reason: '' }],
    };
    return;
  }
  const { pages, title, author } = await pagesOf(name, bytes, signal);
  const text = joinPages(pages);
  const isBlank = text.trim() === '';
  if (isBlank && !mayBeEmpty)
    throw new FinetoothError('E_INPUT_EMPTY', `${name} holds no text, as scans do. Read it by a program for scans (OCR) first.`);
  const fields: Record<string, FieldValue | undefined> = {
    title: (isTitle(title) ? title : undefined) ?? path?.replace(/^.*\//, '').replace(/\.[^.]*$/, ''),
    text: isBlank ? '' : text,
    author,
    pages: pages.length,
    path,
  };
  const document = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  yield {
    document,
    where: name,
    ...(path !== undefined && { id: path }),
    ...(isBlank && { notes: [{ kind: 'no-text', where: name, reason: '' } as const] }),
  };
}

/** Pages of one text, form feeds between. A sentence that goes on over the page is not torn by a blank line. */
function joinPages(pages: readonly string[]): string {
  const pieces: string[] = [];
  for (const [at, page] of pages.entries()) {
    const text = reflowed(page.replaceAll('\f', ' '));
    if (at > 0) pieces.push(/[.!?:”"')\]]$/.test(pieces.at(-1) ?? '') ? '\n\n\f' : '\n\f');
    pieces.push(text);
  }
  return pieces.join('');
}

/** Lines of a page whose length is this share of a usual one are full, and go on in the next. */
const FULL = 0.75;

/** A page with its paragraphs in a line each, words that were parted at the end of a line whole again. */
function reflowed(page: string): string {
  const lines = page.split('\n').map((line) => line.replace(/\s+/g, ' ').trim());
  const lengths = lines.map(({ length }) => length).filter((length) => length > 0);
  const usual = lengths.sort((a, b) => a - b)[Math.floor(lengths.length * 0.75)] ?? 0;
  let text = '';
  for (const [at, line] of lines.entries()) {
    const next = lines[at + 1];
    const goesOn = line.length >= usual * FULL && next !== undefined && next !== '' && !/^(?:[-•–*▪]|\d+[.)])\s/.test(next);
    const isParted = goesOn && /\p{Ll}-$/u.test(line) && /^\p{Ll}/u.test(next ?? '');
    text += isParted ? line.slice(0, -1) : `${line}${goesOn ? ' ' : '\n'}`;
  }
  return text.replace(/\n{3,}/g, '\n\n').trim();
}

/** Programs write the name of a file there, or of themselves. */
const isTitle = (title = ''): boolean => title !== '' && !/^(?:untitled|microsoft \w+ - )|\.\w{2,5}$/i.test(title);

interface Pages {
  readonly pages: readonly string[];
  readonly title?: string;
  readonly author?: string;
}

function pagesOf(name: string, bytes: Uint8Array, signal: AbortSignal | undefined): Promise<Pages> {
  throwIfStopped(signal);
  const worker = new Worker(workerFile, {
    workerData: bytes,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    // What the package prints about damaged fonts is of no use here.
    stdout: true,
    stderr: true,
  });
  const refused = (reason: string, cause?: unknown): FinetoothError =>
    new FinetoothError('E_INPUT_FORMAT', `${name} cannot be read as a PDF: ${reason}. Print it to a new PDF, or export its text.`, {
      cause,
    });
  return new Promise<Pages>((resolve, reject) => {
    const pages: string[] = [];
    let length = 0;
    let timer: NodeJS.Timeout | undefined;
    const watch = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => reject(refused(`a page took longer than ${LONGEST_PAGE_MS / 1000} seconds`)), LONGEST_PAGE_MS);
    };
    const stop = (): void => {
      try {
        throwIfStopped(signal);
      } catch (error) {
        reject(error);
      }
    };
    signal?.addEventListener('abort', stop, { once: true });
    watch();
    worker.on('message', (message: PdfMessage) => {
      watch();
      if ('failure' in message) reject(refused(message.failure));
      else if ('page' in message) {
        length += message.page.length;
        pages.push(message.page);
        if (length > longestText) reject(refused('it holds more than 256 MiB of text'));
      } else resolve({ pages, title: message.title, author: message.author });
    });
    worker.on('error', (error) => reject(refused(error instanceof Error ? error.message : String(error), error)));
    worker.on('exit', () => reject(refused('it ended the process that read it')));
  }).finally(() => worker.terminate());
}
