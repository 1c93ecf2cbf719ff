import { rerankerPlanOf } from '../assemble/pipelines.ts';
import { createRerankerBuilder } from '../assemble/reranker.ts';
import type { Embedder } from '../embed/embedder.ts';
import { FinetoothError } from '../errors.ts';
import { fileBeside, readCorpus } from '../eval/collection.ts';
import { inOrder } from '../eval/measures/judged-ranking.ts';
import { readRun } from '../eval/measures/run-file.ts';
import { indexSystem, runSystem, type System } from '../eval/systems/system.ts';
import { hashFile } from '../fetch/checksums.ts';
import { looksHosted } from '../hosted/vendors/index.ts';
import type { Reranker } from '../rerank/reranker.ts';
import type { RerankerPart, RerankerSettings } from '../rerank/reranker-plan.ts';
import { asksEmbedder } from '../search/first-stage.ts';
import type { Pipeline } from '../search/pipeline.ts';
import type { Document } from '../types.ts';
import { type LetterReader, watchLetters } from '../wording/letter-notes.ts';
import type { FoundSet } from './eval-data.ts';
import { openEvalIndex, stateOf } from './eval-index.ts';
import type { EvaluateOptions } from './eval-options.ts';

export interface Systems extends AsyncDisposable {
  readonly systems: readonly System[];
  readonly warnings: readonly string[];
}

const cachedNote = 'scores were taken from a cache: the times and tokens of reranking are not those of scoring.';

/** Pipelines over the candidates of a run. Throws E_JUDGMENTS for a run of other queries. */
export async function systemsOverRun(
  options: EvaluateOptions,
  set: FoundSet,
  pipelines: readonly Pipeline[],
  cutOffs: readonly number[],
): Promise<Systems> {
  const { signal, fields } = options;
  const reading = { signal };
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
  const needsText = pipelines.some(({ reranker, filter }) => reranker !== null || filter !== undefined);
  if (needsText && set.corpus === undefined)
    throw new FinetoothError(
      'E_USAGE',
      (say) => `reranking or filtering a run needs its documents: name a folder with corpus.jsonl as ${say.option('data')}.`,
    );
  const documents = needsText
    ? await readCorpus(set.corpus as string, { ...reading, wanted: (id) => wanted.has(id) })
    : new Map<string, Document>();
  const builder = createRerankerBuilder({ embedder: options.embedder, models: options.models });
  const rerankers = rerankersFor(options, builder.build);
  const described = { fingerprint: await hashFile(path, signal), lists, document: (id: string) => documents.get(id) };
  const built = await Promise.all(pipelines.map((pipeline) => rerankers.of(pipeline)));
  return {
    systems: pipelines.map((pipeline, at) =>
      runSystem(described, { ...pipeline, types: pipeline.types ?? options.types }, pipeline.rankFields ?? fields, {
        reranker: built[at] as Reranker | null,
        cutOffs: affordable(options, pipeline, cutOffs),
      }),
    ),
    warnings: [...rerankers.warnings, ...unreadQueries(set, built)],
    [Symbol.asyncDispose]: async () => {
      await rerankers.close();
      await builder.close();
    },
  };
}

/** Pipelines over an index, each over that of its own embedder. Throws E_JUDGMENTS when one holds none of the relevant documents. */
export async function systemsOverIndex(
  options: EvaluateOptions,
  set: FoundSet,
  pipelines: readonly Pipeline[],
  cutOffs: readonly number[],
): Promise<Systems> {
  const embedders = [...new Set(pipelines.map(({ embedder }) => embedder ?? options.embedder))];
  const opened: Systems[] = [];
  const close = async (): Promise<void> => {
    for (const one of opened) await one[Symbol.asyncDispose]();
  };
  try {
    for (const embedder of embedders) {
      const own = pipelines.filter((one) => (one.embedder ?? options.embedder) === embedder);
      opened.push(await systemsOverOne({ ...options, embedder }, set, own, cutOffs));
    }
  } catch (error) {
    await close();
    throw error;
  }
  const all = opened.flatMap(({ systems }) => systems);
  return {
    systems: pipelines.map(({ name }) => all.find((one) => one.name === name) as System),
    warnings: [...new Set(opened.flatMap(({ warnings }) => warnings))],
    [Symbol.asyncDispose]: close,
  };
}

/** How pipelines get their rerankers, each with its scores cached where that is wanted. Those that are made are closed together. */
function rerankersFor(
  { scoreCache, rerankers: own }: EvaluateOptions,
  build: (parts: readonly RerankerPart[], settings: RerankerSettings) => Promise<Reranker>,
) {
  const made: Reranker[] = [];
  return {
    of: async (pipeline: Pipeline): Promise<Reranker | null> => {
      const plan = rerankerPlanOf(pipeline, own);
      if (plan === null) return null;
      const one = await build(plan.parts, { ...plan.settings, scoreCache });
      // What is not made for this pipeline alone is not closed with it.
      if (scoreCache !== undefined) made.push(one);
      return one;
    },
    warnings: scoreCache === undefined ? [] : [cachedNote],
    close: async (): Promise<void> => {
      await Promise.all(made.map((one) => one.close?.()));
    },
  };
}

/** Says how many judged queries are in letters that a model does not know. */
function unreadQueries({ judgments, queries }: FoundSet, rerankers: readonly (Reranker | null)[], embedder?: Embedder): readonly string[] {
  const distinct = new Map(rerankers.flatMap((one) => (one === null ? [] : [[one.fingerprint, { reranker: one }] as const])));
  const readers: readonly LetterReader[] = [...(embedder === undefined ? [] : [{ embedder }]), ...distinct.values()];
  return readers.flatMap((reader) => {
    const letters = watchLetters(reader);
    for (const query of judgments.keys()) letters.see(queries.get(query) ?? '');
    return letters.notes('query', 'queries').map((note) => `${note}.`);
  });
}

/**
 * Cut-offs that cost nothing beside the ranking itself: a hosted reranker is not paid for more candidates than its pipeline has, and a language model,
 * which reads lists, for none, unless someone names cut-offs.
 */
function affordable(
  { cutOffs: wanted }: EvaluateOptions,
  { reranker, candidates }: Pipeline,
  cutOffs: readonly number[],
): readonly number[] {
  if (wanted !== undefined || !(reranker ?? []).some(looksHosted)) return cutOffs;
  return (reranker ?? []).some((name) => name.startsWith('llm')) ? [] : cutOffs.filter((one) => one <= candidates);
}

async function systemsOverOne(
  options: EvaluateOptions,
  set: FoundSet,
  pipelines: readonly Pipeline[],
  cutOffs: readonly number[],
): Promise<Systems> {
  const given = typeof options.in === 'object' ? options.in : undefined;
  const place = given === undefined ? (options.in ?? set.corpus) : 'the index';
  const notes: string[] = [];
  const index =
    given ??
    (await openEvalIndex({ ...options, in: typeof options.in === 'string' ? options.in : undefined }, set.corpus, (some) =>
      notes.push(...some),
    ));
  const rerankers = rerankersFor(options, index.rerankerNamed);
  const close = async (): Promise<void> => {
    await rerankers.close();
    if (given === undefined) await index.close();
  };
  try {
    const judged = [
      ...new Set([...set.judgments.values()].flatMap((grades) => [...grades].filter(([, grade]) => grade > 0).map(([id]) => id))),
    ];
    let there = 0;
    for await (const _ of index.store.get(judged, [])) there++;
    if (there === 0)
      throw new FinetoothError(
        'E_JUDGMENTS',
        `none of the ${judged.length} relevant documents (such as "${judged[0]}") is in ${place}: judgments and documents are of different collections.`,
      );
    const missing = judged.length - there;
    const state = given === undefined ? undefined : await stateOf(given);
    await index.embedder().load?.();
    const built = await Promise.all(pipelines.map((pipeline) => rerankers.of(pipeline)));
    const embedder = pipelines.some(({ firstStage }) => asksEmbedder(firstStage)) ? index.embedder() : undefined;
    return {
      systems: pipelines.map((pipeline, at) =>
        indexSystem(index, pipeline, { reranker: built[at] as Reranker | null, cutOffs: affordable(options, pipeline, cutOffs), state }),
      ),
      warnings: [
        ...rerankers.warnings,
        ...unreadQueries(set, built, embedder),
        ...new Set(built.flatMap((one) => (one?.notes ?? []).map((note) => `${note}.`))),
        ...notes.map((note) => `${note}.`),
        ...(missing === 0 ? [] : [`${missing} of the ${judged.length} relevant documents are not in ${place}: no pipeline can find them.`]),
      ],
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
