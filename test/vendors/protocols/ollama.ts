import { bearer, type Protocol, shape, texts } from '../protocol.ts';

export const ollama: Protocol = {
  vendor: 'ollama',
  source: 'ollama 0.6.4',
  variables: (url) => ({ OLLAMA_API_KEY: 'key', OLLAMA_BASE_URL: url }),
  knows: bearer,
  embed: {
    model: 'all-minilm',
    path: () => '/api/embed',
    read: (body) => {
      shape(body, { model: 'string', input: 'list' }, ['truncate', 'options', 'keep_alive', 'dimensions'], 400);
      return { texts: texts(body.input) };
    },
    tell: (vectors, tokens) => ({
      model: 'all-minilm',
      embeddings: vectors,
      total_duration: 1,
      load_duration: 1,
      prompt_eval_count: tokens,
    }),
  },
  fail: (_, error) => ({ error }),
};
