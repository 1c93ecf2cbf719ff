import type { Reranker } from '../rerank/reranker.ts';
import { type RerankerPart, type RerankerSettings, someRerankerParts } from '../rerank/reranker-plan.ts';
import { shortNames } from '../rerank/short-names.ts';
import { lazyReranker } from '../rerank/wrappers/lazy.ts';
import { checkOptions, checkValue, type OptionChecks } from '../wording/check-options.ts';
import { decorate } from '../wording/decorate.ts';
import { packageVersion } from '../wording/package-version.ts';
import { settingChecks } from './check-open-index.ts';
import { type ModelOptions, modelChecks } from './model-options.ts';
import { createRerankerBuilder } from './reranker.ts';

/** What is put around the reranker, and how its models run. */
export interface CreateRerankerOptions extends RerankerSettings, ModelOptions {}

const checks: OptionChecks<CreateRerankerOptions> = { ...modelChecks, ...settingChecks };

/**
 * A reranker that is kept open: loaded when it is first needed, or by `load()`, within the deadline of whoever asks, and freed by `close()`. Pass it as
 * `model` of `rerank`, as `reranker` of `search` and `openIndex`, or as a part of a cascade or a fallback.
 *
 * @param model a name (`default`, `late-interaction`, a cross-encoder, `vendor:model`), a reranker, a reranking model of the AI SDK, or several, which are
 * a cascade. What is given as an object is not closed. @default default: late interaction, then the bundled cross-encoder over the best ones
 *
 * @example
 * import { createReranker, rerank } from 'finetooth';
 *
 * const model = createReranker('late-interaction');
 * await model.load?.(); // before the first query, which would wait for it
 * const { results } = await rerank('how do bats find their way', ['Wheat rose.', 'Bats hunt by echo.'], { model });
 * console.log(results[0].document); // Bats hunt by echo.
 * await model.close?.();
 *
 * @throws E_USAGE for an option that there is not; the first call throws what opening the model throws
 */
export function createReranker(model: RerankerPart | readonly RerankerPart[] = 'default', options: CreateRerankerOptions = {}): Reranker {
  checkValue('the model of createReranker', model, someRerankerParts, "createReranker('default')");
  checkOptions<CreateRerankerOptions>('createReranker', options, checks);
  const { fallback, strict, calibration, scoreCache, longDocuments, effort, ...models } = options;
  const builder = createRerankerBuilder({ models });
  const settings = { fallback, strict, calibration, scoreCache, longDocuments, effort };
  const open = async () => decorate(await builder.build(model, settings), { close: builder.close });
  return lazyReranker(fingerprintOfParts(model), open, nameOfParts(model));
}

/** Who ranked as long as nothing is open, and no fingerprint known. */
export const fingerprintOfParts = (model: RerankerPart | readonly RerankerPart[]): string => `${nameOfParts(model)}@${packageVersion()}`;

/** The names by which parts were asked for, in their order. */
export function nameOfParts(model: RerankerPart | readonly RerankerPart[]): string {
  const names = [model]
    .flat()
    .map((one) => (typeof one === 'string' ? one : 'fingerprint' in one ? shortNames([one])(one.fingerprint) : one.modelId));
  return names.join(' > ');
}
