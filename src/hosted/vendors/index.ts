import { FinetoothError } from '../../errors.ts';
import { nearestName } from '../../wording/nearest-name.ts';
import type { Vendor } from '../vendor.ts';
import { bedrock } from './bedrock.ts';
import { cohere } from './cohere.ts';
import { google } from './google.ts';
import { infinity } from './infinity.ts';
import { jina } from './jina.ts';
import { lmstudio } from './lmstudio.ts';
import { mistral } from './mistral.ts';
import { mixedbread } from './mixedbread.ts';
import { ollama } from './ollama.ts';
import { openai } from './openai.ts';
import { openaiCompatible } from './openai-compatible.ts';
import { openrouter } from './openrouter.ts';
import { pinecone } from './pinecone.ts';
import { tei } from './tei.ts';
import { together } from './together.ts';
import { vllm } from './vllm.ts';
import { voyage } from './voyage.ts';
import { zeroentropy } from './zeroentropy.ts';

/** Every vendor that a name may begin with. */
export const vendors: readonly Vendor[] = [
  together,
  cohere,
  voyage,
  jina,
  mixedbread,
  zeroentropy,
  pinecone,
  bedrock,
  openai,
  google,
  mistral,
  openrouter,
  tei,
  vllm,
  infinity,
  ollama,
  lmstudio,
  openaiCompatible,
];

/**
 * Vendors who are not asked from here, and whose models' names clients send all the same, by how those begin: NVIDIA's containers (NIM) name models
 * `nvidia/llama-3_2-nv-rerankqa-1b-v2` (docs.litellm.ai, nvidia_nim_rerank, 2026-11-28).
 */
export const unaskedVendors: readonly Pick<Vendor, 'name' | 'families'>[] = [
  { name: 'nvidia', families: { rerank: ['nvidia/', 'nv-rerank'], embed: ['nvidia/', 'nv-embed'] } },
];

/** The vendor of that name here, at the AI SDK, on hubs or at gateways. */
export const vendorKnownAs = (name: string): Vendor | undefined =>
  vendors.find((one) => one.name === name || (one.alsoKnownAs?.includes(name) ?? false));

/** Whether a name is of the form `vendor:model`; a drive letter or a path is not. */
export const looksHosted = (name: string): boolean => /^[a-z][a-z-]+:/.test(name);

/** Throws E_MODEL_UNKNOWN for a vendor that is none of these. */
export function vendorNamed(name: string): Vendor {
  const found = vendors.find((one) => one.name === name);
  if (found !== undefined) return found;
  const all = vendors.map((one) => one.name);
  const near = nearestName(name, all);
  throw new FinetoothError(
    'E_MODEL_UNKNOWN',
    `there is no vendor "${name}"${near === undefined ? '' : `, did you mean "${near}"`}; there are ${all.join(', ')}.`,
  );
}
