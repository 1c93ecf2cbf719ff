import { defaultPipeline, type Pipeline } from '../search/pipeline.ts';
import { plan } from '../search/plan.ts';

/** Rerankers that are tried, the cheapest first, and what the words may weigh beside each: on the scale of its scores, of which one is a logit. */
const TRIED = {
  'late-interaction': [0.0005, 0.0015, 0.005],
  default: [0.02, 0.05, 0.1],
} as const;
export type TriedReranker = keyof typeof TRIED;
export const triedRerankers = Object.keys(TRIED) as readonly TriedReranker[];

const CANDIDATES = [10, 25, 50, 100];
const QUICK_CANDIDATES = [10, 25];
/** The cheapest first. */
const FIRST_STAGES: readonly Pick<Pipeline, 'firstStage' | 'fusion' | 'linearWeight'>[] = [
  { firstStage: 'bm25' },
  { firstStage: 'dense' },
  { firstStage: 'hybrid', fusion: 'linear', linearWeight: plan.linearWeight.default },
  { firstStage: 'hybrid', fusion: 'linear', linearWeight: 0.3 },
  { firstStage: 'hybrid', fusion: 'rrf' },
];

/**
 * Everything that is tuned over, the cheapest first: among equals the earlier wins.
 *
 * @param fields of the index; the reranker may read all of them or one alone
 * @param rerankers the cheapest first
 * @param quick no long lists, and all fields together alone
 */
export function triedPipelines(
  fields: readonly string[],
  rerankers: readonly TriedReranker[],
  { quick = false }: { readonly quick?: boolean } = {},
): Pipeline[] {
  const named = (pipeline: Omit<Pipeline, 'name'>): Pipeline => ({ ...pipeline, name: nameOfTried(pipeline) });
  const single = fields.length > 1 && !quick ? fields.map((one) => [one]) : [];
  const alone = FIRST_STAGES.map((first) => named({ ...first, candidates: defaultPipeline.candidates, reranker: null }));
  const reranked = rerankers.flatMap((reranker) =>
    (quick ? QUICK_CANDIDATES : CANDIDATES).flatMap((candidates) =>
      FIRST_STAGES.flatMap((first) => {
        const plain = { ...first, candidates, reranker: [reranker] };
        return [
          named(plain),
          ...TRIED[reranker].map((wordsWeight) => named({ ...plain, wordsWeight })),
          ...single.map((rankFields) => named({ ...plain, rankFields })),
        ];
      }),
    ),
  );
  return [...alone, ...reranked];
}

/** What a pipeline does, for people; no two of those that are tried have the same. */
export function nameOfTried(pipeline: Omit<Pipeline, 'name'>): string {
  const { firstStage, fusion, linearWeight, candidates, reranker, rankFields, wordsWeight = 0 } = pipeline;
  return [
    firstStage === 'hybrid' ? ['hybrid', fusion, linearWeight].filter((part) => part !== undefined).join(' ') : firstStage,
    ...(reranker === null
      ? []
      : [`${candidates} reranked by ${reranker.join(', ')}${rankFields === undefined ? '' : ` from ${rankFields.join(',')}`}`]),
    ...(wordsWeight === 0 ? [] : [`words ${wordsWeight}`]),
  ].join(', ');
}
