import { FinetoothError } from '../errors.ts';
import { asCrossEncoder } from '../model/catalog/kind.ts';
import type { ModelEntry, Precision } from '../model/catalog/model-entry.ts';
import { openCrossEncoder } from '../model/cross-encoder.ts';
import { type ResolveOptions, resolveModel } from '../model/files.ts';
import { checkOptions, text } from '../wording/check-options.ts';
import { pullChecks } from './place-checks.ts';

/**
 * Where the files of the model are looked for.
 *
 * @example
 * import { type CheckModelOptions, checkModel } from 'finetooth/tasks';
 *
 * const options: CheckModelOptions = { offline: true };
 * const agrees = async (name: string) => (await checkModel(name, options)).sameOrder;
 */
export type CheckModelOptions = ResolveOptions;

export interface CheckedExample {
  readonly query: string;
  readonly document: string;
  /** As the model's card or finetooth.json states it. */
  readonly stated: number;
  /** The model's own here: logits, or what its activation makes of them where those are nearer to what is stated. */
  readonly given: number;
  readonly agrees: boolean;
}

export interface CheckedModel {
  readonly name: string;
  readonly precision: ModelEntry['precision'];
  /** Largest difference at which two scores agree: weights of 8 or 4 bits give others. */
  readonly tolerance: number;
  readonly examples: readonly CheckedExample[];
  /** Whether the examples are in the order that is stated; two that are stated within the tolerance may stand either way. */
  readonly sameOrder: boolean;
}

/** Of logits, which reach from about -12 to 12; of quantised weights as far as the bundled model's are from its full precision (test/golden). */
const tolerances = { fp32: 0.02, fp16: 0.1, int8: 0.5, q4: 1, q4f16: 1, bnb4: 1 } as const satisfies Record<Precision, number>;

/**
 * Runs the examples that a model's own files hold, and compares scores: those of its README.md, or `examples` of a finetooth.json beside it.
 *
 * @example
 * import { checkModel } from 'finetooth/tasks';
 *
 * const { examples } = await checkModel('./my-reranker');
 * console.log(examples.every(({ agrees }) => agrees));
 *
 * @throws E_USAGE for a model without examples, and what resolving and running a model throws
 */
export async function checkModel(name: string, options: CheckModelOptions = {}): Promise<CheckedModel> {
  checkOptions<CheckModelOptions>('checkModel', options, { ...pullChecks, folder: text });
  const files = asCrossEncoder(await resolveModel(name, options));
  const { examples = [], precision, scoring } = files.entry;
  if (examples.length === 0) {
    const advice =
      'Take some from its model card and state them in a finetooth.json beside it: "examples": [{"query": …, "document": …, "score": …}].';
    throw new FinetoothError('E_USAGE', `the files of ${name} hold no examples with scores. ${advice}`);
  }
  const encoder = openCrossEncoder(files, { threads: 1 });
  try {
    const tolerance = tolerances[precision];
    const logits: number[] = [];
    for (const { query, document } of examples)
      logits.push((await encoder.score(query, [document], { signal: options.signal })).scores[0] as number);
    // Cards print what their library's predict gives: behind the activation, unless there is none. One form for all of them.
    const likely = logits.map((logit) => 1 / (1 + Math.exp(-logit)));
    const apart = (given: readonly number[]): number =>
      examples.reduce((sum, { score }, i) => sum + Math.abs(score - (given[i] as number)), 0);
    const scores = scoring.activation === 'sigmoid' && apart(likely) < apart(logits) ? likely : logits;
    const checked = examples.map(({ query, document, score: stated }, i): CheckedExample => {
      const given = scores[i] as number;
      return { query, document, stated, given, agrees: Math.abs(given - stated) <= tolerance };
    });
    return { name: files.entry.name, precision, tolerance, examples: checked, sameOrder: isSameOrder(checked, tolerance) };
  } finally {
    await encoder.close();
  }
}

const isSameOrder = (examples: readonly CheckedExample[], tolerance: number): boolean =>
  examples.every((one) =>
    examples.every((other) => one.query !== other.query || one.stated <= other.stated + tolerance || one.given > other.given),
  );
