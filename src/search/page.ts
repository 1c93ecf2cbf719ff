import { documentTest } from '../filter/document-test.ts';
import type { Filter } from '../filter/filter.ts';
import { typesIn } from '../store/store.ts';
import { sourceOf } from '../text/passages.ts';
import { defaultFields, textOf } from '../text/recipe.ts';
import type { Document, Hit } from '../types.ts';
import type { Frozen, FrozenCandidate } from './cursor.ts';
import type { RankedPart } from './highlight.ts';
import type { Ranked, RankedCandidate, RankFields } from './rank.ts';
import type { SearchIndex } from './search-index.ts';

/** The next documents of a frozen ranking, as they are now. */
export interface Page {
  /** In the frozen order. */
  readonly ranked: Ranked;
  /** By place in the first stage; only those of the page. */
  readonly hits: readonly Hit[];
  /** What comes after them. */
  readonly rest: readonly FrozenCandidate[];
}

export interface PageOptions {
  readonly top: number;
  readonly filter?: Filter;
  readonly fields: RankFields;
  readonly fieldLabels: boolean;
}

/** What a further page needs of a ranking, from a place on. */
export function freeze(
  ranked: Ranked,
  hits: readonly Hit[],
  from: number,
  withStages = false,
): Pick<Frozen, 'stages' | 'before' | 'order'> {
  const frozen = ({
    id,
    index,
    relevance,
    stage,
    part,
    cutTokens,
    omittedCharacters,
    duplicates,
    group,
  }: RankedCandidate): FrozenCandidate => {
    const { score, passage } = hits[index] as Hit;
    return {
      id,
      index,
      relevance,
      score,
      stage,
      passage,
      part: part && { span: part.span, line: part.line },
      cutTokens,
      omittedCharacters,
      duplicates: duplicates?.map(frozen),
      stages: withStages ? ranked.stages.map(({ scores }) => scores[index] as number) : undefined,
      group: group && { value: group.value, others: group.others.map(frozen) },
    };
  };
  return {
    stages: ranked.stages.map(({ name, fingerprint }) => ({ name, fingerprint })),
    before: from,
    order: ranked.order.slice(from).map(frozen),
  };
}

/**
 * Takes the next `top` results of a frozen ranking. What was deleted since, or fits the filter no more, is left out; of a group
 * the next best comes in its place, and the best duplicate in that of who stood for it.
 */
export async function takePage(index: SearchIndex, frozen: Frozen, options: PageOptions): Promise<Page> {
  const { top, filter, fields, fieldLabels } = options;
  const made = index.manifest();
  const fits = filter === undefined ? () => true : documentTest(filter, made && typesIn(made));
  const hits: Hit[] = [];
  const order: RankedCandidate[] = [];
  let at = 0;
  while (order.length < top && at < frozen.order.length) {
    const some = frozen.order.slice(at, at + top - order.length);
    at += some.length;
    const documents = await documentsOf(index, some, fits);
    /** The document where it is still there, else the best of its duplicates that is. */
    const thawed = ({ duplicates = [], group: _, ...own }: FrozenCandidate): RankedCandidate[] => {
      const [best, ...others] = [own, ...duplicates].flatMap((one): RankedCandidate[] => {
        const document = documents.get(one.id);
        if (document === undefined) return [];
        hits[one.index] = { id: one.id, score: one.score, passage: one.passage, document };
        return [{ ...one, group: undefined, duplicates: undefined, part: partOf(one, document, fields, fieldLabels) }];
      });
      return best === undefined ? [] : [{ ...best, duplicates: others.length === 0 ? undefined : others }];
    };
    for (const one of some) {
      const [best, ...others] = [one, ...(one.group?.others ?? [])].flatMap(thawed);
      if (best !== undefined) order.push({ ...best, group: one.group && { value: one.group.value, others } });
    }
  }
  const { complete, calibrated, cut } = frozen;
  return { ranked: { order, complete, calibrated, cut, usage: {}, stages: stagesOf(frozen) }, hits, rest: frozen.order.slice(at) };
}

/** All that may come in its place, itself included. */
const membersOf = (one: FrozenCandidate): readonly FrozenCandidate[] => [
  one,
  ...(one.duplicates ?? []),
  ...(one.group?.others ?? []).flatMap(membersOf),
];

async function documentsOf(
  index: SearchIndex,
  some: readonly FrozenCandidate[],
  fits: (document: Document) => boolean,
): Promise<ReadonlyMap<string, Document>> {
  const documents = new Map<string, Document>();
  const ids = some.flatMap(membersOf).map(({ id }) => id);
  for await (const { id, document } of index.store.get(ids, ['document'])) if (fits(document)) documents.set(id, document);
  return documents;
}

/** Nothing where the text became shorter since. */
function partOf({ part, passage }: FrozenCandidate, document: Document, fields: RankFields, labels: boolean): RankedPart | undefined {
  if (part === undefined) return undefined;
  const names = fields ?? defaultFields(document);
  const text = passage === undefined ? textOf(document, names, { labels }) : sourceOf(document, names).text;
  return part.span[1] > text.length ? undefined : { text, ...part };
}

function stagesOf({ stages, order }: Frozen): Ranked['stages'] {
  const all = order.flatMap(membersOf);
  const most = all.reduce((last, { index }) => Math.max(last, index), -1);
  return stages.map((ranker, stage) => {
    const scores = new Float32Array(most + 1).fill(Number.NaN);
    for (const one of all) scores[one.index] = one.stages?.[stage] ?? Number.NaN;
    return { ...ranker, scores };
  });
}
