import type { Document, ReadDocument } from '../../types.ts';
import { RequestError } from '../problem.ts';

/** Characters of one line. A document of that length is a book. */
const LONGEST_LINE = 16_000_000;

const documentOf = (line: string, at: number): Document => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new RequestError('malformed', `line ${at} is not JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RequestError('malformed', `line ${at} is not an object of fields`);
  return value as Document;
};

/**
 * Documents of a body, one JSON object a line, as they arrive. A body that ends in the middle of a line ends in an error, after the whole lines.
 *
 * @param idleMs milliseconds without a byte after which the sender is given up
 */
export const documentsIn = async function* (body: AsyncIterable<Uint8Array>, idleMs: number): AsyncGenerator<ReadDocument> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const chunks = body[Symbol.asyncIterator]();
  let [rest, at] = ['', 0];
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    let timer: NodeJS.Timeout | undefined;
    const slow = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new RequestError('late', `nothing came for ${idleMs} ms after line ${at}; what was acknowledged is kept`)),
        idleMs,
      );
    });
    try {
      return await Promise.race([chunks.next(), slow]);
    } finally {
      clearTimeout(timer);
    }
  };
  const decoded = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch {
      throw new RequestError('malformed', `line ${at + 1} is not UTF-8`);
    }
  };
  for (;;) {
    const { value, done } = await next();
    rest += done ? decoded() : decoded(value);
    const lines = rest.split('\n');
    rest = done ? '' : (lines.pop() ?? '');
    if (rest.length > LONGEST_LINE) throw new RequestError('large', `line ${at + 1} has more than ${LONGEST_LINE} characters`);
    for (const line of lines) {
      at++;
      if (line.trim() !== '') yield { document: documentOf(line, at), where: `line ${at}` };
    }
    if (done) return;
  }
};
