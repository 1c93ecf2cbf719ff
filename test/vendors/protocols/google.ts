import { atMost, type Protocol, shape, texts } from '../protocol.ts';

interface Content {
  readonly content: { readonly parts: readonly { readonly text: string }[] };
}
const textIn = ({ content }: Content): string => content.parts.map(({ text }) => text).join('');

export const google: Protocol = {
  vendor: 'google',
  source: "Google's reference of models.embedContent, as @ai-sdk/google 4.0.121 sends it",
  variables: (url) => ({ GOOGLE_GENERATIVE_AI_API_KEY: 'key', GOOGLE_BASE_URL: `${url}/v1beta` }),
  knows: (headers, key) => headers['x-goog-api-key'] === key,
  embed: {
    model: 'gemini-embedding-001',
    path: (model) => `/v1beta/models/${model}:`,
    read: (body, path) => {
      if (path.endsWith(':embedContent')) return { texts: texts([textIn(body as unknown as Content)]) };
      shape(body, { requests: 'list' }, [], 400);
      const all = texts((body.requests as readonly Content[]).map(textIn));
      atMost(all, 100, 400, 'at most 100 requests can be in one batch');
      return { texts: all };
    },
    tell: (vectors) => ({
      embeddings: vectors.map((values) => ({ values })),
      embedding: vectors.length === 1 ? { values: vectors[0] } : undefined,
    }),
  },
  fail: (code, message) => ({ error: { code, message, status: 'INVALID_ARGUMENT' } }),
};
