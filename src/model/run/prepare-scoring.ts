import type { CrossEncoderEntry, Scoring } from '../catalog/model-entry.ts';
import { withInstruction } from '../catalog/scoring.ts';
import { type Ask, answerOf, askWith } from '../tokenize/ask.ts';
import type { TextTokenizer } from '../tokenize/tokenizer.ts';
import { loadHead } from './head.ts';
import type { OpenedCrossEncoder } from './score-pairs.ts';

/** What a model's scoring needs of its tokenizer and its folder. Throws E_MODEL_FAILED for a prompt, an answer or a layer that does not fit. */
export async function prepareScoring(
  { scoring, name }: CrossEncoderEntry,
  tokenizer: TextTokenizer,
  folder: string,
): Promise<Pick<OpenedCrossEncoder, 'ask' | 'askInstructed' | 'answers' | 'head'>> {
  const asking = async ({ prompt }: Scoring): Promise<Ask> => (prompt === undefined ? tokenizer.encodePair : askWith(prompt, tokenizer));
  let last: { readonly words: string; readonly ask: Promise<Ask> } | undefined;
  const askInstructed = (words: string): Promise<Ask> => {
    if (last?.words !== words) last = { words, ask: asking(withInstruction(scoring, words, name)) };
    return last.ask;
  };
  const ask = await asking(scoring);
  if (scoring.form === 'head') return { ask, askInstructed, head: await loadHead(folder, scoring.layers) };
  if (scoring.form !== 'answer') return { ask, askInstructed };
  const [yes, no] = [answerOf(tokenizer, scoring.yes), scoring.no === undefined ? undefined : answerOf(tokenizer, scoring.no)];
  return { ask, askInstructed, answers: { yes, no } };
}
