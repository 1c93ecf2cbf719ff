import { settingChecks } from '../assemble/check-open-index.ts';
import { type ModelOptions, modelChecks } from '../assemble/model-options.ts';
import { createRerankerBuilder, type RerankerBuilder } from '../assemble/reranker.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { type RerankerPart, type RerankerSettings, someRerankerParts } from '../rerank/reranker-plan.ts';
import { lazyReranker } from '../rerank/wrappers/lazy.ts';
import type { ListOptions } from '../search/options.ts';
import { type RerankAnswer, rerankWith } from '../search/rerank.ts';
import type { Document } from '../types.ts';
import { checkOptions, checkValue, isRecord, list, type OptionChecks } from '../wording/check-options.ts';
import { decorate } from '../wording/decorate.ts';

/** Who ranks, and what is put around it: the same words as those of `openIndex`. */
export interface RankerOptions extends RerankerSettings {
  /**
   * A reranker by name (`default`, `late-interaction`, `first-stage`, a cross-encoder, `vendor:model`), one of your own (`cascade`, `cached`,
   * `fallback` and the like), or several, which are a cascade. Those of your own are not closed. @default default
   */
  readonly reranker?: RerankerPart | readonly RerankerPart[];
  /** Files, threads and memory of local models; keys and limits of hosted ones. @default those of `openIndex` */
  readonly models?: ModelOptions;
}

/** What one call may say. */
export type RankOptions = Pick<
  ListOptions,
  'top' | 'rankFields' | 'fieldLabels' | 'deadlineMs' | 'effort' | 'instruction' | 'exact' | 'minScore' | 'collapse' | 'signal'
>;

export const rankerChecks: OptionChecks<RankerOptions> = { ...settingChecks, reranker: someRerankerParts, models: modelChecks };

/** A reranker that is opened when it is first asked, within the deadline of who asks, and that answers by its short name. */
export function openRanker(options: RankerOptions, builder?: RerankerBuilder, name?: string): Reranker {
  const { reranker = 'default', models, ...settings } = options;
  return lazyReranker(name ?? nameOf(reranker), async () => {
    // A builder of the caller's is the caller's to close.
    if (builder !== undefined) return builder.build(reranker, settings);
    const own = createRerankerBuilder({ models });
    return decorate(await own.build(reranker, settings), { close: own.close });
  });
}

/** The options of a constructor, checked, to a reranker. */
export function openCheckedRanker<Options extends RankerOptions>(who: string, options: Options, checks: OptionChecks<Options>): Reranker {
  checkOptions(who, options, checks);
  const { reranker, fallback, strict, calibration, scoreCache, longDocuments, effort, models } = options;
  return openRanker({ reranker, fallback, strict, calibration, scoreCache, longDocuments, effort, models });
}

/** Ranks a list that a framework has at hand: texts and objects, in any mixture. Equal scores keep the order of the list. */
export async function rankList(
  reranker: Reranker,
  query: string,
  documents: readonly (string | Document)[],
  options: RankOptions = {},
): Promise<RerankAnswer> {
  checkValue('the documents to rank', documents, list);
  // The one order puts the greater id first.
  const idAt = (at: number): string => String(documents.length - at).padStart(10, '0');
  const given = documents.map((document, at) =>
    // What is neither is refused by its place.
    typeof document === 'string'
      ? { id: idAt(at), document: { text: document } }
      : isRecord(document)
        ? { id: idAt(at), document }
        : document,
  );
  // A list of empty texts is read as any other: it is no mistake in a name of a field.
  const rankFields = options.rankFields ?? (documents.every((one) => typeof one === 'string') ? ['text'] : undefined);
  return rerankWith(reranker, query, given, { ...options, rankFields });
}

/** Who it is, as short as it was said. */
function nameOf(what: RerankerPart | readonly RerankerPart[]): string {
  return [what as RerankerPart]
    .flat()
    .map((one) => (typeof one === 'string' ? one : 'fingerprint' in one ? one.fingerprint : `${one.provider}:${one.modelId}`))
    .join(' > ');
}
