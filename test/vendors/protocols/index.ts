import type { Protocol } from '../protocol.ts';
import { bedrock } from './bedrock.ts';
import { cohere } from './cohere.ts';
import { google } from './google.ts';
import { jina } from './jina.ts';
import { infinity, lmstudio, openaiCompatible, vllm } from './jina-shaped.ts';
import { mistral } from './mistral.ts';
import { mixedbread } from './mixedbread.ts';
import { ollama } from './ollama.ts';
import { openai } from './openai.ts';
import { openrouter } from './openrouter.ts';
import { pinecone } from './pinecone.ts';
import { tei } from './tei.ts';
import { together } from './together.ts';
import { voyage } from './voyage.ts';
import { zeroentropy } from './zeroentropy.ts';

export const protocols: readonly Protocol[] = [
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
