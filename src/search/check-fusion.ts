import { FinetoothError } from '../errors.ts';
import type { Fusion, HybridOptions } from './fuse.ts';
import type { FirstStage } from './options.ts';
import { plan } from './plan.ts';

/** Which fusions an option of one is of. */
const fusionsOf = {
  linearWeight: ['linear'],
  denseWeight: ['rrf', 'scores'],
  rrfK: ['rrf'],
} as const satisfies Partial<Record<keyof HybridOptions, readonly Fusion[]>>;

/** Throws E_USAGE for a weight of another fusion than that of a hybrid first stage, which would change nothing. */
export function checkFusion(options: HybridOptions & { readonly firstStage?: FirstStage }): void {
  const { firstStage = plan.firstStage.default, fusion = plan.fusion.default } = options;
  if (firstStage !== 'hybrid') return;
  for (const key of Object.keys(fusionsOf) as (keyof typeof fusionsOf)[]) {
    const fusions: readonly Fusion[] = fusionsOf[key];
    if (options[key] === undefined || fusions.includes(fusion)) continue;
    throw new FinetoothError(
      'E_USAGE',
      (say) =>
        `${say.option(key)} belongs to fusion by ${fusions.join(' or ')}, and this hybrid first stage fuses by ${fusion}, where it would change nothing. Give ${say.option('fusion', fusions[0] as string)} beside it, or leave it out${fusion === 'linear' ? `: how much the words count is ${say.option('linearWeight')} here` : ''}.`,
    );
  }
}

/** Throws E_USAGE where the words are to weigh in a second stage that there is not. */
export function checkWordsWeight(wordsWeight: number | undefined, hasReranker: boolean): void {
  if (hasReranker || (wordsWeight ?? 0) === 0) return;
  throw new FinetoothError(
    'E_USAGE',
    (say) =>
      `${say.option('wordsWeight')} adds to the score of a reranker, and none ranks here. Name one, or find candidates by words too: ${say.option('firstStage', 'hybrid')}.`,
  );
}
