import { cohereV1 } from './cohere-v1.ts';
import { cohereV2 } from './cohere-v2.ts';
import type { Dialect } from './dialect.ts';
import { infinity } from './infinity.ts';
import { jina } from './jina.ts';
import { mixedbread } from './mixedbread.ts';
import { openai } from './openai.ts';
import { own, ownPath } from './own.ts';
import { tei } from './tei.ts';
import { together } from './together.ts';
import { shared, unprefixed } from './union.ts';
import { vllm } from './vllm.ts';
import { voyage } from './voyage.ts';

export { own } from './own.ts';
export { rerankPath } from './union.ts';

/** What the dialects have to themselves without a prefix, and every one under its own. */
export const dialects: readonly Dialect[] = [
  together,
  cohereV1,
  cohereV2,
  jina,
  voyage,
  tei,
  openai,
  vllm,
  infinity,
  mixedbread,
  ...unprefixed,
];

/** Whose words an error is told in where no endpoint is known: by the prefix of the path; of one without a prefix, `otherwise`. */
export function dialectOf(path: string, otherwise: Dialect = shared): Dialect {
  if (ownPath.test(path)) return own;
  return dialects.find(({ prefix }) => prefix !== '' && (path === prefix || path.startsWith(`${prefix}/`))) ?? otherwise;
}
