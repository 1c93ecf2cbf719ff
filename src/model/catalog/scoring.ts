import { FinetoothError } from '../../errors.ts';
import type { Prompt, Scoring } from './model-entry.ts';

const promptOf = (scoring: Scoring): Prompt | undefined => scoring.prompt;

/** Whether the words of `instruction` reach the model. */
export const takesInstruction = (scoring: Scoring): boolean => promptOf(scoring)?.instruction !== undefined;

/** The same with another instruction. Throws E_USAGE for a model that takes none. */
export function withInstruction(scoring: Scoring, words: string, name: string): Scoring {
  const prompt = promptOf(scoring);
  if (prompt?.instruction === undefined)
    throw new FinetoothError('E_USAGE', (say) => {
      const advice = 'Leave it out, or choose a model that was trained on one, such as qwen3-reranker-0.6b.';
      return `${say.option('instruction')} is for models that read one, and ${name} does not. ${advice}`;
    });
  return { ...scoring, prompt: { ...prompt, instruction: { ...prompt.instruction, words } } } as Scoring;
}
