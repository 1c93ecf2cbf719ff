import { cohereV1 } from './cohere-v1.ts';
import { cohereV2 } from './cohere-v2.ts';
import type { Dialect } from './dialect.ts';
import { infinity } from './infinity.ts';
import { jina } from './jina.ts';
import { mixedbread } from './mixedbread.ts';
import { nvidia, nvidiaAlone } from './nvidia.ts';
import { ollama } from './ollama.ts';
import { azure, openai } from './openai.ts';
import { own, ownPath } from './own.ts';
import { pinecone } from './pinecone.ts';
import { tei } from './tei.ts';
import { together } from './together.ts';
import { shared, unprefixed } from './union.ts';
import { vllm } from './vllm.ts';
import { voyage } from './voyage.ts';
import { xinference } from './xinference.ts';

export { own } from './own.ts';
export { forks } from './union.ts';

/** What the dialects have to themselves without a prefix, and every one under its own. */
export const dialects: readonly Dialect[] = [
  together,
  cohereV1,
  cohereV2,
  jina,
  voyage,
  tei,
  openai,
  azure,
  vllm,
  infinity,
  mixedbread,
  ollama,
  nvidia,
  pinecone,
  xinference,
  nvidiaAlone,
  ...unprefixed,
];

/** Whose words an error is told in where no endpoint is known: by the prefix of the path; of one without a prefix, `otherwise`. */
export function dialectOf(path: string, otherwise: Dialect = shared): Dialect {
  if (ownPath.test(path)) return own;
  return dialects.find(({ prefix }) => prefix !== '' && (path === prefix || path.startsWith(`${prefix}/`))) ?? otherwise;
}
