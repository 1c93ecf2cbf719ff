/** Ollama: POST /api/embed (ollama 0.6.4). It has no rerank route. */
import type { Vendor } from '../vendor.ts';
import { count, field, listIn, post } from '../wire.ts';
import { openAiChat } from './openai.ts';

export const ollama: Vendor = {
  name: 'ollama',
  title: 'Ollama',
  keyVariables: ['OLLAMA_API_KEY'],
  keyless: true,
  baseVariable: 'OLLAMA_BASE_URL',
  baseURL: 'http://127.0.0.1:11434',
  embed: {
    models: ['nomic-embed-text', 'mxbai-embed-large', 'all-minilm'],
    limits: () => ({ documents: 64, together: 2 }),
    dimensions: (model) => ({ 'nomic-embed-text': 768, 'mxbai-embed-large': 1024, 'all-minilm': 384 })[model],
    open:
      async (model, link) =>
      async ({ texts, signal }) => {
        const { body } = await post(link, '/api/embed', { model, input: texts, truncate: false }, signal);
        const tokens = count(field(body, 'prompt_eval_count'));
        return { vectors: listIn(body, 'embeddings'), used: { tokens } };
      },
  },
  languageModel: (model, link) => openAiChat(model, { ...link, baseURL: `${link.baseURL}/v1` }),
};
