import { setImmediate as nextTurn } from 'node:timers/promises';
import { loadTokenDecoder } from '../assemble/token-decoder.ts';
import { FinetoothError } from '../errors.ts';
import { RequestError } from './problem.ts';

/** Tokens that are decoded in one turn of the event loop. */
const TURN = 10_000;

interface Decoder {
  decode(tokens: number[]): string;
}

let opened: Promise<{ readonly decoder: Decoder; readonly most: number }> | undefined;

/**
 * Texts as they are, and of tokens the text that they stand for. They are those of cl100k_base, OpenAI's tokenizer for all its embedding models; LangChain
 * takes it for every name that it does not know. Throws a RequestError for numbers that are none of its tokens.
 */
export async function decodedTexts(sent: readonly (string | readonly number[])[]): Promise<readonly string[]> {
  if (sent.every((one): one is string => typeof one === 'string')) return sent;
  opened ??= openDecoder();
  const { decoder, most } = await opened.catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  const texts: string[] = [];
  let done = 0;
  for (const [at, one] of sent.entries()) {
    if (typeof one === 'string') {
      texts.push(one);
      continue;
    }
    const wrong = one.find((token) => token > most || (token > LAST_RANK && !special.has(token)));
    if (wrong !== undefined)
      throw new RequestError(
        'invalid',
        `input.${at}: tokens of cl100k_base, or text; ${wrong} is none of them. LangChain sends text with check_embedding_ctx_length=False`,
        { param: 'input' },
      );
    texts.push(decoder.decode([...one]));
    done += one.length;
    if (done < TURN) continue;
    done = 0;
    await nextTurn();
  }
  return texts;
}

/** Ranks are 0 to 100,255; behind them stand the special tokens alone (tiktoken, tiktoken_ext/openai_public.py). */
const LAST_RANK = 100_255;
const special = new Set([100_257, 100_258, 100_259, 100_260, 100_276]);

async function openDecoder(): Promise<{ readonly decoder: Decoder; readonly most: number }> {
  const [{ Tiktoken }, { default: ranks }] = await loadTokenDecoder().catch((cause: unknown) => {
    throw new FinetoothError('E_PACKAGE', 'token numbers are decoded by the package js-tiktoken, which is not installed; send text.', {
      cause,
    });
  });
  return { decoder: new Tiktoken(ranks), most: Math.max(...special) };
}
