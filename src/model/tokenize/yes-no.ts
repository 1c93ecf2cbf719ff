import { FinetoothError } from '../../errors.ts';
import type { TextTokenizer, TokenizedText } from './tokenizer.ts';

/**
 * The question that Qwen3-Reranker answers with one word (model card of Qwen/Qwen3-Reranker-0.6B). The two halves of the frame are
 * never cut; query and text are cut at the end of the text.
 */
const frame = {
  before:
    '<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the Instruct provided. ' +
    'Note that the answer can only be "yes" or "no".<|im_end|>\n<|im_start|>user\n',
  after: '<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n',
} as const;

/** The model card's own instruction, for a web search. */
export const webSearchInstruction = 'Given a web search query, retrieve relevant passages that answer the query';

/** Puts a query and a text into the frame. */
export function encodeQuestion(
  tokenizer: TextTokenizer,
  instruction: string,
): (query: string, text: string, maxTokens: number) => TokenizedText {
  const before = tokenizer.plain(frame.before, 4096).ids;
  const after = tokenizer.plain(frame.after, 4096).ids;
  return (query, text, maxTokens) => {
    const asked = `<Instruct>: ${instruction}\n<Query>: ${query}`;
    const room = maxTokens - before.length - after.length;
    const { ids, truncated } = tokenizer.plain(`${asked}\n<Document>: ${text}`, room);
    const whole = { ids: [...before, ...ids, ...after], truncated, queryTruncated: 0 };
    if (truncated === 0) return whole;
    // Cut at the end: the query is only touched when nothing of the text is left, and then the words before the text are lost too.
    const queryTruncated = tokenizer.plain(asked, room).truncated;
    return queryTruncated === 0 ? whole : { ...whole, truncated: tokenizer.plain(text, 0).truncated, queryTruncated };
  };
}

/** Ids of the two words that the model may answer with. */
export function answersOf(tokenizer: TextTokenizer): { readonly yes: number; readonly no: number } {
  const [yes, no] = ['yes', 'no'].map((word) => tokenizer.plain(word, 2).ids);
  if (yes?.length !== 1 || no?.length !== 1)
    throw new FinetoothError('E_MODEL_FAILED', 'the tokenizer has no single tokens "yes" and "no"; this is not a yes-or-no reranker');
  return { yes: yes[0] as number, no: no[0] as number };
}
