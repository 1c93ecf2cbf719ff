import type { Scored } from '../../math/order.ts';
import type { SparseVector } from '../../types.ts';
import type { SegmentRow } from './segment-builder.ts';
import { MOST_ROWS, POSTING_BYTES, ROW_BYTES, ROWS_A_BLOCK } from './segment-layout.ts';
import { checkSum, type Segment } from './segments.ts';

/** A passage by its postings, which may be deleted or changed since. */
export interface Candidate extends SegmentRow, Scored {}

/** Candidates are sorted out when there are so many times as many as are wanted, and so many more. */
const CROWDED = 4;
const ROOM = 1024;

/**
 * The best rows of segments by their postings, whose scores are below `below`: at least `wanted` of them where there are as many, and of the last score
 * all. Products are added up in doubles in the order of the tokens, as `sparseScorer` does it. Best first; what is equal in no order.
 */
export async function bestByPostings(
  segments: readonly Segment[],
  query: SparseVector,
  { wanted, below }: { readonly wanted: number; readonly below: number },
): Promise<readonly Place[]> {
  const scores = new Float64Array(takeMemory(8 * MOST_ROWS), 0, MOST_ROWS);
  scores.fill(0);
  const best = collector(wanted);
  const read = (segment: Segment | undefined) => {
    const reading = segment && readLists(segment, query);
    // Whoever waits for it hears of it.
    reading?.catch(() => {});
    return reading;
  };
  let next = read(segments[0]);
  for (const [at, segment] of segments.entries()) {
    const { lists, memory } = (await next) as Lists;
    // While this one is added up.
    next = read(segments[at + 1]);
    for (const { weight, weights, rows } of lists)
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] as number;
        scores[row] = (scores[row] as number) + weight * (weights[i] as number);
      }
    for (let row = 0; row < segment.head.rows; row++) {
      const score = scores[row] as number;
      if (score > 0 && score >= best.least && score < below) best.add(score, at * MOST_ROWS + row);
    }
    giveMemory(memory);
    if (next !== undefined) scores.fill(0);
  }
  giveMemory(scores.buffer);
  return best.end();
}

/** A row of a segment and its score. */
export interface Place {
  readonly segment: number;
  readonly row: number;
  readonly score: number;
}

/** What these rows are, in any order. */
export async function candidatesAt(segments: readonly Segment[], places: readonly Place[]): Promise<Candidate[]> {
  const read = [...Map.groupBy(places, ({ segment }) => segment)].flatMap(([at, inSegment]) => {
    const segment = segments[at] as Segment;
    const starts = blockStarts(segment);
    return [...Map.groupBy(inSegment, ({ row }) => Math.floor(row / ROWS_A_BLOCK))].map(([block, inBlock]) =>
      readBlock(segment, starts[block] as number, block, inBlock),
    );
  });
  return (await Promise.all(read)).flat();
}

/** What was allocated is used again: searches at once take some megabytes each, which cost more to collect than to add up. */
const free: ArrayBuffer[] = [];
const MOST_FREE = 8;

function takeMemory(bytes: number): ArrayBuffer {
  const at = free.findIndex(({ byteLength }) => byteLength >= bytes);
  return at < 0 ? new ArrayBuffer(Math.max(bytes, 8 * MOST_ROWS)) : (free.splice(at, 1)[0] as ArrayBuffer);
}

function giveMemory(memory: ArrayBuffer): void {
  free.push(memory);
  // The smallest one goes: what a large query takes serves every other.
  if (free.length > MOST_FREE) free.sort((a, b) => b.byteLength - a.byteLength).pop();
}

interface Lists {
  readonly lists: readonly List[];
  /** Where they lie, to be given back. */
  readonly memory: ArrayBuffer;
}

/** The rows that have a token, and by what its weight in the query multiplies theirs. */
interface List {
  readonly weight: number;
  readonly weights: Float32Array;
  readonly rows: Uint16Array;
}

/** Those of the tokens of a query, in their order. */
async function readLists(segment: Segment, { ids, weights }: SparseVector): Promise<Lists> {
  const { head, starts, checked } = segment;
  const found = Array.from(ids, (token, at) => ({ slot: slotOf(head.tokens, token), weight: weights[at] as number })).filter(
    ({ slot }) => slot >= 0,
  );
  const sizes = found.map(({ slot }) => POSTING_BYTES * (head.counts[slot] as number));
  // Each begins where a 32-bit number may.
  const places = sizes.map(() => 0);
  for (let at = 1; at < places.length; at++) places[at] = 4 * Math.ceil(((places[at - 1] as number) + (sizes[at - 1] as number)) / 4);
  const memory = takeMemory((places.at(-1) ?? 0) + (sizes.at(-1) ?? 0));
  const lists = await Promise.all(
    found.map(async ({ slot, weight }, at) => {
      const [count, place] = [head.counts[slot] as number, places[at] as number];
      const bytes = new Uint8Array(memory, place, sizes[at]);
      await segment.read(bytes, starts[slot] as number);
      if (checked[slot] === 0) checkSum(segment, bytes, head.sums[slot]);
      checked[slot] = 1;
      return { weight, weights: new Float32Array(memory, place, count), rows: new Uint16Array(memory, place + 4 * count, count) };
    }),
  );
  return { lists, memory };
}

/** Where a number stands among others that ascend; -1 where it does not. */
function slotOf(tokens: Uint32Array, token: number): number {
  let [low, high] = [0, tokens.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((tokens[middle] as number) < token) low = middle + 1;
    else high = middle;
  }
  return tokens[low] === token ? low : -1;
}

/** Keeps the best `wanted` scores and what is equal to the last of them. */
function collector(wanted: number) {
  let [scores, places]: [number[], number[]] = [[], []];
  let [least, crowd] = [0, CROWDED * wanted + ROOM];
  const sortOut = (): void => {
    if (scores.length <= wanted) return;
    least = Float64Array.from(scores).sort()[scores.length - wanted] as number;
    const kept = [...scores.keys()].filter((at) => (scores[at] as number) >= least);
    [scores, places] = [kept.map((at) => scores[at] as number), kept.map((at) => places[at] as number)];
    // A tie may be long.
    crowd = Math.max(crowd, 2 * scores.length);
  };
  return {
    /** What is less is not wanted. */
    get least() {
      return least;
    },
    add: (score: number, place: number): void => {
      scores.push(score);
      places.push(place);
      if (scores.length >= crowd) sortOut();
    },
    end: (): Place[] => {
      sortOut();
      return places
        .map((place, at) => ({ segment: Math.floor(place / MOST_ROWS), row: place % MOST_ROWS, score: scores[at] as number }))
        .sort((a, b) => b.score - a.score);
    },
  };
}

function blockStarts({ head, starts }: Segment): Float64Array {
  const found = new Float64Array(head.blockBytes.length);
  let at = starts[head.tokens.length] as number;
  for (const [block, bytes] of head.blockBytes.entries()) {
    found[block] = at;
    at += bytes;
  }
  return found;
}

async function readBlock(segment: Segment, start: number, block: number, places: readonly Place[]): Promise<Candidate[]> {
  const { head } = segment;
  const bytes = new Uint8Array(head.blockBytes[block] as number);
  await segment.read(bytes, start);
  checkSum(segment, bytes, head.blockSums[block]);
  const rows = Math.min(ROWS_A_BLOCK, head.rows - block * ROWS_A_BLOCK);
  const words = new Uint32Array(bytes.buffer, 0, 3 * rows);
  const ids = Buffer.from(bytes.buffer, ROW_BYTES * rows);
  return places.map(({ row: place, score }) => {
    const row = place % ROWS_A_BLOCK;
    const begins = row === 0 ? 0 : words[2 * rows + row - 1];
    return {
      id: ids.toString('utf8', begins, words[2 * rows + row]),
      written: words[row] as number,
      at: words[rows + row] as number,
      score,
    };
  });
}
