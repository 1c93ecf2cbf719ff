import { FinetoothError } from '../../errors.ts';
import type { ScoreActivation, Scoring } from './model-entry.ts';
import { recipeNames, recipeOf } from './recipes.ts';
import type { StatedScoring } from './stated-scoring.ts';

type Json = Readonly<Record<string, unknown>>;

/** Names that people give the label that means yes, and the other one. */
const yesNames = new Set(['relevant', 'label_1', 'true', 'yes', '1', 'positive', 'pos']);
const noNames = new Set(['irrelevant', 'not_relevant', 'non_relevant', 'label_0', 'false', 'no', '0', 'negative', 'neg']);
/** Of a model with one label: the library's own name, and those of a degree of relevance or likeness. */
const onlyNames = new Set(['label_0', 'score', 'relevance', 'similarity', 'logit', 'logits', ...yesNames]);

/** What transformers calls models that read from left to right; a head on one was trained behind a prompt. */
const decoders =
  /^(Qwen|Llama|Gemma|Mistral|Mixtral|Phi|GPT|OpenAIGPT|Bloom|Falcon|OPT|Olmo|Granite|MiniCPM|StableLm|Deepseek|SmolLM|Exaone|InternLM|Cohere|Starcoder|CTRL|Jamba|Mamba|Glm|Nemotron|Persimmon|MPT|Mpt|Arcee|Helium|Ministral|Ernie4)/;

const stateIt = 'State "scoring" in a finetooth.json beside the model';

export interface ScoringFiles {
  readonly config: Json;
  /** The repository, or the folder, and the one that it was converted from. */
  readonly repository: string;
  readonly origin: string | undefined;
  /** `scoring` of a finetooth.json. */
  readonly stated: StatedScoring | undefined;
  /** Its `activation_fn` in config_sentence_transformers.json. */
  readonly activation: unknown;
  readonly name: string;
}

/**
 * How the output of a model with a head becomes a score; undefined for an architecture that has no head for one. What a class cannot say is asked
 * of a finetooth.json, the catalogue's recipes by repository, or labels' names: never guessed.
 *
 * @throws E_MODEL_FAILED with what to state and where
 */
export function inferScoring(files: ScoringFiles): Scoring | undefined {
  const { config, repository, origin, stated, name } = files;
  if (stated?.form === 'answer') return stated;
  const heads = Array.isArray(config.architectures) ? config.architectures.map(String) : [];
  const head = heads.find((one) => /ForSequenceClassification$/.test(one));
  if (head !== undefined) return classifierOf(files, head);
  const causal = heads.find((one) => /(ForCausalLM|LMHeadModel|ForConditionalGeneration)$/.test(one));
  if (causal === undefined) return undefined;
  const known = [repository, origin].map((one) => (one === undefined ? undefined : recipeOf(one))).find((one) => one !== undefined);
  if (known !== undefined && /ForCausalLM$/.test(causal)) return known;
  if (/ForConditionalGeneration$/.test(causal) || config.is_encoder_decoder === true) {
    const advice = 'Such rerankers (monoT5 and its like) are not run here; choose a cross-encoder.';
    throw new FinetoothError('E_MODEL_FAILED', `${name} is a ${causal}: an encoder and a decoder, which answers in words. ${advice}`);
  }
  const forms = `"scoring": {"prompt": ["… {query} …", "… {document} …"], "yes": "yes", "no": "no"}, or the name of a recipe (${recipeNames.join(', ')})`;
  throw new FinetoothError(
    'E_MODEL_FAILED',
    `${name} is a ${causal}, and none of its files says on which prompt it ranks or with which tokens it answers. ` +
      `Take both from its model card. ${stateIt}: ${forms}.`,
  );
}

function classifierOf({ config, stated, name, activation: alsoStated }: ScoringFiles, head: string): Scoring {
  const prompt = stated?.form === 'classifier' ? stated.prompt : undefined;
  if (decoders.test(head) && prompt === undefined) {
    const advice = `${stateIt}, {"prompt": ["… {query} …", "… {document} …"]}, as its card has it, or choose the causal model that it was made from.`;
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${name} is a ${head}: a causal model with a head for classes. Its prompt stands in no file. ${advice}`,
    );
  }
  const labels = labelsOf(config);
  const relevant = stated?.form === 'classifier' && stated.relevant !== undefined ? placeOf(stated.relevant, labels, name) : undefined;
  return {
    form: 'classifier',
    labels: labels.length,
    relevant: relevant ?? relevantOf(labels, name),
    activation: stated?.activation ?? activationOf(config, alsoStated, name),
    ...(config.problem_type === 'multi_label_classification' && labels.length > 1 && { independent: true }),
    ...(prompt !== undefined && { prompt }),
  };
}

function labelsOf(config: Json): readonly string[] {
  const names = config.id2label;
  if (typeof names === 'object' && names !== null) {
    // By number, in whatever order the file has them.
    const numbered = Object.entries(names).toSorted(([a], [b]) => Number(a) - Number(b));
    return numbered.map(([, label]) => String(label));
  }
  // The default of transformers' PretrainedConfig is two.
  const count = typeof config.num_labels === 'number' ? config.num_labels : 2;
  return Array.from({ length: count }, (_, i) => `LABEL_${i}`);
}

const plainName = (label: string): string => label.toLowerCase().replaceAll(/[- ]/g, '_');

function placeOf(relevant: string | number, labels: readonly string[], name: string): number {
  const place = typeof relevant === 'number' ? relevant : labels.findIndex((label) => plainName(label) === plainName(relevant));
  if (labels[place] !== undefined) return place;
  throw new FinetoothError(
    'E_MODEL_FAILED',
    `"relevant" in the finetooth.json of ${name} is ${JSON.stringify(relevant)}, and its labels are ${labels.join(', ')}.`,
  );
}

/** Which label means yes, by its name. */
function relevantOf(labels: readonly string[], name: string): number {
  const plain = labels.map(plainName);
  const shown = labels.slice(0, 5).join(', ');
  const advice = `${stateIt}, {"relevant": ${JSON.stringify(labels[0] ?? 'LABEL_1')}} for instance, where one of them means relevant.`;
  if (labels.length === 1) {
    if (onlyNames.has(plain[0] as string)) return 0;
    throw new FinetoothError('E_MODEL_FAILED', `${name} has one label, ${shown}, which does not say that it means relevant. ${advice}`);
  }
  if (labels.length !== 2)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${name} tells ${labels.length} classes apart (${shown}); a reranker has one label or two. ${advice}`,
    );
  for (const [names, at] of [
    [yesNames, 0],
    [noNames, 1],
  ] as const) {
    const known = plain.map((label) => names.has(label));
    if (known[0] !== known[1]) return known[0] ? at : 1 - at;
  }
  throw new FinetoothError('E_MODEL_FAILED', `${name} does not say which of its labels, ${labels.join(' or ')}, means relevant. ${advice}`);
}

/** Functions of torch.nn that keep the order of scores, by the end of their name; softmax over two labels is a sigmoid of their difference. */
const knownActivations: readonly (readonly [RegExp, ScoreActivation])[] = [
  [/(^|\.)Identity$/, 'none'],
  [/(^|\.)(Sigmoid|Softmax)$/, 'sigmoid'],
];

/** As sentence-transformers keeps it, in any of its three places; without one a sigmoid follows, as in its CrossEncoder. */
export function activationOf(config: Json, also: unknown, name: string): ScoreActivation {
  const kept = config.sentence_transformers as Json | null | undefined;
  const stated = [kept?.activation_fn, config.sbert_ce_default_activation_function, also].find((one) => typeof one === 'string') as
    | string
    | undefined;
  if (stated === undefined) return 'sigmoid';
  const found = knownActivations.find(([pattern]) => pattern.test(stated));
  if (found !== undefined) return found[1];
  const advice = `${stateIt}, {"activation": "sigmoid"} for scores from 0 to 1 or "none" for logits.`;
  throw new FinetoothError('E_MODEL_FAILED', `${name} puts ${stated} on its scores, which is not known here. ${advice}`);
}
