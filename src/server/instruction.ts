import { isRecord } from '../wording/check-options.ts';
import { type Endpoint, ranks } from './dialects/dialect.ts';
import type { ServedReranker } from './models.ts';
import { RequestError } from './problem.ts';

/** Keys in which clients say what a reranker is to judge by: vLLM's and Mixedbread's, and Alibaba's. */
const keys = ['instruction', 'instruct'] as const;

export const notForEmbedders =
  'an embedder is told by words before each text; send them as prompt, or a prompt of the model by its name as prompt_name';

type Sent = Readonly<Record<string, unknown>>;

/**
 * What a request to rank is to be judged by, whatever vendor's words it is in: also among the arguments of vLLM's chat template. undefined where it says nothing. Throws a
 * RequestError for what is no text, and for two that differ.
 */
export function instructionIn(sent: unknown, endpoint: Pick<Endpoint, 'task'>): string | undefined {
  if (!isRecord(sent)) return undefined;
  const [told] = endpoint.task === 'embed' ? saidIn(sent, '') : [];
  if (told !== undefined) throw new RequestError('invalid', `${told[0]}: ${notForEmbedders}; leave it out`, { param: told[0] });
  if (!ranks(endpoint)) return undefined;
  const { chat_template_kwargs: template } = sent;
  const said = [...saidIn(sent, ''), ...(isRecord(template) ? saidIn(template, 'chat_template_kwargs.') : [])];
  const [first, ...others] = said;
  const other = others.find(([, words]) => words !== first?.[1]);
  if (other !== undefined)
    throw new RequestError('invalid', `${first?.[0]} and ${other[0]} say different things; leave one out`, { param: other[0] });
  return first?.[1];
}

/** Whether a key is one of those that every endpoint of this task reads. */
export const isInstruction = (name: string, endpoint: Pick<Endpoint, 'task'>): boolean =>
  ranks(endpoint) && (keys as readonly string[]).includes(name);

function saidIn(sent: Sent, before: string): readonly (readonly [key: string, words: string])[] {
  return keys.flatMap((key) => {
    const words = sent[key];
    if (words === undefined || words === null || (typeof words === 'string' && words.trim() === '')) return [];
    if (typeof words !== 'string')
      throw new RequestError('malformed', `${before}${key}: a text; got ${kindOf(words)}`, { param: `${before}${key}` });
    return [[`${before}${key}`, words] as const];
  });
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : String(value));

/** Throws a RequestError where the model that ranks was not trained on an instruction: it would change nothing, and no one would see that. */
export async function checkInstruction(instruction: string | undefined, { name, reranker }: ServedReranker): Promise<void> {
  if (instruction === undefined) return;
  // What is opened on first use knows it then.
  if (reranker.takesInstruction !== true) await reranker.load?.();
  if (reranker.takesInstruction === true) return;
  throw new RequestError(
    'invalid',
    `instruction: ${name} was not trained on one; leave it out, or name a model that was, such as qwen3-reranker-0.6b`,
    { param: 'instruction' },
  );
}
