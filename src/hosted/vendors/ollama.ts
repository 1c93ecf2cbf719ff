/** Ollama: POST /api/embed (ollama 0.6.4). It has no rerank route. */
import type { Vendor } from '../vendor.ts';
import { free } from '../vendor-model.ts';
import { count, field, listIn, post } from '../wire.ts';
import { openAiChat } from './openai.ts';

const listed = { task: 'embed', source: 'ollama.com/library', date: '2026-11' } as const;

export const ollama: Vendor = {
  name: 'ollama',
  title: 'Ollama',
  keyVariables: ['OLLAMA_API_KEY'],
  keyless: true,
  baseVariable: 'OLLAMA_BASE_URL',
  baseURL: 'http://127.0.0.1:11434',
  models: [
    { ...listed, name: 'nomic-embed-text', dimensions: 768 },
    { ...listed, name: 'mxbai-embed-large', dimensions: 1024 },
    { ...listed, name: 'all-minilm', dimensions: 384 },
  ],
  price: free,
  embed: {
    limits: { documents: 64, concurrency: 2 },
    open:
      async (model, connection) =>
      async ({ texts, signal }) => {
        const { body } = await post(connection, '/api/embed', { model, input: texts, truncate: false }, signal);
        const tokens = count(field(body, 'prompt_eval_count'));
        return { vectors: listIn(body, 'embeddings'), used: { tokens } };
      },
  },
  languageModel: (model, connection) => openAiChat(model, { ...connection, baseURL: `${connection.baseURL}/v1` }),
};
