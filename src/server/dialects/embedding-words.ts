/**
 * The words in which clients of embeddings say what they want: OpenAI's, and what Voyage, Jina, NVIDIA, TEI, vLLM, Cohere, Mixedbread and Alibaba have
 * beside them at the same path.
 */
import { z } from 'zod';
import { RequestError } from '../problem.ts';
import type { EmbedAsk } from './dialect.ts';
import { base64Of, bytesOf, signsOf } from './shared.ts';
import { oneOf, truth, wholeFrom } from './values.ts';

/** Forms of a vector: numbers, whole numbers, signs eight a byte; `base64` packs float32. */
export const forms = ['float', 'float16', 'base64', 'int8', 'uint8', 'binary', 'ubinary'] as const;
export type Form = (typeof forms)[number];

const form = oneOf(...forms);
const formOrForms = z.union([form, z.array(form).min(1)]);

/** Keys of a body, all of them optional. */
export const embeddingWords = {
  encoding_format: formOrForms.nullish(),
  /** Voyage: what `base64` packs. */
  output_dtype: oneOf('float', 'int8', 'uint8', 'binary', 'ubinary').nullish(),
  /** Jina. */
  embedding_type: formOrForms.nullish(),
  dimensions: wholeFrom(0).nullish(),
  output_dimension: wholeFrom(0).nullish(),
  /** Voyage, NVIDIA, Cohere: query, document, passage, search_query, …. */
  input_type: z.string().nullish(),
  /** Jina: retrieval.query, …. */
  task: z.string().nullish(),
  /** Gemini. */
  task_type: z.string().nullish(),
  /** TEI, sentence-transformers. */
  prompt_name: z.string().nullish(),
  /** Alibaba. */
  text_type: z.string().nullish(),
  /** Mixedbread: words of the client's own before each text. */
  prompt: z.string().nullish(),
  /** Voyage. */
  truncation: truth.nullish(),
  /** Jina and TEI: whether; NVIDIA and Cohere: NONE, START or END. */
  truncate: z.union([oneOf('NONE', 'START', 'END'), truth]).nullish(),
  /** Mixedbread. */
  truncation_strategy: oneOf('none', 'start', 'end').nullish(),
  truncation_direction: oneOf('Right', 'Left').nullish(),
  truncation_side: oneOf('right', 'left').nullish(),
  /** vLLM: tokens that are read; -1: as many as fit. */
  truncate_prompt_tokens: wholeFrom(-1).nullish(),
  /** Infinity. */
  modality: oneOf('text').nullish(),
  normalize: truth.nullish(),
  normalized: truth.nullish(),
} as const;

const schema = z.object(embeddingWords);
export type EmbeddingWords = z.infer<typeof schema>;

/** Keys that ask for what no model here has. */
export const refusedEmbeddingWords = {
  late_chunking: 'texts are embedded one by one',
  return_multivector: 'a text has one vector; POST /embed_all gives one for each token',
  images: 'the models here read text alone',
  messages: 'the models here read texts, not chats; send them as input',
} as const;

/** Keys that change nothing in an answer. */
export const idleEmbeddingWords = {
  user: 'no one is counted by it',
  priority: 'short requests go first here',
  add_special_tokens: 'the model’s template is always put around a text',
  return_tokens: 'usage counts them',
} as const;

/** What the words ask for, and in which form. */
export function readEmbeddingWords(words: EmbeddingWords): Omit<EmbedAsk, 'model' | 'texts'> {
  const { truncate, truncation, truncation_strategy: strategy, truncate_prompt_tokens: tokens, prompt } = words;
  const dimensions = words.dimensions ?? words.output_dimension ?? 0;
  const fromEnd = truncate === 'START' || strategy === 'start' || words.truncation_direction === 'Left' || words.truncation_side === 'left';
  return {
    role: roleIn(words),
    prompt: prompt ?? undefined,
    promptName: nameIn(words.prompt_name),
    // 0 is how clients write that they were told none.
    dimensions: dimensions === 0 ? undefined : dimensions,
    maxTokens: (tokens ?? 0) > 0 ? (tokens as number) : undefined,
    fromEnd,
    refuseLong: truncation === false || truncate === false || truncate === 'NONE' || strategy === 'none',
    unnormalised: words.normalize === false || words.normalized === false,
  };
}

/** A name that says something. */
export const nameIn = (name: string | null | undefined): string | undefined => (name == null || name.trim() === '' ? undefined : name);

/** Query or document, by whichever word says so; undefined where none does. Throws a RequestError for a word that stands for neither, and where two disagree. */
function roleIn({ input_type, task, task_type, text_type }: EmbeddingWords): 'query' | 'document' | undefined {
  const said = Object.entries({ input_type, task, task_type, text_type }).filter(
    (one): one is [string, string] => one[1] != null && one[1] !== '' && one[1].toLowerCase() !== 'none',
  );
  const roles = said.map(([key, word]) => [key, roleNamed(word, key)] as const);
  const [first] = roles;
  const other = roles.find(([, role]) => role !== first?.[1]);
  if (first !== undefined && other !== undefined)
    throw new RequestError(
      'invalid',
      `${first[0]} says that these are ${first[1]} texts, and ${other[0]} that they are ${other[1]} texts`,
      {
        param: other[0],
      },
    );
  return first?.[1];
}

/** Words for texts that are found, and for those that are compared with each other, which models here embed alike. */
const documentWords = new Set([
  'document',
  'documents',
  'doc',
  'passage',
  'passages',
  'corpus',
  'text',
  'classification',
  'clustering',
  'separation',
  'similarity',
  'matching',
  'sts',
  'completion',
  'code',
]);

/**
 * Which side of a search a vendor's word means: `query`, `search_query`, `retrieval.query`, `s2p_query`, `RETRIEVAL_QUERY`; `passage`,
 * `search_document`, `text-matching`, …. Throws a RequestError that names `key` for any other.
 */
export function roleNamed(word: string, key: string): 'query' | 'document' {
  const parts = word
    .trim()
    .toLowerCase()
    .split(/[\s._:-]+/);
  if (parts.some((part) => ['query', 'queries', 'question', 'questions'].includes(part))) return 'query';
  const last = parts.at(-1) ?? '';
  if (documentWords.has(last) || documentWords.has(parts[0] ?? '')) return 'document';
  const shown = word.length > 60 ? `${word.slice(0, 60)}…` : word;
  throw new RequestError(
    'invalid',
    `${key}: query, document, or a vendor's word for one of them (search_query, retrieval.passage); got "${shown}"`,
    {
      param: key,
    },
  );
}

/** The form of each vector: one, or several by name where a list was asked for. */
export function formed(vector: Float32Array, words: Pick<EmbeddingWords, 'encoding_format' | 'output_dtype' | 'embedding_type'>): unknown {
  const { encoding_format, output_dtype, embedding_type } = words;
  const wanted = encoding_format ?? embedding_type ?? output_dtype ?? 'float';
  if (Array.isArray(wanted)) return Object.fromEntries(wanted.map((one) => [one, inForm(vector, one)]));
  // Of whole numbers base64 holds one byte each.
  const packed =
    wanted === 'base64'
      ? (output_dtype ?? (embedding_type == null || Array.isArray(embedding_type) ? 'float' : embedding_type))
      : undefined;
  if (packed === undefined || packed === 'float' || packed === 'base64' || packed === 'float16')
    return inForm(vector, wanted === 'float' ? (typeof embedding_type === 'string' ? embedding_type : (output_dtype ?? 'float')) : wanted);
  return Buffer.from((inForm(vector, packed) as number[]).map((value) => value & 0xff)).toString('base64');
}

/** One form of a vector. float16 is told in float's digits. */
export function inForm(vector: Float32Array, wanted: Form): Float32Array | number[] | string {
  if (wanted === 'base64') return base64Of(vector);
  if (wanted === 'binary' || wanted === 'ubinary') return signsOf(vector, wanted);
  if (wanted === 'int8' || wanted === 'uint8') return bytesOf(vector, wanted);
  return vector;
}

/** Of an answer: numbers, base64, or several forms by name. */
const one = z.union([z.array(z.number()), z.string()]);
export const formedSchema = z.union([one, z.partialRecord(z.enum(forms), one)]);
