/**
 * Every option of searching, reranking and making an index, once. The library's checks, the pipelines file, the flags of the command line, the body of
 * `POST /v1/search` with its OpenAPI, and docs/plan.md are made from this table.
 */
import { efforts, MOST_READ } from '../rerank/effort.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { type RerankerPart, waysOfLongDocuments } from '../rerank/reranker-plan.ts';
import { checkArguments, oneOf } from '../wording/check-options.ts';
import { firstStages } from './first-stage.ts';
import { changedAt, type Door, doors, type IndexDoor, type IndexOption, indexDoors, type PlanOption, type Typed } from './plan-option.ts';

const noFirstStage = 'there is no first stage: every document is ranked';
const named = 'openIndex takes it, for every search of the index';
const ofTheAnswer = 'it is of the answer, and changes no order';
const ofAnIndex = 'it is of a search in an index';
const noIndex = 'there is no index whose documents are counted';
/** Of what is counted in an index beside the results. */
const counting = {
  search: true,
  rerank: noIndex,
  pipeline: ofTheAnswer,
  searchCommand: true,
  rerankCommand: noIndex,
  searchBody: true,
} as const;
/** Who gave a list wants it back, whatever stands in it twice. */
const everythingGiven = 'off: the list comes back whole';
const isShown = 'the documents are always shown';
const areShown = 'snippets are always shown';

/**
 * Every option of searching and reranking once: what it is, its range and default, and at which doors it is.
 *
 * @example
 * import { plan } from 'finetooth/plan';
 *
 * console.log(plan.candidates.default, plan.candidates.most); // 25 10000
 */
export const plan = {
  candidates: {
    kind: 'count',
    least: 1,
    most: 10_000,
    default: 25,
    about: 'documents that go from the first stage to the reranker',
    at: { search: true, rerank: noFirstStage, pipeline: true, searchCommand: true, rerankCommand: noFirstStage, searchBody: true },
  },
  top: {
    kind: 'count',
    least: 1,
    most: 10_000,
    default: 5,
    about: 'results that come back',
    at: {
      search: true,
      rerank: { most: 100_000, otherwise: 'all' },
      pipeline: { otherwise: 'that of search; in an evaluation all candidates' },
      searchCommand: true,
      rerankCommand: true,
      searchBody: true,
    },
  },
  offset: {
    kind: 'count',
    least: 0,
    most: 9999,
    default: 0,
    about:
      'results that are left out before the first: a page of top results is the continuation of the page before, of the same candidates',
    at: {
      search: true,
      rerank: { most: 100_000 },
      pipeline: ofTheAnswer,
      searchCommand: true,
      rerankCommand: true,
      searchBody: true,
    },
  },
  cursor: {
    kind: 'text',
    value: 'CURSOR',
    otherwise: 'none',
    about:
      'where the page before ended, the nextCursor of its answer, or * for the first page: no page repeats or loses a document, whatever is written between them',
    at: {
      search: true,
      rerank: 'the list is at hand and changes no more: offset',
      pipeline: ofTheAnswer,
      searchCommand: {
        about:
          "where the page before ended, the nextCursor of its answer in JSON, or '*' for the first page: no page repeats or loses a document, whatever is written between them",
      },
      rerankCommand: 'the list is at hand and changes no more: offset',
      searchBody: {
        about:
          'where the page before ended, the next_cursor of its answer, or * for the first page: no page repeats or loses a document, whatever is written between them',
      },
    },
  },
  firstStage: {
    kind: 'choice',
    choices: firstStages,
    default: 'dense',
    about:
      'how candidates are found: vectors, words, both fused (hybrid), late-interaction with the token vectors of every document, for indexes of some thousands, or the weights of a sparse model, also fused with the others',
    at: { search: true, rerank: noFirstStage, pipeline: true, searchCommand: true, rerankCommand: noFirstStage, searchBody: true },
  },
  fusion: {
    kind: 'choice',
    choices: ['linear', 'rrf', 'scores'],
    default: 'linear',
    about:
      'how a first stage of several is fused: linear, of hybrid alone, adds to the cosine what share of the BM25 that the query can give at most a document has, rrf, which is the default with sparse, goes by reciprocal ranks, scores by the scores of each list from 0 to 1',
    at: { search: true, rerank: noFirstStage, pipeline: true, searchCommand: true, rerankCommand: noFirstStage, searchBody: true },
  },
  linearWeight: {
    kind: 'share',
    default: 0.1,
    about: 'what the words can add to the cosine at most, in a hybrid first stage with fusion linear',
    at: { search: true, rerank: noFirstStage, pipeline: true, searchCommand: true, rerankCommand: noFirstStage, searchBody: true },
  },
  denseWeight: {
    kind: 'share',
    otherwise: 'the same for each list',
    about: 'share of the vectors in a first stage that is fused by rrf or scores, the rest is that of the others',
    at: { search: true, rerank: noFirstStage, pipeline: true, searchCommand: true, rerankCommand: noFirstStage, searchBody: true },
  },
  sparseWeight: {
    kind: 'share',
    otherwise: 'the same for each list',
    about: 'share of the sparse model in a first stage that fuses it, the rest is that of the others',
    at: { search: true, rerank: noFirstStage, pipeline: true, searchCommand: true, rerankCommand: noFirstStage, searchBody: true },
  },
  rrfK: {
    kind: 'count',
    least: 1,
    most: 10_000,
    default: 60,
    about: 'the k of reciprocal ranks in a first stage with fusion rrf; the greater, the less the first places stand out',
    at: { search: true, rerank: noFirstStage, pipeline: true, searchCommand: true, rerankCommand: noFirstStage, searchBody: true },
  },
  filter: {
    kind: 'filter',
    value: 'CONDITION',
    otherwise: 'all',
    about: 'which documents may be found',
    at: {
      search: true,
      rerank: 'the documents are at hand: pass those that may be ranked',
      pipeline: true,
      searchCommand: {
        about:
          "which documents may be found: 'year >= 2018 and tags in (sea, whales)', or JSON as in the library; may be given several times, and all must fit",
      },
      rerankCommand: 'the documents are at hand: pass those that may be ranked',
      searchBody: true,
    },
  },
  reranker: {
    kind: 'names',
    value: 'NAME',
    orOne: true,
    orNone: true,
    default: ['default'],
    about:
      'the second stage: default (late interaction, then the bundled cross-encoder over up to 20 of the best), late-interaction, a cross-encoder by name, vendor:model for a hosted one (llm:vendor:model for a language model), several one after the other, or none',
    at: {
      search: { kind: 'rerankers', otherwise: 'that of the index', about: 'a reranker, several one after the other, or null for none' },
      rerank: {
        kind: 'rerankerParts',
        name: 'model',
        otherwise: 'default',
        about: 'a reranker by name or as it is, or several one after the other; what is named is opened once and shared by all calls',
      },
      pipeline: true,
      searchCommand: true,
      rerankCommand: true,
      searchBody: {
        most: 8,
        otherwise: 'that of the index',
        about: 'a reranker that is served, by name, several one after the other, or null for none',
      },
    },
  },
  fallback: {
    kind: 'names',
    value: 'NAME',
    orOne: true,
    otherwise: 'none, which is an error',
    about: 'who ranks when the reranker cannot, in this order: local, another name, or first-stage to keep the order of the first stage',
    at: {
      search: `${named}; for one search pass fallback([…]) as the reranker`,
      rerank: 'pass createReranker(model, { fallback }) as the model',
      pipeline: true,
      searchCommand: true,
      rerankCommand: true,
      searchBody: { most: 8, about: 'who of those that are served ranks when the reranker cannot, in this order, or first-stage' },
    },
  },
  strict: {
    kind: 'flag',
    about: 'fail where a fallback would rank',
    at: {
      search: `${named}; for one search pass fallback([…], { strict }) as the reranker`,
      rerank: 'pass createReranker(model, { fallback, strict }) as the model',
      pipeline: true,
      searchCommand: true,
      rerankCommand: true,
      searchBody: true,
    },
  },
  rankFields: {
    kind: 'names',
    value: 'A,B',
    otherwise: 'those that make the text; without an index, of each document its own',
    about: 'fields that the reranker reads, in order',
    at: {
      search: true,
      rerank: { name: 'fields', otherwise: 'of each document its own' },
      pipeline: true,
      searchCommand: true,
      rerankCommand: true,
      searchBody: { most: 100 },
    },
  },
  fieldLabels: {
    kind: 'flag',
    about: 'put the name of each field before its words, one line per field',
    at: { search: true, rerank: true, pipeline: true, searchCommand: true, rerankCommand: true, searchBody: true },
  },
  longDocuments: {
    kind: 'choice',
    choices: ['auto', ...waysOfLongDocuments],
    default: 'auto',
    about:
      'a long text: read as much as fits the window of the reranker, or in chunks of which the best one counts, or, of more than about 128 tokens, the sentences that carry the match; auto reads chunks where the reranker is hosted',
    at: {
      search: 'openIndex takes it with the models, as models.longDocuments',
      rerank: 'pass createReranker(model, { longDocuments }) as the model',
      pipeline: 'models are opened once for all pipelines of a file, with one setting',
      searchCommand: true,
      rerankCommand: true,
      searchBody: 'the server opens its models once for all requests: an option of serve',
    },
  },
  effort: {
    kind: 'level',
    choices: efforts,
    least: 1,
    most: MOST_READ,
    default: 'normal',
    about:
      'how many candidates the cross-encoder of default reads: as long as they are expected to change the first ten, at most 20 (low, normal) or 40 (high); all of them; or so many',
    at: { search: true, rerank: true, pipeline: true, searchCommand: true, rerankCommand: true, searchBody: true },
  },
  instruction: {
    kind: 'text',
    value: 'WORDS',
    otherwise: "the model's own",
    about: 'what the reranker is to judge by, for models that were trained on it (qwen3-reranker, mxbai-rerank-v2, …); others refuse it',
    at: { search: true, rerank: true, pipeline: true, searchCommand: true, rerankCommand: true, searchBody: true },
  },
  exact: {
    kind: 'flag',
    about:
      'give each document the score that it has in any other list, to the last digit: local models read every text alone, and every candidate, and what late interaction counts for does not come from the list; slower',
    at: { search: true, rerank: true, pipeline: true, searchCommand: true, rerankCommand: true, searchBody: true },
  },
  prompt: {
    kind: 'text',
    value: 'NAME',
    otherwise: 'that of the index',
    about:
      "what stands before the query for a local embedder: one of its prompts by name, or words that end in a colon or a space; documents keep the index's",
    at: {
      search: true,
      rerank: 'no embedder reads the query there',
      pipeline: true,
      searchCommand: true,
      rerankCommand: 'no embedder reads the query there',
      searchBody: true,
    },
  },
  calibration: {
    kind: 'text',
    value: 'FILE',
    otherwise: 'what is known of the reranker',
    about: 'probabilities that "finetooth calibrate" fitted for this reranker',
    at: {
      search: 'pass withCalibration(reranker, await readCalibration(file)) as the reranker',
      rerank: 'pass createReranker(model, { calibration }) as the model',
      pipeline: true,
      searchCommand: true,
      rerankCommand: true,
      searchBody: 'a client names no file of the server',
    },
  },
  scoreCache: {
    kind: 'text',
    value: 'FOLDER',
    otherwise: 'none',
    about: 'cache scores there, and score nothing a second time; processes may share it',
    at: {
      search: 'pass cached(reranker, { at }) as the reranker',
      rerank: 'pass createReranker(model, { scoreCache }) as the model',
      pipeline: 'a cache changes no answer, so it belongs to the run: an option of eval',
      searchCommand: true,
      rerankCommand: true,
      searchBody: 'a client names no folder of the server',
    },
  },
  wordsWeight: {
    kind: 'share',
    default: 0,
    about:
      'multiplies the BM25 of each candidate, which is added to the score of the last stage of the reranker; probabilities stay those without it; 0 is off, and 0.02 to 0.1 is worth a try where words are names or codes: tune says',
    at: {
      search: true,
      rerank: 'there is no index that knows how rare words are',
      pipeline: true,
      searchCommand: true,
      rerankCommand: 'there is no index that knows how rare words are',
      searchBody: true,
    },
  },
  minScore: {
    kind: 'share',
    otherwise: 'everything is kept',
    about: 'keep only what is at least so likely to be relevant; it needs a reranker whose scores are probabilities',
    at: { search: true, rerank: true, pipeline: true, searchCommand: true, rerankCommand: true, searchBody: true },
  },
  diversity: {
    kind: 'share',
    default: 0,
    about: 'how unlike each other results shall be: maximal marginal relevance over their vectors, after ranking; 0 is off',
    at: {
      search: true,
      rerank: 'the documents have no vectors',
      pipeline: true,
      searchCommand: true,
      rerankCommand: 'the documents have no vectors',
      searchBody: true,
    },
  },
  collapse: {
    kind: 'choice',
    choices: ['off', 'equal', 'near'],
    default: 'equal',
    about:
      'texts that take no place beside a better one, which counts and names them: equal but for case and white space, or near, with four fifths of the same words in their order; further candidates fill the places',
    at: {
      search: true,
      rerank: { otherwise: everythingGiven },
      pipeline: { otherwise: 'that of search; in an evaluation off' },
      searchCommand: true,
      rerankCommand: { otherwise: everythingGiven },
      searchBody: true,
    },
  },
  groupBy: {
    kind: 'text',
    value: 'FIELD',
    otherwise: 'none',
    about: 'a field of which each value comes once, as its best document; top counts groups, and what has no value is a group by itself',
    at: { search: true, rerank: ofAnIndex, pipeline: true, searchCommand: true, rerankCommand: ofAnIndex, searchBody: true },
  },
  perGroup: {
    kind: 'count',
    least: 1,
    most: 100,
    default: 1,
    about: 'documents of each group, the best one included',
    at: { search: true, rerank: ofAnIndex, pipeline: true, searchCommand: true, rerankCommand: ofAnIndex, searchBody: true },
  },
  sort: {
    kind: 'names',
    value: '-A,B',
    orOne: true,
    most: 10,
    otherwise: 'the best first',
    about:
      'fields by which the candidates that remain after ranking are put in order, with - before it the greatest first; those without a value come last',
    at: { search: true, rerank: ofAnIndex, pipeline: true, searchCommand: true, rerankCommand: ofAnIndex, searchBody: true },
  },
  facets: {
    kind: 'names',
    value: 'A,B',
    orOne: true,
    most: 20,
    otherwise: 'none',
    about: 'fields whose values are counted over all documents that fit the filter, whether they are candidates or not',
    at: counting,
  },
  facetValues: {
    kind: 'count',
    least: 1,
    most: 1000,
    default: 10,
    about: 'values that come of each facet, the most frequent ones',
    at: counting,
  },
  vector: {
    kind: 'vector',
    flag: 'query-vector',
    value: 'NUMBERS',
    otherwise: 'the embedder makes it of the query',
    about:
      'the vector of the query, of the model that made those of the index; an index without an embedder needs it where vectors are compared',
    at: {
      search: true,
      rerank: 'no vectors of an index are compared',
      pipeline: 'it is of one query',
      searchCommand: {
        about:
          "the vector of the query, of the model that made those of the index: '[0.12, -0.03, …]', or @FILE that holds it; an index without an embedder needs it where vectors are compared",
      },
      rerankCommand: 'no vectors of an index are compared',
      searchBody: true,
    },
  },
  embedder: {
    kind: 'text',
    value: 'MODEL',
    variable: 'FINETOOTH_EMBEDDER',
    otherwise: 'the one the index was made with, else bge-small-en-v1.5',
    about: 'a model of "finetooth models list", owner/name on the hub, a folder, or vendor:model for a hosted one',
    at: {
      search: named,
      rerank: 'no vectors of an index are compared',
      pipeline: true,
      searchCommand: true,
      rerankCommand: true,
      searchBody: 'an index is searched with the model that made it',
    },
  },
  documents: {
    kind: 'flag',
    about: 'return the fields of each document',
    at: {
      search: true,
      rerank: 'each result has the document that was given',
      pipeline: ofTheAnswer,
      searchCommand: isShown,
      rerankCommand: isShown,
      searchBody: { otherwise: 'true' },
    },
  },
  snippets: {
    kind: 'flag',
    about:
      'give of each result the sentences that matter, with the words of the query marked; a local reranker reads the sentences of the first 20 results, where no deadline is set',
    at: { search: true, rerank: true, pipeline: ofTheAnswer, searchCommand: areShown, rerankCommand: areShown, searchBody: true },
  },
  explain: {
    kind: 'flag',
    about: 'say of each result why it stands there: its fields, the words that met; takes a few model runs per result',
    at: { search: true, rerank: true, pipeline: ofTheAnswer, searchCommand: true, rerankCommand: true, searchBody: true },
  },
  stages: {
    kind: 'flag',
    about: 'also give what each stage of the reranker scored, in JSON',
    at: { search: true, rerank: true, pipeline: ofTheAnswer, searchCommand: true, rerankCommand: true, searchBody: true },
  },
  deadlineMs: {
    kind: 'count',
    least: 1,
    most: 600_000,
    unit: 'ms',
    otherwise: 'none',
    about: 'milliseconds after which the best order so far is the answer',
    at: {
      search: true,
      rerank: true,
      pipeline: 'what is ready in time depends on the machine: the figures of an evaluation could not be repeated',
      searchCommand: true,
      rerankCommand: true,
      searchBody: true,
    },
  },
  onUpdate: {
    kind: 'callback',
    about: "called with the first stage's results at once, and with each sharper order",
    at: {
      search: true,
      rerank: 'there is nothing to show before the one order',
      pipeline: 'a function has no form in JSON',
      searchCommand: 'a command prints one answer',
      rerankCommand: 'a command prints one answer',
      searchBody: '"stream": true sends the same as server-sent events',
    },
  },
  signal: {
    kind: 'signal',
    about: 'stops the work',
    at: {
      search: true,
      rerank: true,
      pipeline: 'a signal has no form in JSON',
      searchCommand: 'Ctrl-C stops the work',
      rerankCommand: 'Ctrl-C stops the work',
      searchBody: 'closing the connection stops the work',
    },
  },
} as const satisfies Record<string, PlanOption>;

/**
 * What an index is made with.
 *
 * @example
 * import { indexPlan } from 'finetooth/plan';
 *
 * console.log(indexPlan.types.types.join(' ')); // number keyword date boolean
 */
export const indexPlan = {
  fields: {
    kind: 'names',
    value: 'A,B',
    otherwise: 'title and text where there are such, otherwise all that hold words; see formats.md',
    about: 'fields that make the text, in order',
    at: { create: true, indexCommand: true, createBody: { most: 100 } },
  },
  idField: {
    kind: 'text',
    flag: 'id',
    value: 'FIELD',
    otherwise: '_id or id where there is one, otherwise ids come from the content',
    about: 'field that holds the id',
    at: { create: true, indexCommand: true, createBody: true },
  },
  types: {
    kind: 'types',
    value: 'FIELD:TYPE,…',
    types: ['number', 'keyword', 'date', 'boolean'],
    most: 100,
    otherwise: 'what the first 256 documents hold there; see filters.md',
    about: 'what fields hold, by which filters compare them: numbers and dates may stand in texts',
    at: { create: true, indexCommand: true, createBody: true },
  },
  tokenBits: {
    kind: 'choice',
    choices: ['auto', '8', '4', '1', 'none'],
    default: 'auto',
    about: 'bits per number of the token vectors that are kept for late interaction; auto is 4, none keeps no token vectors',
    at: {
      create: 'it is tokens.bits there: 8, 4 or 1, and tokens: null for none',
      indexCommand: true,
      createBody: { otherwise: '4', about: 'bits per number of the token vectors, 8, 4 or 1; null keeps none' },
    },
  },
  tokenPool: {
    kind: 'count',
    least: 1,
    most: 16,
    otherwise: '3',
    about: 'token vectors of a document that become one, the most similar ones',
    at: { create: 'it is tokens.pool there', indexCommand: true, createBody: true },
  },
  dimensions: {
    kind: 'count',
    least: 1,
    most: 65_536,
    otherwise: 'all that the model gives',
    about: 'numbers of a vector that are kept, the first ones, where the local model was trained for that (Matryoshka); queries follow',
    at: { create: true, indexCommand: true, createBody: true },
  },
  queryPrompt: {
    kind: 'text',
    value: 'NAME',
    otherwise: "the model's own for queries",
    about: "name of the local model's prompt that stands before queries",
    at: { create: true, indexCommand: true, createBody: true },
  },
  documentPrompt: {
    kind: 'text',
    value: 'NAME',
    otherwise: "the model's own for documents",
    about: "name of the local model's prompt that stands before documents",
    at: { create: true, indexCommand: true, createBody: true },
  },
  passages: {
    kind: 'choice',
    choices: ['auto', 'off'],
    default: 'auto',
    about: "split texts longer than the embedder's window into passages, each found by itself; off keeps one vector for each document",
    at: { create: true, indexCommand: true, createBody: true },
  },
  sparseModel: {
    kind: 'text',
    value: 'MODEL',
    otherwise: 'none: no tokens are weighed',
    about:
      'a sparse model that weighs the tokens of each passage, for a first stage by them: a name of "finetooth models list", owner/name on the hub, or a folder; none keeps no weights when an index is made again',
    at: {
      create: true,
      indexCommand: true,
      createBody: {
        about:
          'a sparse model that is served by name, which weighs the tokens of each passage, for a first stage by them; none keeps no weights',
      },
    },
  },
  vectorField: {
    kind: 'text',
    value: 'FIELD',
    otherwise: 'documents are embedded',
    about:
      'field that holds the vector of each document, which is then not embedded: numbers, or base64 of 32-bit floats; the embedder is the model that made them',
    at: { create: true, indexCommand: true, createBody: true },
  },
  languages: {
    kind: 'names',
    flag: 'language',
    value: 'CODE,…',
    otherwise: 'en, or those that the field of languages names',
    about:
      'languages whose words are stemmed for BM25 (en, de, fr, …); of several, each document is in one; none stems nothing, detect takes those of the first 256 documents; see words.md',
    at: { create: true, indexCommand: true, createBody: { most: 30 } },
  },
  languageField: {
    kind: 'text',
    value: 'FIELD',
    otherwise: 'the language of a document is detected where there are several',
    about: 'field that names the language of each document: de, deu, de-AT or German',
    at: { create: true, indexCommand: true, createBody: true },
  },
  titleField: {
    kind: 'text',
    value: 'FIELD',
    otherwise: 'the title, or the first field, where it is a short name in nearly all of the first 256 documents; see reranking.md',
    about:
      'field that names a document rather than telling of it: late interaction scores it by itself too, and the larger score counts; none is no field',
    at: { create: true, indexCommand: true, createBody: true },
  },
} as const satisfies Record<string, IndexOption>;

/**
 * The name of an option of a new index.
 *
 * @example
 * import { type IndexKey, indexPlan } from 'finetooth/plan';
 *
 * const key: IndexKey = 'types';
 * console.log(indexPlan[key].kind); // types
 */
export type IndexKey = keyof typeof indexPlan;

export type Plan = typeof plan;
export type PlanKey = keyof Plan;

/** Options that are at a door. */
export type KeyAt<D extends Door> = { [K in PlanKey]: Plan[K]['at'][D] extends string ? never : K }[PlanKey];

/** What an option is called at a door. */
export type NameAt<K extends PlanKey, D extends Door> = Plan[K]['at'][D] extends { readonly name: infer Name extends string } ? Name : K;

/**
 * Type of an option's value at a door; but for `search`, which makes it one itself, a single text is made a list.
 *
 * @example
 * import type { ValueAt } from 'finetooth/plan';
 *
 * const candidates: ValueAt<'candidates', 'search'> = 100;
 * console.log(candidates); // 100
 */
export type ValueAt<K extends PlanKey, D extends Door> = Plan[K]['at'][D] extends { readonly kind: 'rerankers' }
  ? Reranker | readonly Reranker[] | null
  : Plan[K]['at'][D] extends { readonly kind: 'rerankerParts' }
    ? RerankerPart | readonly RerankerPart[]
    : Typed<Plan[K]> | (D extends 'search' ? (Plan[K] extends { readonly orOne: true } ? string : never) : never);
/** What a door takes; `SearchOptions` and `RerankOptions` extend this with a sentence for each: a test compares them. */
export type OptionsAt<D extends Door> = { readonly [K in KeyAt<D> as NameAt<K, D>]?: ValueAt<K, D> };

/**
 * An option as it is at a door, or why it is not there.
 *
 * @example
 * import { optionAt } from 'finetooth/plan';
 *
 * const option = optionAt('top', 'rerank');
 * console.log(typeof option === 'string' ? option : option.otherwise); // all
 */
export function optionAt(key: PlanKey, door: Door): PlanOption | string {
  checkArguments("optionAt('top', 'search')", { key: [key, planKey], door: [door, oneOf(doors)] });
  return changedAt(plan[key] as PlanOption, door);
}

const planKey = oneOf(Object.keys(plan));

/**
 * The same of an option of a new index.
 *
 * @example
 * import { indexOptionAt } from 'finetooth/plan';
 *
 * console.log(indexOptionAt('tokenBits', 'create')); // it is tokens.bits there…
 */
export function indexOptionAt(key: IndexKey, door: IndexDoor): IndexOption | string {
  checkArguments("indexOptionAt('fields', 'create')", { key: [key, oneOf(Object.keys(indexPlan))], door: [door, oneOf(indexDoors)] });
  return changedAt(indexPlan[key] as IndexOption, door);
}

/** The name of an option at a door. */
export const nameAt = <K extends PlanKey, D extends Door>(key: K, door: D): NameAt<K, D> => {
  const here = plan[key].at[door] as true | string | { readonly name?: string };
  return ((typeof here === 'object' ? here.name : undefined) ?? key) as NameAt<K, D>;
};

/**
 * The options of a door, in the order of the table.
 *
 * @example
 * import { keysAt } from 'finetooth/plan';
 *
 * console.log(keysAt('rerank').includes('top'), keysAt('search').includes('candidates')); // true true
 */
export function keysAt<D extends Door>(door: D): readonly KeyAt<D>[] {
  checkArguments("keysAt('search')", { door: [door, oneOf(doors)] });
  return (Object.keys(plan) as PlanKey[]).filter((key): key is KeyAt<D> => typeof plan[key].at[door] !== 'string');
}
