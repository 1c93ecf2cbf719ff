import type { EmbedAsk } from './dialects/dialect.ts';
import { roleNamed } from './dialects/embedding-words.ts';
import type { ServedEmbedder } from './models.ts';
import { RequestError } from './problem.ts';

/** What is put before each text: a prefix of the model by the side of the search, or words instead. */
export type Before = { readonly role: 'query' | 'document' } | { readonly words: string };

/** What a request asks to be put before each text. Throws a RequestError for a name that is no prompt of the model and no word for queries or documents, and where two keys disagree. */
export function beforeTexts({ role, prompt, promptName }: EmbedAsk, served: ServedEmbedder): Before {
  const named = promptName === undefined ? undefined : promptNamed(promptName, served);
  if (prompt !== undefined && prompt.trim() !== '') {
    if (promptName !== undefined) throw new RequestError('invalid', 'prompt and prompt_name: send one of them', { param: 'prompt_name' });
    return isQueryPrompt(prompt, served) ? { role: 'query' } : { words: /\s$/.test(prompt) ? prompt : `${prompt} ` };
  }
  if (named === undefined) return { role: role ?? 'document' };
  if (role !== undefined && 'role' in named && named.role !== role)
    throw new RequestError('invalid', `prompt_name says that these are ${named.role} texts, and another key that they are ${role} texts`, {
      param: 'prompt_name',
    });
  return named;
}

/** The text of one of the model's prompts; case does not count. Else the word is read as every vendor's is. */
function promptNamed(name: string, { name: model, prompts }: ServedEmbedder): Before {
  const found =
    Object.keys(prompts).find((one) => one === name) ?? Object.keys(prompts).find((one) => one.toLowerCase() === name.trim().toLowerCase());
  if (found !== undefined) return { words: prompts[found] as string };
  try {
    return { role: roleNamed(name, 'prompt_name') };
  } catch (error) {
    const known = Object.keys(prompts);
    if (!(error instanceof RequestError) || known.length === 0) throw error;
    throw new RequestError('invalid', `prompt_name: ${model} has the prompts ${known.join(', ')}; got "${name.slice(0, 60)}"`, {
      param: 'prompt_name',
    });
  }
}

const plain = (text: string): string => text.trim().replace(/:$/, '').toLowerCase();

/** Whether a client's prompt is the one that the model puts before a query anyway. */
const isQueryPrompt = (prompt: string, { queryPrefix }: ServedEmbedder): boolean =>
  queryPrefix !== '' && plain(prompt) === plain(queryPrefix);
