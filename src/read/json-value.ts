import { FinetoothError, messageOf, type Sentence, sentenceIn } from '../errors.ts';
import { readLineBatches } from './read.ts';

/** The one JSON value that a file of settings or a report holds, in memory as a whole. `advice` ends the sentence of an error. */
export async function readJsonValue(path: string, signal: AbortSignal | undefined, advice: Sentence = ''): Promise<unknown> {
  const lines: string[] = [];
  for await (const { texts } of readLineBatches(path, { signal })) for (const text of texts) lines.push(text);
  try {
    return JSON.parse(lines.join('\n'));
  } catch (error) {
    throw new FinetoothError('E_INPUT_FORMAT', (say) => `${path} is not JSON: ${messageOf(error)}. ${sentenceIn(advice, say)}`.trimEnd(), {
      cause: error,
    });
  }
}
