import { availableParallelism, totalmem } from 'node:os';
import { bytesPerWeight } from '../model/catalog/bytes-per-weight.ts';
import { catalog } from '../model/catalog/catalog.ts';
import { asCrossEncoder } from '../model/catalog/kind.ts';
import type { ModelEntry } from '../model/catalog/model-entry.ts';
import { openCrossEncoder } from '../model/cross-encoder.ts';
import { type ResolveOptions, resolveModel } from '../model/files.ts';
import { megabytesOf } from '../model/run/open-pool.ts';
import { checkOptions, list, oneOf, signal, text, truth, whole } from '../wording/check-options.ts';
import { headline, isFree, readsAll } from './model-quality.ts';

export const textKinds = ['prose', 'code', 'long'] as const;

export interface RecommendOptions extends Pick<ResolveOptions, 'cacheFolder' | 'folder' | 'offline' | 'signal'> {
  /** ISO 639-1 codes of what will be searched. @default ['en'] */
  readonly languages?: readonly string[];
  /** `code`: models whose authors publish figures for it; `long`: windows of 2,048 tokens and more. @default prose */
  readonly kind?: (typeof textKinds)[number];
  /** Megabytes that models may take. 64 to 1,000,000. @default half of what this machine has */
  readonly maxMemory?: number;
  /** Measure how fast the bundled reranker is here, in about ten seconds. @default false: times are left out */
  readonly measure?: boolean;
}

export interface Recommendation {
  readonly pick: 'fast' | 'balanced' | 'best';
  readonly task: 'embed' | 'rerank';
  readonly name: string;
  /** Millions. */
  readonly parameters: number;
  readonly licence: string;
  /** Megabytes of one worker, about. */
  readonly megabytes: number;
  /** Its published figure; absent where none is known. */
  readonly quality?: { readonly set: string; readonly measure: string; readonly value: number };
  /** Milliseconds for 25 candidates of 128 tokens on all processors here, by its size and what the bundled reranker was measured to take; only of rerankers, where measured. */
  readonly milliseconds?: number;
}

export interface RecommendReport {
  readonly languages: readonly string[];
  readonly kind: (typeof textKinds)[number];
  /** Megabytes that models may take. */
  readonly maxMemory: number;
  /** Pairs a second of the bundled reranker, 128 tokens each; absent unless it was measured. */
  readonly pairsPerSecond?: number;
  readonly picks: readonly Recommendation[];
}

/** Model cards that publish figures for code. */
const knowsCode = new Set(['gte-reranker-modernbert-base', 'qwen3-reranker-0.6b', 'nomic-embed-text-v1.5']);

/** Millions of parameters of the bundled reranker without its table of 30,522 words of 384 numbers. */
const BUNDLED = 21.7;

/** Tokens of a pair that is timed, about, and pairs. */
const PAIR_TOKENS = 128;
const PAIRS = 40;
const LIST = 25;
/** Weights of 32 bits are taken to need so many times as long as those of 8: an assumption, which --measure-here does not test. */
const FULL_PRECISION = 2;

/**
 * Three rerankers and three embedders, fast, balanced and best, for languages, a kind of text and this machine. Nothing is fetched.
 *
 * @example
 * import { recommendModels } from 'finetooth/tasks';
 *
 * const { picks } = await recommendModels({ languages: ['de', 'en'], maxMemory: 2000 }); // megabytes
 * console.log(picks.filter(({ task }) => task === 'rerank').map(({ pick, name }) => `${pick}: ${name}`).join(', '));
 */
export async function recommendModels(options: RecommendOptions = {}): Promise<RecommendReport> {
  checkOptions<RecommendOptions>('recommendModels', options, {
    languages: list,
    kind: oneOf(textKinds),
    maxMemory: whole(64, 1_000_000),
    measure: truth,
    cacheFolder: text,
    folder: text,
    offline: truth,
    signal,
  });
  const { languages = ['en'], kind = 'prose', measure = false } = options;
  const maxMemory = options.maxMemory ?? Math.round(totalmem() / 2e6);
  const fitting = catalog.filter(
    (entry) =>
      isFree(entry) && readsAll(entry, languages) && suits(entry, kind) && megabytesFor(entry) <= maxMemory && isFirstOfItsWeights(entry),
  );
  const pairsPerSecond = measure ? await measured(options) : undefined;
  const tasks = [
    ['embed', 'bi-encoder'],
    ['rerank', 'cross-encoder'],
  ] as const;
  const picks = tasks.flatMap(([task, of]) =>
    threeOf(fitting.filter((entry) => entry.kind === of)).map(([pick, entry]): Recommendation => {
      const quality = headline(entry);
      return {
        pick,
        task,
        name: entry.name,
        parameters: entry.parameters,
        licence: entry.licence,
        megabytes: Math.round(megabytesFor(entry)),
        ...(quality !== undefined && { quality: { set: quality.set, measure: quality.measure, value: quality.value } }),
        ...(pairsPerSecond !== undefined &&
          task === 'rerank' && { milliseconds: Math.round((LIST / pairsPerSecond) * 1000 * workIn(entry)) }),
      };
    }),
  );
  return { languages, kind, maxMemory, ...(pairsPerSecond !== undefined && { pairsPerSecond: Math.round(pairsPerSecond) }), picks };
}

const suits = (entry: ModelEntry, kind: (typeof textKinds)[number]): boolean =>
  kind === 'long' ? entry.maxTokens >= 2048 : kind === 'code' ? knowsCode.has(entry.name) : true;

/** Where the catalogue has weights twice, the smaller file is meant. */
const isFirstOfItsWeights = ({ name }: ModelEntry): boolean =>
  !name.endsWith('-fp32') || !catalog.some((other) => `${other.name}-fp32` === name);

const megabytesFor = ({ parameters, precision }: ModelEntry): number => megabytesOf([[parameters * bytesPerWeight[precision] * 1e6, 1]]);

/** How much longer than the bundled reranker it takes for the same tokens: by what is multiplied, without the table of words. */
const workIn = (entry: ModelEntry): number => {
  const multiplied = entry.multiplied ?? entry.parameters * (entry.languages.includes('multilingual') ? 0.5 : 0.65);
  return (multiplied / BUNDLED) * (entry.precision === 'int8' ? 1 : FULL_PRECISION);
};

/** The best, the one that has most quality for its size, and the smallest that is better than every smaller one. */
function threeOf(entries: readonly ModelEntry[]): readonly (readonly ['fast' | 'balanced' | 'best', ModelEntry])[] {
  const qualityOf = (entry: ModelEntry): number => headline(entry)?.value ?? 0;
  const known = entries.filter((entry) => headline(entry) !== undefined);
  const bySize = (known.length >= 3 ? known : entries).toSorted(
    (a, b) => a.parameters * bytesPerWeight[a.precision] - b.parameters * bytesPerWeight[b.precision],
  );
  // Each one that is better than all smaller ones: nobody should take another.
  const worth = bySize.filter((entry, at) => bySize.slice(0, at).every((smaller) => qualityOf(smaller) < qualityOf(entry)));
  const chosen = known.length > 0 ? worth : bySize;
  const [first, last] = [chosen[0], chosen.at(-1)];
  if (first === undefined || last === undefined) return [];
  const middle = chosen[Math.floor((chosen.length - 1) / 2)] as ModelEntry;
  return [
    ['fast', first],
    ['balanced', middle],
    ['best', last],
  ];
}

async function measured(options: RecommendOptions): Promise<number> {
  const { cacheFolder, folder, offline, signal: raised } = options;
  const files = asCrossEncoder(await resolveModel('ms-marco-minilm-l-12-v2', { cacheFolder, folder, offline, signal: raised }));
  const encoder = openCrossEncoder(files, { threads: Math.min(availableParallelism(), 8) });
  try {
    // Words of one token each.
    const pair = 'the boat left the harbour before the storm came over the sea '.repeat(Math.ceil(PAIR_TOKENS / 12));
    const texts = Array.from({ length: PAIRS }, (_, i) => `${i} ${pair}`);
    await encoder.score('which boat', texts.slice(0, 4), { signal: raised });
    const started = performance.now();
    await encoder.score('which boat', texts, { signal: raised });
    return (PAIRS * 1000) / (performance.now() - started);
  } finally {
    await encoder.close();
  }
}
