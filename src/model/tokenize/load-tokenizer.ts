import { readFile } from 'node:fs/promises';
import { FinetoothError, messageOf } from '../../errors.ts';
import { readTokenizer, type TextTokenizer, type TokenizerOptions } from './tokenizer.ts';

/** The tokenizer of a file. Apart from reading it, nothing of a tokenizer needs Node. */
export async function loadTokenizer(path: string, options?: TokenizerOptions): Promise<TextTokenizer> {
  const json = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new FinetoothError('E_MODEL_FAILED', `cannot read the tokenizer ${path}: ${messageOf(error)}`, { cause: error });
  });
  return readTokenizer(json, path, options);
}
