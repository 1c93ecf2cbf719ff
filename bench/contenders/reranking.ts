/** Ours: one cross-encoder as `search` uses it, list in, scores out. */
import { openCrossEncoderReranker } from '../../src/assemble/reranker.ts';
import { threads } from './contender.ts';
import { serveList } from './list.ts';

const reranker = await openCrossEncoderReranker('ms-marco-minilm-l-12-v2', { threads, offline: true });
await reranker.load?.();

serveList(async (query, texts) => [
  ...(
    await reranker.score(
      query,
      texts.map((text) => ({ text })),
    )
  ).scores,
]);
