import { FinetoothError } from '../errors.ts';
import { isRerankingModel } from '../hosted/ai-sdk.ts';
import { looksHosted } from '../hosted/vendors/index.ts';
import type { BiEncoder } from '../model/bi-encoder.ts';
import { createModelSessions } from '../model/run/sessions.ts';
import type { Effort } from '../rerank/effort.ts';
import { crossEncoder } from '../rerank/parts/cross-encoder.ts';
import { firstStageName, firstStageOrder } from '../rerank/parts/first-stage-order.ts';
import { type LateInteractionOptions, lateInteraction } from '../rerank/parts/late-interaction.ts';
import type { Reranker } from '../rerank/reranker.ts';
import type { LongDocuments, RerankerPart, RerankerPlan, RerankerSettings } from '../rerank/reranker-plan.ts';
import { named } from '../rerank/short-names.ts';
import { cachedIn, openScores } from '../rerank/wrappers/cached.ts';
import { calibrated } from '../rerank/wrappers/calibrated.ts';
import { cascade } from '../rerank/wrappers/cascade.ts';
import { chunked } from '../rerank/wrappers/chunked.ts';
import { excerpted } from '../rerank/wrappers/excerpted.ts';
import { fallback } from '../rerank/wrappers/fallback.ts';
import { titled } from '../rerank/wrappers/titled.ts';
import { decorate } from '../wording/decorate.ts';
import { checkFitted, readCalibration } from './calibration-file.ts';
import { defaultCascade, memoryOfSecondStage } from './default-reranker.ts';
import { localName } from './embedder.ts';
import { hosted } from './hosted.ts';
import { checkRankingOptions, type LocalModelOptions, type ModelOptions, type RankingOptions } from './model-options.ts';
import { asBundled, defaultCrossEncoder, isLateInteraction, openCrossEncoder, openModel } from './models.ts';
import { createOpenOnce } from './open-once.ts';
import { type OpenedForm, openedBy, ownForm, unusedPrecision } from './unused-precision.ts';

/** Rerankers of the caller's own, by the name that pipelines use. */
export type NamedRerankers = Readonly<Record<string, Reranker>>;

/**
 * Names that a pipeline may give a reranker beside those of cross-encoders and `vendor:model`; `default` is what `search` uses, `local` the same
 * where others may be hosted, and `first-stage` keeps the order of the first stage, as a last resort.
 */
export const rerankerNames = ['default', 'local', 'late-interaction', firstStageName] as const;

/** Those of which neither needs a model that a server would have to serve. */
export const namesWithoutModel: ReadonlySet<string> = new Set(['local', firstStageName]);

export interface BuilderOptions {
  /** Whose token vectors late interaction compares; asked for only where they are needed. @default the model `embedder` */
  readonly encoder?: () => Promise<BiEncoder>;
  /** The name of the embedder, of which late interaction takes the model where it is a local one. @default bge-small-en-v1.5 */
  readonly embedder?: string;
  /** The fingerprint of the model whose token vectors the index keeps. @default none: texts are read */
  readonly indexed?: string;
  readonly models?: ModelOptions;
  /** What is open beside the rerankers, and what is known of the form of `encoder`. @default nothing */
  readonly opened?: readonly OpenedForm[];
  /** For every reranker that does not say otherwise. */
  readonly settings?: Pick<RerankerSettings, 'scoreCache' | 'longDocuments' | 'effort'>;
}

/** The one place where rerankers are made. What is made of a name is opened on first use, once, and closed with the builder. */
export interface RerankerBuilder {
  /**
   * One reranker of names and objects, several of which are a cascade. Closing it frees its cache; objects that were given are not closed.
   *
   * @throws E_FINGERPRINT for a calibration of another reranker, E_MODEL_UNKNOWN, E_USAGE, and what reading the calibration throws
   */
  build(what: RerankerPart | readonly RerankerPart[], settings?: RerankerSettings): Promise<Reranker>;
  close(): Promise<void>;
}

/** A change of each part that is asked by itself; the same for all of one reranker. */
type Wrap = (leaf: Reranker) => Reranker;
/** A reranker with each of its leaves wrapped while it is put together. */
type Recipe = (wrap: Wrap) => Reranker;

const asItIs: Wrap = (leaf) => leaf;

type Long = LongDocuments | undefined;

/** Tokens of a long text that are read, about (decisions/0045). */
const EXCERPT_TOKENS = 128;

export function createRerankerBuilder(options: BuilderOptions = {}): RerankerBuilder {
  // The cross-encoder of `default` is also one that may be named.
  const models: ModelOptions = { ...options.models, sessions: options.models?.sessions ?? createModelSessions() };
  const leaves = createOpenOnce<Reranker>();
  const encoders = createOpenOnce<BiEncoder>();
  const encoder = (): Promise<BiEncoder> => options.encoder?.() ?? encoders.get('', () => openModel(localName(options.embedder), models));
  const stores = new Set<ReturnType<typeof openScores>>();

  // What reads sentences reads them around a leaf, so that a cache knows a text by what was read of it.
  const lateInteractionLeaf = async (long: Long): Promise<Reranker> => {
    const opened = await encoder();
    const longDocuments = long === 'chunk' ? long : 'truncate';
    return leaves.get(`late-interaction ${longDocuments}`, async () => openLateInteraction(opened, { longDocuments }));
  };
  const crossEncoderLeaf = (name: string | undefined, long: Long, maxMemory = models.maxMemory): Promise<Reranker> => {
    const longDocuments = long === 'chunk' ? long : 'truncate';
    return leaves.get(JSON.stringify([name ?? defaultCrossEncoder, longDocuments, maxMemory]), () =>
      openCrossEncoderReranker(name, { ...models, maxMemory, longDocuments }),
    );
  };
  const recipeOfDefault = async (long: Long, effort: Effort | undefined): Promise<Recipe> => {
    const [opened, first] = [await encoder(), await lateInteractionLeaf(long)];
    const left = memoryOfSecondStage(opened, models.maxMemory);
    if (left === undefined) return (wrap) => wrap(first);
    const second = await crossEncoderLeaf(undefined, long, left);
    return (wrap) => {
      const stages = [named('late-interaction', wrap(first)), named(defaultCrossEncoder, readingOf(wrap(second), long))];
      return cascade(stages, defaultCascade(opened, effort));
    };
  };
  const hostedLeaf = (what: Parameters<typeof hosted>[0], long: Long): Reranker =>
    hosted(what, { ...models.hosted, longDocuments: long === 'sentences' ? 'truncate' : (long ?? models.hosted?.longDocuments) });
  /** A local model by name: a cross-encoder, or one for late interaction, which compares the tokens of an index where that has its own. */
  const namedLeaf = async (name: string, long: Long): Promise<Reranker> => {
    if (!(await isLateInteraction(name, models))) return crossEncoderLeaf(name, long);
    const longDocuments = long === 'chunk' ? long : 'truncate';
    return leaves.get(JSON.stringify(['late interaction', name, longDocuments]), async () => {
      const model = await openModel(name, models);
      return openLateInteraction(model, { longDocuments, isOwn: model.fingerprint === options.indexed });
    });
  };
  const leafOf = async (part: RerankerPart, long: Long): Promise<Reranker> => {
    if (typeof part !== 'string') return isRerankingModel(part) ? hostedLeaf(part, long) : part;
    if (part === 'late-interaction') return lateInteractionLeaf(long);
    if (part === firstStageName) return firstStageOrder();
    if (looksHosted(part)) return leaves.get(JSON.stringify([part, long]), async () => hostedLeaf(part, long));
    return namedLeaf(part, long);
  };
  const recipeOf = async (part: RerankerPart, long: Long, effort: Effort | undefined): Promise<Recipe> => {
    if (part === 'default' || part === 'local') {
      const make = await recipeOfDefault(long, effort);
      return (wrap) => named(part, make(wrap));
    }
    const leaf = await leafOf(part, long);
    // A caller's reranker reads as it likes.
    const isNamed = typeof part === 'string' && part !== 'late-interaction' && part !== firstStageName;
    const made: Recipe = (wrap) => readingOf(wrap(leaf), isNamed ? long : undefined);
    return typeof part === 'string' ? (wrap) => named(part, made(wrap)) : made;
  };
  const recipeOfAll = async (parts: readonly RerankerPart[], long: Long, effort: Effort | undefined): Promise<Recipe> => {
    const all = await Promise.all(parts.map((part) => recipeOf(part, long, effort)));
    const [only, ...others] = all as [Recipe, ...Recipe[]];
    return others.length === 0 ? only : (wrap) => cascade(all.map((make) => make(wrap)));
  };

  const { opened = [] } = options;
  const notesOf = async (parts: readonly RerankerPart[], { notes }: Reranker): Promise<Reranker['notes']> => {
    if ((models.precision ?? 'auto') === 'auto') return notes;
    const isOwn = options.encoder === undefined && options.embedder !== undefined;
    const readsTokens = parts.some((part) => part === 'default' || part === 'local' || part === 'late-interaction');
    const form = isOwn || !readsTokens ? 'asked' : ownForm((await encoder()).files.entry, options.indexed !== undefined);
    const all = [...unusedPrecision(models.precision, [...opened, ...openedBy(parts, form)]), ...(notes ?? [])];
    return all.length === 0 ? undefined : all;
  };

  return {
    build: async (what, settings = {}) => {
      const { fallback: behind = [], strict, calibration, scoreCache = options.settings?.scoreCache } = settings;
      const long = settings.longDocuments ?? options.settings?.longDocuments;
      const effort = settings.effort ?? options.settings?.effort;
      if (strict && behind.length === 0)
        throw new FinetoothError('E_USAGE', (say) => `${say.option('strict')} forbids fallbacks, and there is none.`);
      const fitted = typeof calibration === 'string' ? await readCalibration(calibration, models.signal) : calibration;
      const first = Array.isArray(what) ? (what as readonly RerankerPart[]) : [what as RerankerPart];
      const chain = await Promise.all([recipeOfAll(first, long, effort), ...behind.map((part) => recipeOf(part, long, effort))]);
      // Before a folder is made for the scores.
      if (fitted !== undefined)
        checkFitted(
          fitted,
          chain.map((make) => make(asItIs)),
        );
      const store = scoreCache === undefined ? undefined : openScores({ at: scoreCache });
      if (store !== undefined) stores.add(store);
      const wrap: Wrap = store === undefined ? asItIs : (leaf) => cachedIn(store, leaf);
      const ranked = chain.map((make): Reranker => {
        const one = make(wrap);
        return fitted?.reranker === one.fingerprint ? calibrated(one, fitted.calibration) : one;
      });
      const made = ranked.length === 1 ? (ranked[0] as Reranker) : fallback(ranked, { strict });
      return decorate(made, {
        notes: await notesOf([...first, ...behind], made),
        close: async () => (store !== undefined && stores.delete(store) ? store.close() : undefined),
      });
    },
    close: async () => {
      for (const store of stores) store.close();
      stores.clear();
      await leaves.close((leaf) => leaf.close?.());
      await encoders.close((opened) => opened.close());
    },
  };
}

/** For a plan that wants no reranker: throws E_USAGE where it wants something around one, which would do nothing. */
export function checkNoReranker({ fallback: behind, strict, calibration, scoreCache }: RerankerPlan): null {
  const around = { fallback: behind, strict, calibration, scoreCache };
  const useless = (Object.keys(around) as (keyof typeof around)[]).find((name) => around[name] !== undefined && around[name] !== false);
  if (useless === undefined) return null;
  throw new FinetoothError(
    'E_USAGE',
    (say) => `${say.option(useless)} is for a reranker, and there is none here. Name a reranker, or leave it out.`,
  );
}

/** A local cross-encoder by name as a reranker (the bundled one without): of the catalog, `owner/name` on the hub, or `./folder`. */
export async function openCrossEncoderReranker(name?: string, options: LocalModelOptions & RankingOptions = {}): Promise<Reranker> {
  checkRankingOptions('openCrossEncoderReranker', options);
  const model = await (name === undefined ? openCrossEncoder(defaultCrossEncoder, asBundled(options)) : openCrossEncoder(name, options));
  const reranker = crossEncoder(model);
  return named(
    name ?? defaultCrossEncoder,
    options.longDocuments === 'chunk' ? chunked(reranker, model.split) : readingOf(reranker, options.longDocuments),
  );
}

function readingOf(reranker: Reranker, long: Long): Reranker {
  return long === 'sentences' ? excerpted(reranker, EXCERPT_TOKENS) : reranker;
}

/** Late interaction with the encoder that an index has. */
export function openLateInteraction(
  encoder: BiEncoder,
  { longDocuments, isOwn }: Pick<RerankerSettings, 'longDocuments'> & Pick<LateInteractionOptions, 'isOwn'> = {},
): Reranker {
  const reranker = lateInteraction(encoder, { isOwn });
  return named(
    'late-interaction',
    titled(longDocuments === 'chunk' ? chunked(reranker, (_, texts, call) => encoder.split(texts, call)) : reranker),
  );
}
