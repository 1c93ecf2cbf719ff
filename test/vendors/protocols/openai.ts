import { atMost, bearer, openAiError, openAiList, type Protocol, shape, texts } from '../protocol.ts';

export const openai: Protocol = {
  vendor: 'openai',
  source: 'openai 7.57.0',
  variables: (url) => ({ OPENAI_API_KEY: 'key', OPENAI_BASE_URL: `${url}/v1` }),
  knows: bearer,
  embed: {
    model: 'text-embedding-3-small',
    path: () => '/v1/embeddings',
    read: (body) => {
      shape(body, { model: 'string', input: 'list' }, ['encoding_format', 'dimensions', 'user'], 400);
      const all = texts(body.input);
      atMost(all, 2048, 400, "Invalid 'input': array too long. Expected an array with maximum length 2048.");
      return { texts: all };
    },
    tell: (vectors, tokens) => openAiList(vectors, tokens, 'text-embedding-3-small'),
  },
  fail: openAiError,
};
