import { FinetoothError, throwIfStopped } from '../../errors.ts';
import { callChecks, checkArguments, isRecord, readOf, shown } from '../../wording/check-options.ts';
import { iterable, mapOf, shape } from '../../wording/check-shapes.ts';
import { entriesOf } from '../../wording/entries-of.ts';
import { duplicateQueries } from './duplicate-queries.ts';
import {
  type CollectionChecks,
  type DuplicateDocuments,
  type DuplicateQueries,
  type Findings,
  type Leak,
  SHOWN,
  type UnfairJudgment,
} from './findings.ts';
import { addTo } from './groups.ts';
import { leakFinder } from './leaks.ts';
import { nearDocuments } from './near-documents.ts';
import { sentencesOf } from './sentences.ts';
import { shingler } from './shingles.ts';
import { normalised, wordsOf } from './words.ts';

type Grades = ReadonlyMap<string, number>;

/** Of a larger group, such as all pages of one form, only so many members are held against each relevant one. */
const MOST_COMPARED = 1000;

export interface Checks {
  /** The next document. Memory grows by about 180 bytes, the id among them. */
  see(id: string, text: string): void;
  end(): CollectionChecks;
}

/**
 * Looks for what makes the figures of a test collection mean less than they seem to: queries that are the same, queries that were copied from
 * documents, documents that are the same and judged differently. Words are compared in NFKC and lower case.
 *
 * @param queries Text by query id. Those without judgments are left out: they count in no mean.
 * @param judgments Grades by query id, then document id; 1 and more is relevant.
 */
export function beginChecks(queries: ReadonlyMap<string, string>, judgments: ReadonlyMap<string, Grades>): Checks {
  const queryIds = [...queries.keys()].filter((id) => judgments.has(id));
  const texts = queryIds.map((id) => normalised(queries.get(id) as string));
  const gradesOf = (query: string): Grades => judgments.get(query) as Grades;
  const idOf = (which: number): string => queryIds[which] as string;
  const shinglesOf = shingler();
  const leaksIn = leakFinder(texts);
  const documents = nearDocuments();
  const ids: string[] = [];
  const leaks = collector<Leak>(2);
  const leaked = new Set<string>();
  let relevantLeaks = 0;

  const see = (id: string, text: string): void => {
    const plain = normalised(text);
    const shingles = shinglesOf(plain);
    documents.add(shingles);
    ids.push(id);
    for (const which of leaksIn(plain, shingles)) {
      const query = idOf(which);
      const grade = gradesOf(query).get(id);
      leaks.add({ query, document: id, grade }, isRelevant(grade) ? 0 : 1);
      leaked.add(query);
      if (isRelevant(grade)) relevantLeaks++;
    }
  };

  const queryGroups = (): Findings<DuplicateQueries> => {
    const found = collector<DuplicateQueries>(2);
    const words = texts.map(wordsOf);
    for (const group of duplicateQueries(words)) {
      const members = group.map(idOf);
      const contradictions = collector<DuplicateQueries['contradictions']['shown'][number]>(1);
      const verdicts = new Map<string, { relevantFor?: string; notFor?: string }>();
      for (const query of members)
        for (const [document, grade] of gradesOf(query)) {
          const verdict = verdicts.get(document) ?? {};
          verdict[isRelevant(grade) ? 'relevantFor' : 'notFor'] ??= query;
          verdicts.set(document, verdict);
        }
      for (const [document, { relevantFor, notFor }] of verdicts)
        if (relevantFor !== undefined && notFor !== undefined) contradictions.add({ document, relevantFor, notFor }, 0);
      const all = contradictions.end();
      const equal = new Set(group.map((which) => (words[which] as string[]).join(' '))).size === 1;
      found.add({ queries: members.slice(0, SHOWN), size: members.length, equal, contradictions: all }, all.count > 0 ? 0 : 1);
    }
    return found.end();
  };

  /** Which queries have judged a document relevant, for the documents of a group alone. */
  const queriesWith = (wanted: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> => {
    const found = new Map<string, string[]>();
    for (const query of queryIds)
      for (const [document, grade] of gradesOf(query)) if (isRelevant(grade) && wanted.has(document)) addTo(found, document, query);
    return found;
  };

  const unfairIn = (group: readonly number[], queriesOf: ReadonlyMap<string, readonly string[]>): Findings<UnfairJudgment> => {
    const found = collector<UnfairJudgment>(2);
    const relevantOf = new Map<string, number[]>();
    for (const at of group) for (const query of queriesOf.get(ids[at] as string) ?? []) addTo(relevantOf, query, at);
    for (const [query, relevant] of relevantOf)
      for (const at of group.slice(0, MOST_COMPARED)) {
        const other = ids[at] as string;
        const grade = gradesOf(query).get(other);
        if (isRelevant(grade)) continue;
        const double = relevant.find((one) => documents.near(one, at));
        if (double === undefined) continue;
        found.add({ query, relevant: ids[double] as string, other, grade }, grade === undefined ? 1 : 0);
      }
    return found.end();
  };

  const documentGroups = (): CollectionChecks['duplicateDocuments'] => {
    const found = collector<DuplicateDocuments>(3);
    const groups = documents.groups();
    const queriesOf = queriesWith(new Set(groups.flatMap((group) => group.map((at) => ids[at] as string))));
    let [size, unfairPairs] = [0, 0];
    for (const group of groups) {
      const unfair = unfairIn(group, queriesOf);
      const equal = group.every((at) => documents.equal(group[0] as number, at));
      size += group.length;
      unfairPairs += unfair.count;
      const rank = unfair.shown[0] === undefined ? 2 : unfair.shown[0].grade === undefined ? 1 : 0;
      found.add({ documents: group.slice(0, SHOWN).map((at) => ids[at] as string), size: group.length, equal, unfair }, rank);
    }
    return { ...found.end(), documents: size, unfair: unfairPairs };
  };

  const end = (): CollectionChecks => {
    const all = {
      documents: ids.length,
      queries: queryIds.length,
      duplicateQueries: queryGroups(),
      leaks: { ...leaks.end(), queries: leaked.size, relevant: relevantLeaks },
      duplicateDocuments: documentGroups(),
    };
    return { ...all, warnings: sentencesOf(all) };
  };
  return { see, end };
}

/**
 * `beginChecks` over a stream of documents, each read once. Throws E_STOPPED when the signal is raised.
 *
 * @example
 * import { checkCollection } from 'finetooth/eval';
 *
 * const { warnings } = await checkCollection({
 *   documents: [{ id: 'a', text: 'Bats hunt by echo.' }, { id: 'b', text: 'Bats hunt by echo.' }],
 *   queries: new Map([['q', 'how do bats hunt']]),
 *   judgments: new Map([['q', new Map([['a', 1]])]]),
 * });
 * console.log(warnings.length); // 1
 */
export async function checkCollection(
  collection: {
    readonly documents:
      | Iterable<{ readonly id: string; readonly text: string }>
      | AsyncIterable<{ readonly id: string; readonly text: string }>;
    readonly queries: ReadonlyMap<string, string>;
    readonly judgments: ReadonlyMap<string, Grades>;
  },
  options: { readonly signal?: AbortSignal } = {},
): Promise<CollectionChecks> {
  checkArguments('checkCollection({ documents, queries, judgments })', {
    collection: [collection, isCollection],
    options: [options, callChecks],
  });
  const { documents, queries, judgments } = collection;
  const checks = readOf('the queries and judgments of checkCollection', () => beginChecks(queries, judgments));
  for await (const document of entriesOf(documents, 'the documents of checkCollection')) {
    throwIfStopped(options.signal);
    const { id, text } = readOf('a document of checkCollection', () => (isDocument(document) ? document : refused(document)));
    checks.see(id, text);
  }
  return checks.end();
}

const isCollection = shape('an object with documents, queries and judgments', {
  documents: iterable('a list or a stream of documents, each with an id and a text'),
  queries: mapOf('a Map of texts by query id'),
  judgments: mapOf('a Map of Maps: grades by query id, then document id'),
});

type Seen = { readonly id: string; readonly text: string };
const isDocument = (value: unknown): value is Seen => isRecord(value) && typeof value.id === 'string' && typeof value.text === 'string';
const refused = (value: unknown): Seen => {
  throw new FinetoothError('E_USAGE', `each document of checkCollection must be an object with an id and a text; got ${shown(value)}.`);
};

/** Keeps the first 20 of each rank and counts all: memory does not grow with what is found. Rank 0 is shown first. */
function collector<T>(ranks: number) {
  const kept: T[][] = Array.from({ length: ranks }, () => []);
  let count = 0;
  return {
    add: (one: T, rank: number): void => {
      count++;
      const those = kept[rank] as T[];
      if (those.length < SHOWN) those.push(one);
    },
    end: (): Findings<T> => ({ count, shown: kept.flat().slice(0, SHOWN) }),
  };
}

const isRelevant = (grade: number | undefined): boolean => grade !== undefined && grade >= 1;
