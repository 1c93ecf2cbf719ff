/** An index on disk by its size: the origin of the constants in src/store/lancedb/lancedb.ts and lancedb/optimize.ts, and the bars of the store. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Compacted } from '../../src/store/lancedb/compact.ts';
import { type Child, startChild } from '../child.ts';
import { type Bar, fixed, median, quantile, type Table, times, type Workload } from '../report.ts';

export type Way = 'exact' | 'dense' | 'bm25' | 'hybrid';

export type StoreRequest =
  | { readonly do: 'add'; readonly from?: number }
  | { readonly do: 'ask'; readonly way: Way; readonly queries: number; readonly below?: number }
  | { readonly do: 'compact' | 'bytes' | 'texts' };

/** Milliseconds; bytes by which the folder grew. */
export interface AddAnswer {
  readonly processor: number;
  readonly clock: number;
  readonly bytes: number;
  readonly unchanged: number;
}

/** Processor milliseconds of each query; share of what the exact answers hold. */
export interface AskAnswer {
  readonly processor: readonly number[];
  readonly recall: number;
}

const LARGEST = 100_000;
/** From here on vectors are not all compared. */
const APPROXIMATE = 20_000;
const QUERIES = 25;
/** Comparing every vector of a million takes seconds: so many questions are enough to see how many. */
const SLOW_QUERIES = 10;
const SLOW = 100_000;
/** Up to this size figures are milliseconds; above, times those of a tenth of the documents. */
const IN_MILLISECONDS = 100_000;
/** Shares of the documents that fit a filter, and how many times the unfiltered search it may cost. */
const FILTERS = [
  { below: 0.1, most: 2 },
  { below: 0.01, most: 3 },
  { below: 0.001, most: 1.5 },
  { below: 0, most: 0.5 },
];
const ADDED = 20;

interface Sized {
  readonly documents: number;
  readonly added: AddAnswer;
  readonly peakMegabytes: number;
  readonly exact: AskAnswer;
  readonly dense: AskAnswer;
  readonly bm25: AskAnswer;
  readonly hybrid: AskAnswer;
}

export const store: Workload = {
  about:
    'an index on disk of up to 100,000 texts, or --texts, with vectors of 384 numbers of their own: adding, searching, filtering, disk',
  run: async ({ say, texts: count = LARGEST }) => {
    const sizes = [...new Set([Math.ceil(count / 100), Math.ceil(count / 10), Math.min(APPROXIMATE, count), count])].sort((a, b) => a - b);
    const parent = await mkdtemp(join(tmpdir(), 'finetooth-bench-'));
    const sized: Sized[] = [];
    try {
      for (const documents of sizes.slice(0, -1)) {
        const child = startChild('contenders/store.ts');
        sized.push(await measureSize(child, join(parent, `${documents}`), documents, say));
        await child.close();
        await rm(join(parent, `${documents}`), { recursive: true });
      }
      const child = startChild('contenders/store.ts');
      const folder = join(parent, 'largest');
      sized.push(await measureSize(child, folder, count, say));
      const largest = await measureLargest(child, folder, count, say);
      const texts = await child.ask<number>({ do: 'texts', folder, count });
      await child.close();
      return outcomeOf(sized, largest, texts);
    } finally {
      await rm(parent, { recursive: true, force: true });
    }
  },
};

const measureSize = async (child: Child, folder: string, documents: number, say: (line: string) => void): Promise<Sized> => {
  const ask = <T>(request: StoreRequest): Promise<T> => child.ask<T>({ ...request, folder, count: documents });
  say(`adding ${documents}`);
  const added = await ask<AddAnswer>({ do: 'add' });
  const { peakMegabytes } = await child.ask<{ readonly peakMegabytes: number }>('peak');
  say(`searching ${documents}`);
  const asked = (way: Way, queries = QUERIES) => ask<AskAnswer>({ do: 'ask', way, queries });
  const exact = await asked('exact', documents > SLOW ? SLOW_QUERIES : QUERIES);
  return { documents, added, peakMegabytes, exact, dense: await asked('dense'), bm25: await asked('bm25'), hybrid: await asked('hybrid') };
};

interface Largest {
  readonly filtered: readonly { readonly below: number; readonly most: number; readonly answer: AskAnswer }[];
  readonly again: AddAnswer;
  readonly single: readonly AddAnswer[];
  /** Bytes of the folder after the run, and after single documents were added. */
  readonly bytes: readonly [number, number];
  readonly compacted: Compacted;
}

const measureLargest = async (child: Child, folder: string, all: number, say: (line: string) => void): Promise<Largest> => {
  const ask = <T>(request: StoreRequest, count = all): Promise<T> => child.ask<T>({ ...request, folder, count });
  const filtered: Largest['filtered'][number][] = [];
  for (const { below, most } of FILTERS) {
    say(`a filter that ${100 * below} % fit`);
    filtered.push({ below, most, answer: await ask<AskAnswer>({ do: 'ask', way: 'dense', queries: QUERIES, below }) });
  }
  say('adding all again');
  const again = await ask<AddAnswer>({ do: 'add' });
  const first = await ask<number>({ do: 'bytes' });
  const single: AddAnswer[] = [];
  for (let at = 0; at < ADDED; at++) single.push(await ask<AddAnswer>({ do: 'add', from: all + at }, 1));
  const second = await ask<number>({ do: 'bytes' });
  say('compacting');
  return { filtered, again, single, bytes: [first, second], compacted: await ask<Compacted>({ do: 'compact' }) };
};

/** Exponent of the growth from one size to another: 1 is linear. */
const exponent = (small: Sized, large: Sized): number =>
  Math.log(large.added.processor / small.added.processor) / Math.log(large.documents / small.documents);

const outcomeOf = (sized: readonly Sized[], largest: Largest, texts: number) => {
  const last = sized.at(-1) as Sized;
  const from = texts === 0 ? 'words drawn from 50,000 by Zipf' : `${texts} texts of collections, then halves of two of them`;
  const total = last.documents;
  const tenth = sized.find(({ documents }) => documents === Math.ceil(total / 10)) as Sized;
  const perSecond = ({ documents, added }: Sized): number => documents / (added.processor / 1000);
  const adding: Table = {
    title: `adding, processor time; ${from}`,
    columns: [
      ...['documents', 'seconds', 'documents/s', 'exponent', 'peak, MB', 'dense exact, ms', 'dense, ms', 'exact / dense', 'recall@25'],
      ...['bm25, ms', 'hybrid, ms'],
    ],
    rows: sized.map((one, at) => [
      one.documents,
      fixed(one.added.processor / 1000),
      fixed(perSecond(one), 0),
      at === 0 ? '' : fixed(exponent(sized[at - 1] as Sized, one), 2),
      fixed(one.peakMegabytes, 0),
      fixed(median(one.exact.processor)),
      fixed(median(one.dense.processor)),
      times(median(one.exact.processor), median(one.dense.processor)),
      fixed(one.dense.recall, 3),
      fixed(median(one.bm25.processor)),
      fixed(median(one.hybrid.processor)),
    ]),
  };
  const unfiltered = median(last.dense.processor);
  const ways: readonly (readonly [string, AskAnswer])[] = [
    ['dense', last.dense],
    ['bm25', last.bm25],
    ['hybrid', last.hybrid],
    ...largest.filtered.map(({ below, answer }) => [`dense, a filter that ${100 * below} % fit`, answer] as const),
  ];
  const searching: Table = {
    title: `milliseconds of processor time of a search for 25 of ${total} documents, over ${QUERIES} queries`,
    columns: ['search', 'p50', 'p95', 'of dense', 'recall@25'],
    rows: ways.map(([way, { processor, recall }]) => [
      way,
      fixed(median(processor)),
      fixed(quantile(processor, 0.95)),
      times(median(processor), unfiltered),
      fixed(recall, 3),
    ]),
  };
  const singles = largest.single.map(({ processor }) => processor);
  const grown = median(largest.single.map(({ bytes }) => bytes));
  const [first, second] = largest.bytes;
  const { after } = largest.compacted;
  const writing: Table = {
    title: `writing to ${total} documents`,
    columns: ['what', 'processor', 'bytes', 'of the compacted folder'],
    rows: [
      ['all again, unchanged', `${fixed(largest.again.processor / 1000)} s`, largest.again.bytes, ''],
      ['one document more', `${fixed(median(singles))} ms`, grown, ''],
      ['the folder after the run', '', first, times(first, after)],
      [`the folder after ${ADDED} more`, '', second, times(second, after)],
    ],
  };
  const bar = (claim: string, got: number, digits: number, holds: boolean): Bar => ({ claim, got: fixed(got, digits), holds });
  const growth = exponent(tenth, last);
  const least = total > 3 * IN_MILLISECONDS ? 0.98 : 0.99;
  const speeds = (['dense', 'bm25', 'hybrid'] as const).map((way): Bar => {
    const [now, before] = [median(last[way].processor), median(tenth[way].processor)];
    if (total <= IN_MILLISECONDS) return bar(`${way}: at most 20 ms`, now, 1, now <= 20);
    return bar(`${way}: at most 3 times as long as in ${tenth.documents}`, now / before, 2, now <= 3 * before);
  });
  const bars = [
    bar('adding: at least 5,000 documents a second', perSecond(last), 0, perSecond(last) >= 5000),
    bar(`adding: exponent from ${tenth.documents} to ${total} at most 1.05`, growth, 2, growth <= 1.05),
    bar('adding: at most 1,500 MB', last.peakMegabytes, 0, last.peakMegabytes <= 1500),
    ...speeds,
    ...ways.map(([way, { recall }]) => bar(`${way}: recall@25 at least ${least}`, recall, 3, recall >= least)),
    ...largest.filtered.map(({ below, most, answer }) => {
      const ratio = median(answer.processor) / unfiltered;
      return bar(`a filter that ${100 * below} % fit: at most ${most} times the unfiltered search`, ratio, 2, ratio <= most);
    }),
    bar('one document more: at most 50 ms', median(singles), 1, median(singles) <= 50),
    bar('one document more: at most 100,000 bytes', grown, 0, grown <= 100_000),
    bar('all again: at most 30 µs a document', (1000 * largest.again.processor) / total, 1, 1000 * largest.again.processor <= 30 * total),
    bar('the folder: at most 1.3 times its data', Math.max(first, second) / after, 2, Math.max(first, second) <= 1.3 * after),
  ];
  return { tables: [adding, searching, writing], bars, raw: { texts, sized, largest } };
};
