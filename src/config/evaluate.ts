import { createRequire } from 'node:module';
import { join } from 'node:path';
import { FinetoothError } from '../errors.ts';
import { type AssembleOptions, assembleReport, type Measured } from '../eval/assemble.ts';
import { fileBeside, readCorpus } from '../eval/collection.ts';
import { parseGate } from '../eval/gate.ts';
import { keyOf, openJournal } from '../eval/journal.ts';
import { inOrder } from '../eval/judged-ranking.ts';
import { defaultMeasures, type Measure, parseMeasures } from '../eval/measure.ts';
import { measureRunFile, measureSystem, namesOfRuns } from '../eval/measured.ts';
import { readReport } from '../eval/read-report.ts';
import type { EvalReport } from '../eval/report.ts';
import { readRun } from '../eval/run-file.ts';
import { runSystemOver } from '../eval/run-system.ts';
import { indexSystem, runSystem, type System, type SystemAnswer } from '../eval/system.ts';
import { cacheFolder } from '../model/cache-folder.ts';
import { hashFile } from '../model/checksums.ts';
import { checkCount } from '../search/check.ts';
import { defaultPipeline, type Pipeline } from '../search/pipeline.ts';
import { defaultFields } from '../text/recipe.ts';
import type { Document, Progress } from '../types.ts';
import { type DataOptions, type FoundSet, findTestSet } from './eval-data.ts';
import { openEvalIndex } from './eval-index.ts';
import { lateInteraction, openModel } from './parts.ts';
import { rerankersOf } from './pipelines.ts';

export interface EvaluateOptions extends DataOptions {
  /** Runs that somebody else made, each an entry of the report. */
  readonly runs?: readonly string[];
  /** @default `comparedPipelines` when there are no runs */
  readonly pipelines?: readonly Pipeline[];
  /** Candidates from this run instead of a first stage of our own. */
  readonly firstStageRun?: string;
  /** An index that exists, instead of one made of the documents of `data`. */
  readonly in?: string;
  /** Fields that make the text of a document. @default as for `openIndex` */
  readonly fields?: readonly string[];
  readonly embedder?: string;
  /** ir-measures names with commas between; the first is the primary one. @default defaultMeasures */
  readonly measures?: string;
  /** Numbers of candidates in the cut-off table, 1 to 10,000; none for no table. @default 10, 25, 50, 100 */
  readonly cutOffs?: readonly number[];
  /** Leave out judged queries without a relevant document. @default false */
  readonly dropEmpty?: boolean;
  /** Such as `nDCG@10 >= 0.62`, see docs/evaluation.md. */
  readonly gates?: readonly string[];
  /** The name of one of the pipelines, or the path of an earlier report in JSON. @default the first entry */
  readonly baseline?: string;
  /** 0 to 4,294,967,295. @default 20 */
  readonly seed?: number;
  /** Resamples of every interval and test, 100 to 1,000,000. @default 10,000 */
  readonly resamples?: number;
  /** Look for leaks and near-duplicates between queries and documents. @default true */
  readonly checks?: boolean;
  /** Where the index of `data` and the answers of a run that was killed are kept. @default `eval` in the cache folder */
  readonly workFolder?: string;
  readonly onProgress?: (progress: Progress & { readonly what: string }) => void;
}

/** What is compared when nobody names pipelines: each first stage alone, and what reranking adds. */
export const comparedPipelines: readonly Pipeline[] = [
  { ...defaultPipeline, name: 'bm25', firstStage: 'bm25', candidates: 100, reranker: null },
  { ...defaultPipeline, name: 'dense', candidates: 100, reranker: null },
  { ...defaultPipeline, name: 'hybrid', firstStage: 'hybrid', candidates: 100, reranker: null },
  { ...defaultPipeline, name: 'dense, reranked', candidates: 100 },
  { ...defaultPipeline, name: 'hybrid, reranked', firstStage: 'hybrid', candidates: 100 },
];

/** What is compared over the candidates of a run. */
export const comparedOverRun: readonly Pipeline[] = [
  { ...defaultPipeline, name: 'first stage', candidates: 100, reranker: null },
  { ...defaultPipeline, name: 'reranked', candidates: 100 },
];

const versionOfPackage = (): string => (createRequire(import.meta.url)('finetooth/package.json') as { version: string }).version;

const usage = (sentence: string): FinetoothError => new FinetoothError('E_USAGE', sentence);

/** The primary measure first, then the others, then what only a gate asks for. */
const measuresOf = (options: EvaluateOptions): readonly Measure[] => {
  const measures = new Map(parseMeasures(options.measures ?? defaultMeasures).map((one) => [one.name, one]));
  for (const { quantity } of (options.gates ?? []).map(parseGate))
    if (quantity.kind === 'measure' && !measures.has(quantity.measure.name)) measures.set(quantity.measure.name, quantity.measure);
  return [...measures.values()];
};

const firstOf = (documents: ReadonlyMap<string, Document>): Document => documents.values().next().value ?? {};

interface Systems extends AsyncDisposable {
  readonly systems: readonly System[];
  readonly warnings: readonly string[];
}

const systemsOverRun = async (
  options: EvaluateOptions,
  set: FoundSet,
  pipelines: readonly Pipeline[],
  cutOffs: readonly number[],
): Promise<Systems> => {
  const { signal, fields } = options;
  const reading = signal === undefined ? {} : { signal };
  const path = fileBeside(set.folder ?? '.', options.firstStageRun as string);
  const run = await readRun(path, reading);
  const lists = new Map(
    [...run].filter(([query]) => set.judgments.has(query)).map(([query, list]) => [query, inOrder(query, list).map(({ id }) => id)]),
  );
  if (lists.size === 0)
    throw new FinetoothError(
      'E_JUDGMENTS',
      `none of the ${run.size} queries of ${path} is judged: run and judgments are of different collections.`,
    );
  const wanted = new Set([...lists.values()].flat());
  const needsText = pipelines.some(({ reranker }) => reranker !== null);
  if (needsText && set.corpus === undefined)
    throw usage('reranking a run needs the texts of its documents: name a folder with corpus.jsonl as --data.');
  const documents = needsText
    ? await readCorpus(set.corpus as string, { ...reading, wanted: (id) => wanted.has(id) })
    : new Map<string, Document>();
  const reranker = needsText ? lateInteraction(await openModel(options.embedder, options.models)) : null;
  const described = { fingerprint: await hashFile(path, signal), lists, document: (id: string) => documents.get(id) };
  const read = fields ?? defaultFields(firstOf(documents));
  return {
    systems: pipelines.map((pipeline) =>
      runSystem(described, pipeline, pipeline.rankFields ?? read, { rerankers: rerankersOf(pipeline, () => reranker), cutOffs }),
    ),
    warnings: [],
    [Symbol.asyncDispose]: async () => reranker?.close?.(),
  };
};

const systemsOverIndex = async (
  options: EvaluateOptions,
  set: FoundSet,
  pipelines: readonly Pipeline[],
  cutOffs: readonly number[],
  workFolder: string,
): Promise<Systems> => {
  const { signal, fields, embedder, models, onProgress } = options;
  const index = await openEvalIndex({
    workFolder,
    ...(signal === undefined ? {} : { signal }),
    ...(options.in === undefined ? {} : { in: options.in }),
    ...(set.corpus === undefined ? {} : { corpus: set.corpus }),
    ...(fields === undefined ? {} : { fields }),
    ...(embedder === undefined ? {} : { embedder }),
    ...(models === undefined ? {} : { models }),
    onProgress: (progress) => onProgress?.({ ...progress, what: 'indexing' }),
  });
  try {
    const judged = [
      ...new Set([...set.judgments.values()].flatMap((grades) => [...grades].filter(([, grade]) => grade > 0).map(([id]) => id))),
    ];
    let there = 0;
    for await (const _ of index.store.read(judged)) there++;
    if (there === 0)
      throw new FinetoothError(
        'E_JUDGMENTS',
        `none of the ${judged.length} relevant documents (such as "${judged[0]}") is in ${options.in ?? set.corpus}: judgments and documents are of different collections.`,
      );
    const missing = judged.length - there;
    await index.embedder().warm?.();
    return {
      systems: pipelines.map((pipeline) =>
        indexSystem(index, pipeline, { rerankers: rerankersOf(pipeline, () => index.reranker()), cutOffs }),
      ),
      warnings:
        missing === 0
          ? []
          : [`${missing} of the ${judged.length} relevant documents are not in ${options.in ?? set.corpus}: no pipeline can find them.`],
      [Symbol.asyncDispose]: () => index.close(),
    };
  } catch (error) {
    await index.close();
    throw error;
  }
};

/** Asks every system every query, each with its own journal, and gives back what is measured. */
const measureSystems = async (
  { systems }: Systems,
  set: FoundSet,
  measures: readonly Measure[],
  options: EvaluateOptions,
  workFolder: string,
): Promise<Measured[]> => {
  const { signal, onProgress, dropEmpty = false } = options;
  const measured: Measured[] = [];
  for (const system of systems) {
    const path = join(workFolder, `answers-${keyOf(versionOfPackage(), system.fingerprint, JSON.stringify([...set.queries]))}.jsonl`);
    const journal = await openJournal<SystemAnswer>(path);
    try {
      const run = await runSystemOver(system, [...set.judgments.keys()], (query) => set.queries.get(query), {
        journal,
        ...(signal === undefined ? {} : { signal }),
        onProgress: (progress) => onProgress?.({ ...progress, what: system.name }),
      });
      measured.push(measureSystem(system, run, set.judgments, measures, { dropEmpty }));
      await journal.remove();
    } finally {
      await journal.close();
    }
  }
  return measured;
};

const baselineOf = async ({ baseline, signal }: EvaluateOptions, names: readonly string[]): Promise<Pick<AssembleOptions, 'baseline'>> => {
  if (baseline === undefined) return {};
  if (names.includes(baseline)) return { baseline: { pipeline: baseline } };
  return { baseline: { report: await readReport(baseline, signal === undefined ? {} : { signal }), name: baseline } };
};

/**
 * Measures pipelines and finished runs on one set of judged queries and compares them. Work that a kill cut off is taken up where it was.
 *
 * @throws E_USAGE for options that do not fit together, E_JUDGMENTS for judgments of another collection, and what reading and searching throw.
 * A query that fails is in `failures` of its pipeline and counts as 0; a gate that does not hold is in `gates`.
 */
export const evaluate = async (options: EvaluateOptions): Promise<EvalReport> => {
  const { runs = [], firstStageRun, seed = 20, resamples = 10_000, dropEmpty = false, cutOffs = [10, 25, 50, 100] } = options;
  checkCount('resamples', resamples, 100, 1_000_000);
  checkCount('seed', seed, 0, 2 ** 32 - 1);
  for (const cutOff of cutOffs) checkCount('cutOffs', cutOff, 1, 10_000);
  const gates = (options.gates ?? []).map(parseGate);
  const measures = measuresOf(options);
  const compared = firstStageRun === undefined ? comparedPipelines : comparedOverRun;
  const pipelines = options.pipelines ?? (runs.length > 0 && firstStageRun === undefined && options.in === undefined ? [] : compared);
  const set = await findTestSet(options);
  const workFolder = options.workFolder ?? join(cacheFolder(process.env), 'eval');
  const measured: Measured[] = [];
  const warnings: string[] = [];
  const names = namesOfRuns(runs);
  for (const [at, path] of runs.entries()) {
    options.onProgress?.({ what: `measuring ${path}`, done: at, total: runs.length, unit: 'run' });
    const one = await measureRunFile(path, names[at] as string, set.judgments, measures, {
      dropEmpty,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    measured.push(one.measured);
    warnings.push(...one.warnings);
  }
  if (pipelines.length > 0) {
    const rising = [...new Set(cutOffs)].sort((a, b) => a - b);
    await using systems = await (firstStageRun === undefined
      ? systemsOverIndex(options, set, pipelines, rising, workFolder)
      : systemsOverRun(options, set, pipelines, rising));
    warnings.push(...systems.warnings);
    measured.push(...(await measureSystems(systems, set, measures, options, workFolder)));
  }
  const all = measured.map(({ name }) => name);
  const twice = all.find((name, at) => all.indexOf(name) !== at);
  if (twice !== undefined) throw usage(`two entries are called "${twice}": give the pipeline another name.`);
  return assembleReport({
    measured,
    judgments: set.judgments,
    textOf: (query) => set.queries.get(query),
    dropEmpty,
    chance: { seed, resamples, confidence: 0.95 },
    gates,
    ...(await baselineOf(options, all)),
    warnings,
    ...(options.data === undefined ? {} : { data: options.data }),
    // Kilobytes, on every system.
    peakMemory: process.resourceUsage().maxRSS * 1024,
    version: versionOfPackage(),
  });
};
