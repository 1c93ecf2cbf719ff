import type { Scoring } from './model-entry.ts';

/** The model card's own instruction, for a web search (Qwen/Qwen3-Reranker-0.6B). */
export const webSearchInstruction = 'Given a web search query, retrieve relevant passages that answer the query';

type Recipe = Scoring & { readonly form: 'answer' };

/**
 * Prompts and answers of causal rerankers whose files do not state them, by name: `"scoring": "NAME"` in a finetooth.json says that a model was trained on one.
 * The white space belongs to them.
 */
export const recipes = {
  // Model card of Qwen/Qwen3-Reranker-0.6B.
  'qwen3-reranker': {
    form: 'answer',
    prompt: {
      kind: 'segments',
      segments: [
        '<|im_start|>system\nJudge whether the Document meets the requirements based on the Query and the Instruct provided. ' +
          'Note that the answer can only be "yes" or "no".<|im_end|>\n<|im_start|>user\n',
        '{instruction}<Query>: {query}\n<Document>: {document}',
        '<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n',
      ],
      instruction: { frame: '<Instruct>: {instruction}\n', words: webSearchInstruction },
    },
    yes: 'yes',
    no: 'no',
    activation: 'sigmoid',
  },
  // mxbai-rerank 0.1.6, mxbai_rerank_v2.py: pieces are made into tokens one by one. Its scores are logits.
  'mxbai-rerank-v2': {
    form: 'answer',
    prompt: {
      kind: 'segments',
      segments: [
        '<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n<|im_start|>user\n',
        '{instruction}query: {query}',
        '\n',
        'document: {document}',
        '\n',
        'You are a search relevance expert who evaluates how well documents match search queries. For each query-document pair, carefully analyze the ' +
          'semantic relationship between them, then provide your binary relevance judgment (0 for not relevant, 1 for relevant).\nRelevance:',
        '<|im_end|>\n<|im_start|>assistant\n',
      ],
      instruction: { frame: 'instruction: {instruction}\n', words: '' },
    },
    yes: '1',
    no: '0',
    activation: 'none',
  },
  // FlagEmbedding 1.4.2, inference/reranker/decoder_only/base.py: the logit of "Yes". What it calls prompt is the instruction.
  'bge-reranker-gemma': {
    form: 'answer',
    prompt: {
      kind: 'segments',
      segments: ['<bos>', 'A: {query}', '\n', 'B: {document}', '\n', '{instruction}'],
      instruction: {
        frame: '{instruction}',
        words:
          'Given a query A and a passage B, determine whether the passage contains an answer to the query by providing a prediction of ' +
          "either 'Yes' or 'No'.",
      },
    },
    yes: 'Yes',
    activation: 'sigmoid',
  },
  // Model card of ContextualAI/ctxl-rerank-v2-instruct-multilingual-1b: the logit of the first token of all.
  'ctxl-rerank-v2': {
    form: 'answer',
    prompt: {
      kind: 'segments',
      segments: [
        'Check whether a given document contains information helpful to answer the query.\n<Document> {document}\n<Query> {query}{instruction} ??',
      ],
      instruction: { frame: ' {instruction}', words: '' },
    },
    yes: 0,
    activation: 'none',
  },
  // zeroentropy/zerank-1-small, modeling_zeranker.py: Qwen3's chat template with the query as system, in one string; the logit of "Yes". Its 2,000 characters of a query and 10,000 of a document
  // are what fits its batches, and no part of its training.
  zerank: {
    form: 'answer',
    prompt: {
      kind: 'segments',
      segments: ['<|im_start|>system\n{query}<|im_end|>\n<|im_start|>user\n{document}<|im_end|>\n<|im_start|>assistant\n'],
      trims: true,
    },
    yes: 'Yes',
    activation: 'sigmoid',
    temperature: 5,
  },
} as const satisfies Readonly<Record<string, Recipe>>;

export type RecipeName = keyof typeof recipes;

export const recipeNames = Object.keys(recipes) as readonly RecipeName[];

export const isRecipe = (name: string): name is RecipeName => Object.hasOwn(recipes, name);

/** Repositories of which it is known on which prompt they were trained; conversions name one in `_name_or_path`. */
const repositories: readonly (readonly [RegExp, RecipeName])[] = [
  [/^qwen\/qwen3-reranker-(0\.6|4|8)b$/, 'qwen3-reranker'],
  [/^mixedbread-ai\/mxbai-rerank-(base|large)-v2$/, 'mxbai-rerank-v2'],
  [/^baai\/bge-reranker-v2-gemma$/, 'bge-reranker-gemma'],
  [/^contextualai\/ctxl-rerank-v2-instruct-multilingual-(1|2|6)b$/, 'ctxl-rerank-v2'],
  [/^zeroentropy\/zerank-(1|1-small|2)(-reranker)?$/, 'zerank'],
];

/** The recipe of a repository by its name, whatever its case. */
export const recipeOf = (repository: string): Recipe | undefined => {
  const found = repositories.find(([pattern]) => pattern.test(repository.toLowerCase()));
  return found === undefined ? undefined : recipes[found[1]];
};
