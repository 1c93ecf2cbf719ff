import { readFile } from 'node:fs/promises';
import { Tokenizer } from '@huggingface/tokenizers';
import { FinetoothError, messageOf } from '../errors.ts';

/** Token ids of one text, special tokens included, never longer than the window. */
export interface TokenizedText {
  readonly ids: readonly number[];
  /** Tokens of the text that did not fit. */
  readonly cut: number;
}

export interface TextTokenizer {
  /** Special tokens that the model's template puts before and after a text. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Whole tokens only: what does not fit in `maxTokens` is left out at the end and counted. */
  encode(text: string, maxTokens: number): TokenizedText;
}

/** Texts longer than this are tokenised piece by piece, so that a huge one costs time but little memory. */
const PIECE_LENGTH = 65_536;

/** Cuts at white space, where tokenisers cut too. A run of 64K characters without any is cut where it stands. */
const pieces = function* (text: string): Generator<string> {
  let start = 0;
  while (text.length - start > PIECE_LENGTH) {
    let end = start + PIECE_LENGTH;
    while (end > start + PIECE_LENGTH / 2 && !/\s/.test(text[end] ?? '')) end--;
    yield text.slice(start, end);
    start = end;
  }
  yield start === 0 ? text : text.slice(start);
};

/** Ideographs beyond U+FFFF: the ranges of BERT's own list (google-research/bert, tokenization.py, `_is_chinese_char`). */
const farIdeographs = /[\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b820}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

/**
 * Two steps of the reference library that its JavaScript twin takes otherwise: capital sigma is lowered letter by letter, never to the
 * form at the end of a word, and ideographs beyond U+FFFF are words of their own as the others are.
 */
const preparation = (file: Readonly<Record<string, unknown>>): ((text: string) => string) => {
  const normalizer = JSON.stringify(file.normalizer ?? null);
  const lowers = /"lowercase":true|"type":"Lowercase"/.test(normalizer);
  const splitsIdeographs = normalizer.includes('"handle_chinese_chars":true');
  return (text) => {
    const lowered = lowers && text.includes('Σ') ? text.replaceAll('Σ', 'σ') : text;
    return splitsIdeographs ? lowered.replace(farIdeographs, ' $& ') : lowered;
  };
};

const indexOfBody = (whole: readonly number[], body: readonly number[]): number => {
  for (let at = 0; at + body.length <= whole.length; at++) if (body.every((id, i) => whole[at + i] === id)) return at;
  return -1;
};

/** Reads a `tokenizer.json`. Truncation and padding that are baked into the file are not obeyed: the window is the caller's. */
export const loadTokenizer = async (path: string): Promise<TextTokenizer> => {
  let tokenizer: Tokenizer;
  let prepare: (text: string) => string;
  try {
    const file = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    tokenizer = new Tokenizer({ ...file, truncation: null, padding: null }, {});
    prepare = preparation(file);
  } catch (error) {
    throw new FinetoothError('E_MODEL_FAILED', `cannot read the tokenizer ${path}: ${messageOf(error)}`, { cause: error });
  }
  const plain = (text: string): number[] => tokenizer.encode(prepare(text), { add_special_tokens: false }).ids;
  const probe = plain('a');
  const whole = tokenizer.encode('a', { add_special_tokens: true }).ids;
  const at = indexOfBody(whole, probe);
  if (at < 0) throw new FinetoothError('E_MODEL_FAILED', `the tokenizer ${path} has a template that puts nothing around a text as it is`);
  const before = whole.slice(0, at);
  const after = whole.slice(at + probe.length);
  return {
    before,
    after,
    encode: (text, maxTokens) => {
      const room = maxTokens - before.length - after.length;
      const ids = [...before];
      let cut = 0;
      for (const piece of pieces(text)) {
        const found = plain(piece);
        const fits = Math.min(found.length, room - (ids.length - before.length));
        for (let i = 0; i < fits; i++) ids.push(found[i] as number);
        cut += found.length - fits;
      }
      ids.push(...after);
      return { ids, cut };
    },
  };
};
