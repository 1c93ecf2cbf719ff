/** What several servers speak alike: Jina's form of /rerank and OpenAI's of /embeddings. */
import type { EmbedService, RerankService } from '../vendor.ts';
import { count, field, listIn, openAiVectors, post, rankingIn } from '../wire.ts';

/** `{model, query, documents}`, and what else the server takes, to `{results: [{index, relevance_score}], usage: {total_tokens, cost, search_units}}`. */
export const jinaRerank =
  (path: string, more: Readonly<Record<string, unknown>> = {}): RerankService['open'] =>
  async (model, connection) =>
  async ({ query, documents, signal }) => {
    const { body, headers } = await post(connection, path, { model, query, documents, ...more }, signal);
    // What `finetooth serve` says; the others say nothing.
    const truncated = count(Number(headers.get('x-finetooth-query-truncated') ?? Number.NaN));
    const usage = field(body, 'usage');
    const [tokens, cost, searches] = ['total_tokens', 'cost', 'search_units'].map((name) => count(field(usage, name)));
    return {
      ranking: rankingIn(listIn(body, 'results'), 'relevance_score'),
      queryTruncatedTokens: truncated,
      used: {
        tokens,
        cost,
        searches,
      },
    };
  };

/** `{model, input, encoding_format: "float"}` to `{data: [{index, embedding}], usage}`. */
export const openAiEmbed =
  (path: string): EmbedService['open'] =>
  async (model, connection) =>
  async ({ texts, signal }) =>
    openAiVectors((await post(connection, path, { model, input: texts, encoding_format: 'float' }, signal)).body);
