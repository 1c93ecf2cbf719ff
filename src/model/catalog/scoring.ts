import { FinetoothError } from '../../errors.ts';

/**
 * What a model that was trained on a prompt is asked. `segments`: texts in which {query}, {document} and {instruction} are replaced; each is made
 * into tokens by itself, and those that hold none of the three are never cut. `chat`: a Jinja template over messages of the roles query and
 * document, and system where there is an instruction (sentence-transformers, base/modality.py, `pair_to_messages`).
 */
export type Prompt =
  | {
      readonly kind: 'segments';
      readonly segments: readonly string[];
      /** What stands for {instruction}: `frame` around its words, nothing around none. Absent: the model takes none. */
      readonly instruction?: { readonly frame: string; readonly words: string };
    }
  | {
      readonly kind: 'chat';
      readonly template: string;
      /** Passed to the template beside the messages. */
      readonly variables: Readonly<Record<string, unknown>>;
      /** Words of the message of the role system; '' for none. Absent: the template shows no such message. */
      readonly instruction?: { readonly words: string };
    };

/**
 * How a model's output becomes one logit of relevance. `classifier`: a head with labels of which `relevant` is the one that means yes: its logit, less
 * the logarithm of the sum of the others' exponentials where there are several, so that its sigmoid is the share that a softmax gives it.
 * `answer`: a causal model that answers a prompt with one token, named as it is written or by its number: the logit of `yes`, less that of `no` where it has one.
 * `activation` is what the model's authors put on the logit; `none` where its scores are logits.
 */
export type Scoring =
  | {
      readonly form: 'classifier';
      readonly labels: number;
      readonly relevant: number;
      readonly activation: Activation;
      /** The relevant label's logit alone counts: each label has a sigmoid of its own (`problem_type` of a config). @default false */
      readonly independent?: boolean;
      /** @default query and document as the tokenizer's pair */
      readonly prompt?: Prompt;
    }
  | {
      readonly form: 'answer';
      readonly prompt: Prompt;
      readonly yes: string | number;
      readonly no?: string | number;
      readonly activation: Activation;
    };

export type Activation = 'sigmoid' | 'none';

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
  return { ...scoring, prompt: { ...prompt, instruction: { ...prompt.instruction, words } } as Prompt };
}
