import { FinetoothError } from '../../errors.ts';
import { compareIds, type Scored } from '../../math/order.ts';

/** A string, or a whole number where the caller has them so; numbers are ordered as their digits are. */
export type DocumentId = string | number;
/** Grades by document id; 0 and below is not relevant. */
export type Grades = ReadonlyMap<DocumentId, number>;
/** Grades by query id. */
export type Judgments = ReadonlyMap<string, Grades>;

/** A ranking in columns of the same length. */
export interface Columns {
  readonly ids: ArrayLike<DocumentId>;
  readonly scores: ArrayLike<number>;
  /** What decides between equal scores, the lower first; without it the higher id comes first, as in trec_eval. */
  readonly ranks?: ArrayLike<number>;
}
/** Scored documents of one query in any order: the scores decide. */
export type RankedList = readonly Scored[] | Columns;
/** Rankings by query id. */
export type RankedRun = ReadonlyMap<string, RankedList>;

/** What measures read of one query: where its judged documents stand. All else in a ranking is only its length. */
export interface JudgedRanking {
  /** Documents in the ranking. */
  readonly count: number;
  /** [found] Ranks, from 0 and rising, of the judged documents in the ranking. */
  readonly ranks: Int32Array;
  /** [found] Their grades. */
  readonly grades: Int32Array;
  /** [found] Which of the query's judgments each is, counted from 0 in the order of its grades. */
  readonly which: Int32Array;
  /** All grades of the query, highest first. */
  readonly all: Int32Array;
}

export interface Judge {
  /** The judged ranking of one query. Throws E_DUPLICATE_ID and E_INPUT_FORMAT. */
  (query: string, list: RankedList, grades: Grades): JudgedRanking;
  /** Queries so far whose list was not in the order of its scores (ties apart). */
  readonly unsorted: () => number;
}

/** Ids and scores of a list, whichever way it came. */
export const columnsOf = (list: RankedList): Columns =>
  'ids' in list ? list : { ids: list.map(({ id }) => id), scores: list.map(({ score }) => score) };

/** A list in the order in which it is measured. */
export function inOrder(query: string, list: RankedList): Scored[] {
  const columns = columnsOf(list);
  orderOf(query, columns);
  return Array.from(sortedPlaces(columns), (place) => ({
    id: String(columns.ids[place] as DocumentId),
    score: columns.scores[place] as number,
  }));
}

/** The first ids in that order, none of which holds on to the text that it was read from. */
export function firstOf(query: string, list: RankedList, count: number): string[] {
  const columns = columnsOf(list);
  const places = orderOf(query, columns) === 'sorted' ? undefined : sortedPlaces(columns);
  return Array.from({ length: Math.min(count, columns.ids.length) }, (_, rank) =>
    Buffer.from(String(columns.ids[places === undefined ? rank : (places[rank] as number)])).toString(),
  );
}

/** Finds judged documents in rankings. Holds its table, so keep one for many queries. */
export function createJudge(): Judge {
  const ranks = createRanks();
  let unsorted = 0;
  const judge = (query: string, list: RankedList, grades: Grades): JudgedRanking => {
    const columns = columnsOf(list);
    const { ids, scores } = columns;
    const count = ids.length;
    if (scores.length !== count)
      throw new FinetoothError('E_USAGE', `query "${query}": ${count} ids but ${scores.length} scores; a ranking has one score per id.`);
    const order = orderOf(query, columns);
    if (order === 'not sorted') unsorted++;
    const places = order === 'sorted' ? undefined : sortedPlaces(columns);
    ranks.begin(count);
    for (let rank = 0; rank < count; rank++) {
      const id = ids[places === undefined ? rank : (places[rank] as number)] as DocumentId;
      if (!ranks.put(id, rank)) throw sameDocument(query, id);
    }
    const found: { readonly rank: number; readonly grade: number; readonly which: number }[] = [];
    let which = 0;
    for (const [id, grade] of grades) {
      const rank = ranks.of(id);
      if (rank !== undefined) found.push({ rank, grade, which });
      which++;
    }
    found.sort((a, b) => a.rank - b.rank);
    return {
      count,
      ranks: Int32Array.from(found, ({ rank }) => rank),
      grades: Int32Array.from(found, ({ grade }) => grade),
      which: Int32Array.from(found, (one) => one.which),
      all: Int32Array.from(grades.values()).sort().reverse(),
    };
  };
  return Object.assign(judge, { unsorted: () => unsorted });
}

/**
 * The same ranking without the documents that no one judged (Sakai 2007, https://doi.org/10.1145/1277741.1277756), and without those of a
 * negative grade, as `trec_eval -J` has it.
 */
export function condensed(ranking: JudgedRanking): JudgedRanking {
  const kept = Array.from(ranking.ranks, (_, at) => at).filter((at) => (ranking.grades[at] as number) >= 0);
  return {
    ...ranking,
    count: kept.length,
    ranks: Int32Array.from(kept, (_, at) => at),
    grades: Int32Array.from(kept, (at) => ranking.grades[at] as number),
    which: Int32Array.from(kept, (at) => ranking.which[at] as number),
  };
}

/** The best order of the same documents: the highest grades first, behind them what no one judged. */
export function bestOrder(ranking: JudgedRanking): JudgedRanking {
  const best = Array.from(ranking.grades, (_, at) => at).sort((a, b) => (ranking.grades[b] as number) - (ranking.grades[a] as number));
  return {
    ...ranking,
    ranks: Int32Array.from(best, (_, at) => at),
    grades: Int32Array.from(best, (at) => ranking.grades[at] as number),
    which: Int32Array.from(best, (at) => ranking.which[at] as number),
  };
}

/** How a list compares with that order. Throws E_INPUT_FORMAT for a score that is not finite. */
function orderOf(query: string, columns: Columns): 'sorted' | 'ties out of order' | 'not sorted' {
  const { ids, scores } = columns;
  let order: 'sorted' | 'ties out of order' | 'not sorted' = 'sorted';
  let before = Number.POSITIVE_INFINITY;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number;
    if (score - score !== 0)
      throw new FinetoothError(
        'E_INPUT_FORMAT',
        `query "${query}", document "${ids[i]}": the score is ${score}; a ranking needs finite numbers.`,
      );
    const rounded = Math.fround(score);
    if (rounded > before) order = 'not sorted';
    else if (rounded === before && order === 'sorted' && i > 0 && compareTied(columns, i - 1, i) > 0) order = 'ties out of order';
    before = rounded;
  }
  return order;
}

/**
 * Places in the order of trec_eval: scores as 32-bit numbers, highest first; at equal scores the higher id first. Not `byScore`: a run that
 * someone else made must get the figures that trec_eval prints, so scores that differ in 64 bits alone are ties here, and a million lines
 * are sorted without an object each.
 */
function sortedPlaces(columns: Columns): Uint32Array {
  const rounded = Float32Array.from(columns.scores);
  return Uint32Array.from(rounded, (_, i) => i).sort(
    (a, b) => (rounded[b] as number) - (rounded[a] as number) || compareTied(columns, a, b),
  );
}

/** Which of two documents with equal scores comes first: negative for the one at `a`. */
const compareTied = ({ ids, ranks }: Columns, a: number, b: number): number =>
  ranks === undefined
    ? compareIds(String(ids[b] as DocumentId), String(ids[a] as DocumentId))
    : (ranks[a] as number) - (ranks[b] as number);

/** Where each id stands. One table for all rankings: whole numbers are hashed here, which is several times faster than a Map. */
function createRanks() {
  let slots = new Float64Array(0);
  let ranks = new Int32Array(0);
  let stamps = new Int32Array(0);
  let stamp = 0;
  let named: Map<DocumentId, number> | undefined;
  const slotOf = (id: number): number => {
    const mask = slots.length - 1;
    let at = (Math.imul(id, 0x9e3779b1) >>> 7) & mask;
    while (stamps[at] === stamp && slots[at] !== id) at = (at + 1) & mask;
    return at;
  };
  return {
    begin: (count: number): void => {
      let wanted = 64;
      while (wanted < count * 2) wanted *= 2;
      if (slots.length < wanted || stamp === 0x7fffffff) {
        slots = new Float64Array(wanted);
        ranks = new Int32Array(wanted);
        stamps = new Int32Array(wanted);
        stamp = 0;
      }
      stamp++;
      named = undefined;
    },
    /** Says false for an id that stands there already. */
    put: (id: DocumentId, rank: number): boolean => {
      if (typeof id === 'number') {
        const at = slotOf(id);
        if (stamps[at] === stamp) return false;
        stamps[at] = stamp;
        slots[at] = id;
        ranks[at] = rank;
        return true;
      }
      named ??= new Map();
      const before = named.size;
      named.set(id, rank);
      return named.size > before;
    },
    of: (id: DocumentId): number | undefined => {
      if (typeof id !== 'number') return named?.get(id);
      const at = slotOf(id);
      return stamps[at] === stamp ? ranks[at] : undefined;
    },
  };
}

const sameDocument = (query: string, id: DocumentId): FinetoothError =>
  new FinetoothError('E_DUPLICATE_ID', `query "${query}" has the document "${id}" twice in one ranking; each may stand there once.`);

/** Whether a query has a document that is relevant at all. */
export function hasRelevant(grades: Iterable<number>): boolean {
  for (const grade of grades) if (grade >= 1) return true;
  return false;
}
