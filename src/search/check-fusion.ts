import { FinetoothError } from '../errors.ts';
import { listsOf } from './first-stage.ts';
import { type Fusion, fusionOf, type HybridOptions } from './fuse.ts';
import type { FirstStage } from './options.ts';
import { plan } from './plan.ts';

/** Which fusions an option of one is of. */
const fusionsOf = {
  linearWeight: ['linear'],
  denseWeight: ['rrf', 'scores'],
  rrfK: ['rrf'],
} as const satisfies Partial<Record<keyof HybridOptions, readonly Fusion[]>>;

/** Sums of shares are rounded. */
const SHARE_NOISE = 1e-9;

/** Throws E_USAGE for a weight of another fusion than that of a first stage of several lists, or of a list that it has not: it would change nothing. */
export function checkFusion(options: HybridOptions & { readonly firstStage?: FirstStage }): void {
  const { firstStage = plan.firstStage.default } = options;
  const lists = listsOf(firstStage);
  if (lists.length < 2) return;
  const hasSparse = lists.includes('sparse');
  const fusion = fusionOf(lists, options.fusion);
  if (hasSparse && fusion === 'linear')
    throw new FinetoothError(
      'E_USAGE',
      (say) =>
        `fusion by linear adds words to the cosine of vectors, and the first stage ${firstStage} has a sparse list. Fuse it by ${say.option('fusion', 'rrf')} or scores.`,
    );
  for (const key of Object.keys(fusionsOf) as (keyof typeof fusionsOf)[]) {
    const fusions: readonly Fusion[] = fusionsOf[key];
    if (options[key] === undefined || fusions.includes(fusion)) continue;
    throw new FinetoothError('E_USAGE', (say) => {
      const what = `${say.option(key)} belongs to fusion by ${fusions.join(' or ')}, and this ${hasSparse ? '' : 'hybrid '}first stage fuses by ${fusion}, where it would change nothing.`;
      if (hasSparse && key === 'linearWeight') return `${what} Leave it out.`;
      const words = fusion === 'linear' ? `: how much the words count is ${say.option('linearWeight')} here` : '';
      return `${what} Give ${say.option('fusion', fusions[0] as string)} beside it, or leave it out${words}.`;
    });
  }
  checkShares(options, firstStage);
}

/** Throws E_USAGE for a share of a list that the first stage has not, and for shares that are more than all, or less where no list is left. */
function checkShares({ denseWeight, sparseWeight }: HybridOptions, firstStage: FirstStage): void {
  const lists = listsOf(firstStage);
  const shares = [
    ['denseWeight', 'dense', denseWeight],
    ['sparseWeight', 'sparse', sparseWeight],
  ] as const;
  const stranger = shares.find(([, list, share]) => share !== undefined && !lists.includes(list));
  if (stranger !== undefined)
    throw new FinetoothError(
      'E_USAGE',
      (say) => `${say.option(stranger[0])} is the share of a list that the first stage ${firstStage} has not. Leave it out.`,
    );
  const said = shares.filter(([, , share]) => share !== undefined);
  const sum = said.reduce((all, [, , share]) => all + (share as number), 0);
  if (sum <= 1 + SHARE_NOISE && (said.length < lists.length || sum >= 1 - SHARE_NOISE)) return;
  throw new FinetoothError(
    'E_USAGE',
    (say) =>
      `${say.option('denseWeight')} and ${say.option('sparseWeight')} are shares of one whole; got ${sum} in all${said.length < lists.length ? '' : ', and there is no other list for the rest'}. Leave one of them out.`,
  );
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
