import { FinetoothError } from '../../errors.ts';
import { webSearchInstruction } from '../tokenize/yes-no.ts';
import type { Scoring } from './model-entry.ts';

type Json = Readonly<Record<string, unknown>>;

/** Names that people give the label that means yes, and the other one. */
const yesNames = new Set(['relevant', 'label_1', 'true', 'yes', '1', 'positive', 'pos']);
const noNames = new Set(['irrelevant', 'not_relevant', 'non_relevant', 'label_0', 'false', 'no', '0', 'negative', 'neg']);

/**
 * How a model's output becomes a score, from its config.json; undefined for a model that embeds. One label's logit, or the relevant
 * label's less the other's; the relevant one is known by its name or by the other's. Without a stated
 * activation a sigmoid follows, as in sentence-transformers' CrossEncoder. A causal model without pooling answers yes or no.
 */
export function inferScoring(config: Json, embeds: boolean, name: string): Scoring | undefined {
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
  const relevant = labels.length === 1 ? 0 : relevantOf(labels);
  if (relevant === undefined) {
    const advice = 'Call them LABEL_0 and LABEL_1, the second for relevant, in "id2label" of its config.json.';
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${name} does not say which of its labels, ${labels.join(' or ')}, means relevant. ${advice}`,
    );
  }
  const activation = /Identity$/.test(statedActivation(config) ?? '') ? 'none' : 'sigmoid';
  return { form: 'classifier', labels: labels.length as 1 | 2, relevant, activation };
}

function labelsOf(config: Json): readonly string[] {
  const names = config.id2label;
  if (typeof names === 'object' && names !== null) return Object.values(names).map(String);
  // The default of transformers' PretrainedConfig is two.
  const count = typeof config.num_labels === 'number' ? config.num_labels : 2;
  return Array.from({ length: count }, (_, i) => `LABEL_${i}`);
}

/** Which of two labels means yes; undefined where the names do not tell. */
function relevantOf(labels: readonly string[]): 0 | 1 | undefined {
  const plain = labels.map((label) => label.toLowerCase().replaceAll(/[- ]/g, '_'));
  for (const [names, at] of [
    [yesNames, 0],
    [noNames, 1],
  ] as const) {
    const known = plain.map((label) => names.has(label));
    if (known[0] !== known[1]) return (known[0] ? at : 1 - at) as 0 | 1;
  }
  return undefined;
}

/** As sentence-transformers keeps it in config.json, in either of its two places. */
function statedActivation(config: Json): string | undefined {
  const kept = config.sentence_transformers as Json | null | undefined;
  const stated = kept?.activation_fn ?? config.sbert_ce_default_activation_function;
  return typeof stated === 'string' ? stated : undefined;
}
