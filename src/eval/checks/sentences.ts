import type { CollectionChecks } from './findings.ts';

type Found = Omit<CollectionChecks, 'warnings'>;

/** At most one sentence for each kind of finding, with its gravest example. */
export const sentencesOf = (found: Found): string[] => [...ofQueries(found), ...ofLeaks(found), ...ofDocuments(found)];

function ofQueries({ duplicateQueries: { count, shown } }: Found): string[] {
  const [worst] = shown;
  if (worst === undefined) return [];
  const contradiction = worst.contradictions.shown[0];
  const first = `${many(count, 'group')} of queries ${count === 1 ? 'has' : 'have'} the same or nearly the same words (${named(worst.queries, worst.size)}): their values are not independent, so intervals are narrower than they should be. Keep one of those that mean the same.`;
  if (contradiction === undefined) return [first];
  const { document, relevantFor, notFor } = contradiction;
  return [
    first,
    `Queries with the same or nearly the same words are judged differently: document "${document}" is relevant for query "${relevantFor}" and not relevant for "${notFor}". Judge them again.`,
  ];
}

function ofLeaks({ leaks: { count, shown, queries, relevant }, queries: all }: Found): string[] {
  const [worst] = shown;
  if (worst === undefined) return [];
  const verdict =
    worst.grade === undefined
      ? 'which no one judged: any search by words finds it'
      : worst.grade >= 1
        ? 'which is judged relevant: finding it measures copying, not meaning'
        : 'which is judged not relevant: any search by words is punished for finding it';
  return [
    `Query "${worst.query}" stands word for word in document "${worst.document}", ${verdict}. ${queries} of ${many(all, 'query', 'queries')} ${queries === 1 ? 'stands' : 'stand'} so in a document; of ${many(count, 'such pair')} ${relevant} ${relevant === 1 ? 'is' : 'are'} judged relevant.`,
  ];
}

function ofDocuments({ duplicateDocuments: { count, shown, documents, unfair } }: Found): string[] {
  const [worst] = shown;
  if (worst === undefined) return [];
  const first = `${documents} documents are the same or nearly the same as another one, in ${many(count, 'group')} (${named(worst.documents, worst.size)})`;
  const example = worst.unfair.shown[0];
  if (example === undefined) return [`${first}; all that bear on a judged query are judged alike.`];
  const { query, relevant, other, grade } = example;
  return [
    `${first}. In ${many(unfair, 'case')} one of them is judged relevant and its double is not: for query "${query}" document "${relevant}" is relevant and "${other}" ${grade === undefined ? 'was not judged' : 'was judged not relevant'}, so a system that finds the other one is punished. Judge them alike.`,
  ];
}

const many = (count: number, one: string, more = `${one}s`): string => (count === 1 ? `1 ${one}` : `${count} ${more}`);
const named = (ids: readonly string[], size: number): string =>
  `${ids
    .slice(0, 3)
    .map((id) => `"${id}"`)
    .join(', ')}${size > 3 ? ', …' : ''}`;
