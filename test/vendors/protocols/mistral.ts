import { bearer, openAiList, type Protocol, shape, texts } from '../protocol.ts';

export const mistral: Protocol = {
  vendor: 'mistral',
  source: "Mistral's reference of /v1/embeddings, as @ai-sdk/mistral 4.0.87 sends it",
  variables: (url) => ({ MISTRAL_API_KEY: 'key', MISTRAL_BASE_URL: `${url}/v1` }),
  knows: bearer,
  embed: {
    model: 'mistral-embed',
    path: () => '/v1/embeddings',
    read: (body) => {
      shape(body, { model: 'string', input: 'list' }, ['encoding_format', 'output_dimension', 'output_dtype', 'metadata']);
      return { texts: texts(body.input) };
    },
    tell: (vectors, tokens) => openAiList(vectors, tokens, 'mistral-embed'),
  },
  fail: (code, message) => ({ object: 'error', message, type: 'invalid_request_error', param: null, code: String(code) }),
};
