import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rm, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskErrorOf, systemCodeOf } from '../../errors.ts';

/** Answers that are already there, kept line by line so that a killed evaluation goes on where it was. */
export interface Journal<Answer> {
  /** By query id. */
  readonly known: ReadonlyMap<string, Answer>;
  add(query: string, answer: Answer): Promise<void>;
  /** Call when the evaluation is over: what was kept is only good for going on. */
  remove(): Promise<void>;
  close(): Promise<void>;
}

/** Name of the file for whatever these parts describe. */
export const keyOf = (...parts: readonly string[]): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);

export async function openJournal<Answer>(path: string): Promise<Journal<Answer>> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (systemCodeOf(error) === 'ENOENT') return '';
      throw error;
    });
    const { known, bytes } = readable<Answer>(text);
    if (text !== '') await truncate(path, bytes);
    const file = await open(path, 'a');
    return {
      known,
      add: async (query, answer) => {
        await file.appendFile(`${JSON.stringify([query, answer])}\n`).catch((error: unknown) => {
          throw diskErrorOf(error, path);
        });
      },
      remove: () => rm(path, { force: true }),
      close: () => file.close(),
    };
  } catch (error) {
    throw diskErrorOf(error, path);
  }
}

/** What can be read from the start; a last line without its end was being written when the process died. */
function readable<Answer>(text: string): { readonly known: ReadonlyMap<string, Answer>; readonly bytes: number } {
  const known = new Map<string, Answer>();
  let from = 0;
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
    try {
      const [query, answer] = JSON.parse(text.slice(from, end)) as [string, Answer];
      known.set(query, answer);
    } catch {
      break;
    }
    from = end + 1;
  }
  return { known, bytes: Buffer.byteLength(text.slice(0, from)) };
}
