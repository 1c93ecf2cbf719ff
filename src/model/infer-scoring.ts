import { FinetoothError } from '../errors.ts';
import type { Scoring } from './model-entry.ts';
import { webSearchInstruction } from './yes-no.ts';

type Json = Readonly<Record<string, unknown>>;

/** Names that people give the label that means yes. */
const yesNames = /^(label_1|1|yes|true|relevant|positive|match)$/i;

const labelsOf = (config: Json): readonly string[] => {
  const names = config.id2label;
  if (typeof names === 'object' && names !== null) return Object.values(names).map(String);
  // The default of transformers' PretrainedConfig is two.
  const count = typeof config.num_labels === 'number' ? config.num_labels : 2;
  return Array.from({ length: count }, (_, i) => `LABEL_${i}`);
};

/** As sentence-transformers keeps it in config.json, in either of its two places. */
const statedActivation = (config: Json): string | undefined => {
  const kept = config.sentence_transformers as Json | null | undefined;
  const stated = kept?.activation_fn ?? config.sbert_ce_default_activation_function;
  return typeof stated === 'string' ? stated : undefined;
};

/**
 * How a model's output becomes a score, from its config.json; undefined for a model that embeds. One label's logit, or the relevant
 * label's less the other's; the relevant one is known by its name and is the second where names say nothing. Without a stated
 * activation a sigmoid follows, as in sentence-transformers' CrossEncoder. A causal model without pooling answers yes or no.
 */
export const inferScoring = (config: Json, embeds: boolean, name: string): Scoring | undefined => {
  const heads = Array.isArray(config.architectures) ? config.architectures.map(String) : [];
  if (heads.some((head) => /ForCausalLM$/.test(head)) && !embeds)
    return { form: 'yes-no', instruction: webSearchInstruction, activation: 'sigmoid' };
  const head = heads.find((one) => /ForSequenceClassification$/.test(one));
  if (head === undefined) return undefined;
  if (/^(Qwen|Llama|Gemma|Mistral)/.test(head)) {
    const advice = 'Its prompt stands in no file. Choose the causal model that it was made from.';
    throw new FinetoothError('E_MODEL_FAILED', `${name} is a ${head}: a causal model with a head for classes. ${advice}`);
  }
  const labels = labelsOf(config);
  if (labels.length !== 1 && labels.length !== 2) {
    const shown = labels.slice(0, 5).join(', ');
    throw new FinetoothError('E_MODEL_FAILED', `${name} tells ${labels.length} classes apart (${shown}); a reranker has one label or two.`);
  }
  const known = labels.findIndex((label) => yesNames.test(label));
  const relevant = labels.length === 1 || known === 0 ? 0 : 1;
  const activation = /Identity$/.test(statedActivation(config) ?? '') ? 'none' : 'sigmoid';
  return { form: 'classifier', labels: labels.length as 1 | 2, relevant, activation };
};
