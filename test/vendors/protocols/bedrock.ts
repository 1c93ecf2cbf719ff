import { atMost, bearer, type Protocol, shape, texts } from '../protocol.ts';

interface Source {
  readonly inlineDocumentSource: { readonly textDocument: { readonly text: string } };
}

export const bedrock: Protocol = {
  vendor: 'bedrock',
  source: 'AWS API references of Rerank and InvokeModel, as @ai-sdk/amazon-bedrock 5.0.101 sends them',
  variables: (url) => ({ AWS_BEARER_TOKEN_BEDROCK: 'key', BEDROCK_BASE_URL: url }),
  knows: bearer,
  rerank: {
    model: 'cohere.rerank-v3-5:0',
    path: () => '/rerank',
    read: (body) => {
      shape(body, { queries: 'list', sources: 'list' }, ['rerankingConfiguration', 'nextToken'], 400);
      const [query] = body.queries as readonly { readonly textQuery: { readonly text: string } }[];
      const documents = texts(
        (body.sources as readonly Source[]).map(({ inlineDocumentSource }) => inlineDocumentSource.textDocument.text),
      );
      atMost(documents, 1000, 400, 'sources: at most 1000');
      return { query: query?.textQuery.text ?? '', documents };
    },
    tell: (rows) => ({ results: rows.map(({ index, score }) => ({ index, relevanceScore: score })) }),
  },
  embed: {
    model: 'amazon.titan-embed-text-v2:0',
    path: (model) => `/model/${model}/invoke`,
    read: (body) => {
      shape(body, { inputText: 'string' }, ['dimensions', 'normalize'], 400);
      return { texts: [body.inputText as string] };
    },
    tell: ([embedding], tokens) => ({ embedding, inputTextTokenCount: tokens }),
  },
  fail: (_, message) => ({ message, type: 'ValidationException' }),
};
