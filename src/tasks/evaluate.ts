import { join } from 'node:path';
import { checkRerankers } from '../assemble/pipelines.ts';
import { checkNoReranker } from '../assemble/reranker.ts';
import { FinetoothError } from '../errors.ts';
import { checkCollection } from '../eval/checks/check-collection.ts';
import type { CollectionChecks } from '../eval/checks/findings.ts';
import type { JudgmentSet } from '../eval/judgment-file.ts';
import { checkJudgments } from '../eval/measures/judgments.ts';
import { defaultMeasures, type Measure, parseMeasures } from '../eval/measures/measure.ts';
import { type AssembleOptions, assembleReport, type Measured } from '../eval/report/assemble.ts';
import { parseGate } from '../eval/report/gate.ts';
import { readReport } from '../eval/report/read-report.ts';
import type { EvalReport } from '../eval/report/report.ts';
import { keyOf, openJournal } from '../eval/systems/journal.ts';
import { measureRunFile, measureSystem, namesOfRuns } from '../eval/systems/measured.ts';
import { runSystemOver } from '../eval/systems/run-system-over.ts';
import type { SystemAnswer } from '../eval/systems/system.ts';
import { hashFile } from '../fetch/checksums.ts';
import { readDocuments } from '../read/read.ts';
import { checkCount } from '../search/check.ts';
import { defaultPipeline, type Pipeline } from '../search/pipeline.ts';
import type { SearchIndex } from '../search/search-index.ts';
import { defaultFields, textOf } from '../text/recipe.ts';
import { checkOptions } from '../wording/check-options.ts';
import { packageVersion } from '../wording/package-version.ts';
import { type FoundSet, findTestSet, workFolderOf } from './eval-data.ts';
import { type EvaluateOptions, evaluateChecks } from './eval-options.ts';
import { type Systems, systemsOverIndex, systemsOverRun } from './eval-systems.ts';

/**
 * What is compared when no one names pipelines: the first stage of `search` with the others, and with what reranking adds.
 *
 * @example
 * import { comparedPipelines } from 'finetooth/tasks';
 *
 * console.log(comparedPipelines.map(({ name }) => name).join('; ')); // dense; bm25; hybrid; dense, reranked; hybrid, reranked
 */
export const comparedPipelines: readonly Pipeline[] = [
  { ...defaultPipeline, name: 'dense', candidates: 100, reranker: null },
  { ...defaultPipeline, name: 'bm25', firstStage: 'bm25', candidates: 100, reranker: null },
  { ...defaultPipeline, name: 'hybrid', firstStage: 'hybrid', candidates: 100, reranker: null },
  { ...defaultPipeline, name: 'dense, reranked', candidates: 100 },
  { ...defaultPipeline, name: 'hybrid, reranked', firstStage: 'hybrid', candidates: 100 },
];

/** What is compared over the candidates of a run. */
export const comparedOverRun: readonly Pipeline[] = [
  { ...defaultPipeline, name: 'first stage', candidates: 100, reranker: null },
  { ...defaultPipeline, name: 'reranked', candidates: 100 },
];

/**
 * Measures pipelines and finished runs on one set of judged queries and compares them. Work that a kill cut off is taken up where it was.
 *
 * @example
 * import { toText } from 'finetooth/eval';
 * import { evaluate } from 'finetooth/tasks';
 *
 * const report = await evaluate({ data: './films', gates: ['nDCG@10 >= 0.6'] });
 * console.log(toText(report));
 * process.exitCode = report.gates.every(({ passed }) => passed) ? 0 : 1;
 *
 * @throws E_USAGE for options that do not fit together, E_JUDGMENTS for judgments of another collection, and what reading and searching throw.
 * A query that fails is in `failures` of its pipeline and counts as 0; a gate that does not hold is in `gates`.
 */
export async function evaluate(options: EvaluateOptions = {}): Promise<EvalReport> {
  checkOptions('evaluate', options, evaluateChecks);
  return evaluateFound(options, () => findTestSet(options));
}

/** The same over an index that is open, of judgments that are at hand. Throws as `evaluate` does. */
export async function evaluateJudged(
  options: EvaluateOptions & { readonly in: SearchIndex },
  { queries, judgments }: JudgmentSet,
): Promise<EvalReport> {
  checkOptions('evaluate', options, evaluateChecks);
  checkJudgments(judgments, 'what was judged');
  return evaluateFound(options, async () => ({ queries, judgments, files: [] }));
}

async function evaluateFound(options: EvaluateOptions, find: () => Promise<FoundSet>): Promise<EvalReport> {
  const { runs = [], firstStageRun, seed = 20, resamples = 10_000, dropEmpty = false, cutOffs = [10, 25, 50, 100] } = options;
  for (const cutOff of cutOffs) checkCount('cutOffs', cutOff, 1, 10_000);
  const gates = (options.gates ?? []).map(parseGate);
  const measures = measuresOf(options);
  const compared = firstStageRun === undefined ? comparedPipelines : comparedOverRun;
  const named = options.pipelines ?? (runs.length > 0 && firstStageRun === undefined && options.in === undefined ? [] : compared);
  const pipelines = withSettings(named, options);
  checkRerankers(pipelines, options.rerankers, options.models);
  const set = await find();
  const measured: Measured[] = [];
  const warnings: string[] = [];
  const names = namesOfRuns(runs);
  for (const [at, path] of runs.entries()) {
    options.onProgress?.({ what: `measuring ${path}`, done: at, total: runs.length, unit: 'run' });
    const one = await measureRunFile(path, names[at] as string, set.judgments, measures, {
      dropEmpty,
      signal: options.signal,
    });
    measured.push(one.measured);
    warnings.push(...one.warnings);
  }
  if (pipelines.length > 0) {
    const rising = [...new Set(cutOffs)].sort((a, b) => a - b);
    await using systems = await (firstStageRun === undefined
      ? systemsOverIndex(options, set, pipelines, rising)
      : systemsOverRun(options, set, pipelines, rising));
    warnings.push(...systems.warnings);
    measured.push(...(await measureSystems(systems, set, measures, options)));
  }
  const checked = options.checks === false || set.corpus === undefined ? undefined : await checksOf(set.corpus, set, options);
  warnings.push(...(checked?.warnings ?? []));
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
    checks: checked,
    data: options.data,
    // Kilobytes, on every system.
    peakMemory: process.resourceUsage().maxRSS * 1024,
    version: packageVersion(),
  });
}

/** The primary measure first, then the others, then what only a gate asks for. */
function measuresOf(options: EvaluateOptions): readonly Measure[] {
  const measures = new Map(parseMeasures(options.measures ?? defaultMeasures).map((one) => [one.name, one]));
  for (const { quantity } of (options.gates ?? []).map(parseGate))
    if (quantity.kind === 'measure' && !measures.has(quantity.measure.name)) measures.set(quantity.measure.name, quantity.measure);
  return [...measures.values()];
}

/** The pipelines, those that rerank with the settings that are for all of them and that they do not name themselves. */
function withSettings(pipelines: readonly Pipeline[], { calibration, fallback, strict, scoreCache }: EvaluateOptions): readonly Pipeline[] {
  if (pipelines.every(({ reranker }) => reranker === null)) checkNoReranker({ calibration, fallback, strict, scoreCache });
  else if (strict && fallback === undefined && pipelines.every((one) => one.fallback === undefined))
    throw new FinetoothError('E_USAGE', (say) => `${say.option('strict')} forbids fallbacks, and there is none.`);
  return pipelines.map((one) => {
    if (one.reranker === null) return one;
    const behind = one.fallback ?? fallback;
    const settings = { ...one, calibration: one.calibration ?? calibration, fallback: behind };
    return behind === undefined ? settings : { ...settings, strict: one.strict ?? strict };
  });
}

/** Asks every system every query, each with its own journal, and gives back what is measured. */
async function measureSystems(
  { systems }: Systems,
  set: FoundSet,
  measures: readonly Measure[],
  options: EvaluateOptions,
): Promise<Measured[]> {
  const { signal, onProgress, dropEmpty = false } = options;
  const measured: Measured[] = [];
  for (const system of systems) {
    // The pipeline names the file; what is in it may change.
    const { calibration } = system.pipeline;
    const fit = calibration === undefined ? '' : await hashFile(calibration, signal);
    const path = join(
      workFolderOf(options),
      `answers-${keyOf(packageVersion(), system.fingerprint, fit, JSON.stringify([...set.queries]))}.jsonl`,
    );
    const journal = await openJournal<SystemAnswer>(path);
    try {
      const run = await runSystemOver(system, [...set.judgments.keys()], (query) => set.queries.get(query), {
        journal,
        signal,
        onProgress: (progress) => onProgress?.({ ...progress, what: system.name }),
      });
      measured.push(measureSystem(system, run, set.judgments, measures, { dropEmpty }));
      await journal.remove();
    } finally {
      await journal.close();
    }
  }
  return measured;
}

/** Looks for leaks and near-duplicates in the texts that are searched. */
function checksOf(
  corpus: string,
  { queries, judgments }: FoundSet,
  { fields, signal, onProgress }: EvaluateOptions,
): Promise<CollectionChecks> {
  const call = { signal };
  const texts = async function* () {
    let done = 0;
    for await (const { document } of readDocuments(corpus, call)) {
      if (done % 1000 === 0) onProgress?.({ what: 'looking for leaks and duplicates', done, unit: 'document' });
      done++;
      yield { id: String(document._id ?? document.id), text: textOf(document, fields ?? defaultFields(document)) };
    }
  };
  return checkCollection({ documents: texts(), queries, judgments }, call);
}

const usage = (sentence: string): FinetoothError => new FinetoothError('E_USAGE', sentence);

async function baselineOf({ baseline, signal }: EvaluateOptions, names: readonly string[]): Promise<Pick<AssembleOptions, 'baseline'>> {
  if (baseline === undefined) return {};
  if (names.includes(baseline)) return { baseline: { pipeline: baseline } };
  return { baseline: { report: await readReport(baseline, { signal }), name: baseline } };
}
