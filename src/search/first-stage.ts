import { checkArguments, oneOf } from '../wording/check-options.ts';

/** What a first stage is made of: the nearest vectors, the words, the weights of tokens; of several the lists are fused. */
export type FoundBy = 'dense' | 'bm25' | 'sparse';

/** How candidates are found. */
export const firstStages = [
  'dense',
  'bm25',
  'hybrid',
  'late-interaction',
  'sparse',
  'sparse+dense',
  'sparse+bm25',
  'sparse+bm25+dense',
] as const;

/**
 * `dense` is the cosine of vectors, `bm25` counts words, `hybrid` fuses both; `sparse` adds up the weights that a sparse model gave to the tokens which query and document
 * share, and with + it is fused with the others.
 *
 * @example
 * import { openIndex, search, type FirstStage } from 'finetooth';
 *
 * const index = await openIndex('./movies');
 * const found = async (firstStage: FirstStage) => (await search(index, 'a shark', { firstStage, top: 1 })).results[0].id;
 * console.log(await found('bm25'), await found('hybrid')); // jaws jaws
 * await index.close();
 */
export type FirstStage = (typeof firstStages)[number];

const lists: Readonly<Record<FirstStage, readonly FoundBy[]>> = {
  dense: ['dense'],
  bm25: ['bm25'],
  hybrid: ['dense', 'bm25'],
  'late-interaction': [],
  sparse: ['sparse'],
  'sparse+dense': ['dense', 'sparse'],
  'sparse+bm25': ['bm25', 'sparse'],
  'sparse+bm25+dense': ['dense', 'bm25', 'sparse'],
};

/** The lists that a first stage is made of; none of late interaction, which goes through the index by itself. */
export const listsOf = (firstStage: FirstStage): readonly FoundBy[] => lists[firstStage];

/**
 * Whether an embedder makes a vector of the query, or of its tokens.
 *
 * @example
 * import { asksEmbedder } from 'finetooth/plan';
 *
 * console.log(asksEmbedder('hybrid'), asksEmbedder('bm25')); // true false
 */
export function asksEmbedder(firstStage: FirstStage): boolean {
  checkArguments("asksEmbedder('hybrid')", { firstStage: [firstStage, oneOf(firstStages)] });
  return firstStage === 'late-interaction' || listsOf(firstStage).includes('dense');
}

/**
 * Whether the tokens of the query are weighed.
 *
 * @example
 * import { asksSparse } from 'finetooth/plan';
 *
 * console.log(asksSparse('sparse+bm25'), asksSparse('dense')); // true false
 */
export function asksSparse(firstStage: FirstStage): boolean {
  checkArguments("asksSparse('sparse')", { firstStage: [firstStage, oneOf(firstStages)] });
  return listsOf(firstStage).includes('sparse');
}
