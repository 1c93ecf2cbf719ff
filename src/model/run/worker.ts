import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../errors.ts';
import type { ModelEntry, SparseEncoderEntry } from '../catalog/model-entry.ts';
import { loadTokenizer } from '../tokenize/load-tokenizer.ts';
import { type PassagesRequest, type SplitRequest, splitSources, splitTexts } from '../tokenize/split-texts.ts';
import { type TokenIdsRequest, tokenIds } from '../tokenize/token-ids.ts';
import { type IdNamesRequest, namesOfIds, nameTokens, type TokenNamesRequest } from '../tokenize/token-names.ts';
import type { TextTokenizer } from '../tokenize/tokenizer.ts';
import { loadProjection } from './dense.ts';
import { type EncodeRequest, encodeTexts } from './encode.ts';
import { encodeMarked } from './encode-marked.ts';
import { openTable } from './look-up.ts';
import { prepareScoring } from './prepare-scoring.ts';
import { loadQueryWeights } from './query-weights.ts';
import { type Device, type InferenceSession, openRuntime, type Runtime, type RuntimeName } from './runtime.ts';
import { type PairRequest, scorePairs } from './score-pairs.ts';
import { type WeighRequest, weighTokens } from './weigh-tokens.ts';

/** What a worker is started with. */
export interface WorkerStart {
  readonly runtime: RuntimeName;
  readonly entry: ModelEntry;
  /** The model's folder. */
  readonly folder: string;
  readonly modelPath: string;
  readonly tokenizerPath: string;
  /** Threads inside one run. */
  readonly threads: number;
  readonly device: Device;
}

/** Why the device that was asked for is not used; undefined where it is. */
let passedOver: string | undefined;

/** On the device; on the processor where that cannot be had. */
async function createSession(
  runtime: Runtime,
  { modelPath, threads, device }: Pick<WorkerStart, 'modelPath' | 'threads' | 'device'>,
): Promise<InferenceSession> {
  if (device !== 'cpu') {
    try {
      return await runtime.createSession(modelPath, threads, device);
    } catch (error) {
      passedOver = messageOf(error).split('\n')[0];
    }
  }
  return runtime.createSession(modelPath, threads);
}

/** Milliseconds that the tokenizer has taken since it was last asked for. */
let tokenised = 0;

function clocked(tokenizer: TextTokenizer): TextTokenizer {
  const timed =
    <Given extends readonly unknown[], Result>(work: (...given: Given) => Result) =>
    (...given: Given): Result => {
      const started = performance.now();
      const result = work(...given);
      tokenised += performance.now() - started;
      return result;
    };
  return { ...tokenizer, encode: timed(tokenizer.encode), encodePair: timed(tokenizer.encodePair), plain: timed(tokenizer.plain) };
}

/** The function that answers requests for a model that weighs tokens. Queries that are looked up need no graph, so it is loaded by what does. */
async function openSparse({ runtime: name, folder, modelPath, tokenizerPath, threads, device }: WorkerStart, entry: SparseEncoderEntry) {
  const tokenizer = clocked(await loadTokenizer(tokenizerPath, {}));
  const queryWeights = await loadQueryWeights(folder, entry, tokenizer);
  let loaded: Promise<{ readonly runtime: Runtime; readonly session: InferenceSession }> | undefined;
  const load = async () => {
    const runtime = await openRuntime(name);
    return { runtime, session: await createSession(runtime, { modelPath, threads, device }) };
  };
  const graph = () => (loaded ??= load());
  return async (request: unknown) =>
    'idNames' in (request as object)
      ? namesOfIds(request as IdNamesRequest, tokenizer)
      : weighTokens(request as WeighRequest, { tokenizer, entry, queryWeights, graph });
}

/** The function that answers requests for a model of this kind. */
async function open(start: WorkerStart) {
  const { runtime: name, entry, folder, modelPath, tokenizerPath, threads, device } = start;
  if (entry.kind === 'sparse-encoder') return openSparse(start, entry);
  const endToken = entry.kind === 'bi-encoder' ? entry.endToken : undefined;
  if (entry.kind === 'bi-encoder' && entry.table !== undefined) {
    const tokenizer = clocked(await loadTokenizer(tokenizerPath, { endToken }));
    const lookUp = await openTable(modelPath, { ...entry, table: entry.table }, tokenizer);
    return async (request: unknown) => ofTokenizer(request as object, entry, tokenizer) ?? lookUp(request as EncodeRequest);
  }
  const [runtime, tokenizer] = await Promise.all([openRuntime(name), loadTokenizer(tokenizerPath, { endToken }).then(clocked)]);
  const session = await createSession(runtime, { modelPath, threads, device });
  const project = entry.kind === 'bi-encoder' && entry.dense !== undefined ? await loadProjection(folder, entry.dense) : undefined;
  const scoring =
    entry.kind === 'cross-encoder' ? { ...(await prepareScoring(entry, tokenizer, folder)), runtime, session, entry } : undefined;
  const run = (request: unknown) =>
    entry.kind === 'bi-encoder'
      ? entry.lateInteraction === undefined
        ? encodeTexts(request as EncodeRequest, { runtime, session, tokenizer, entry, project })
        : encodeMarked(request as EncodeRequest, { runtime, session, tokenizer, entry, project, form: entry.lateInteraction })
      : scorePairs(request as PairRequest, scoring as NonNullable<typeof scoring>);
  return async (request: unknown) => ofTokenizer(request as object, entry, tokenizer, scoring?.ask) ?? run(request);
}

/** The answer to what is asked of a tokenizer alone; nothing where the model is asked. */
function ofTokenizer(asked: object, entry: ModelEntry, tokenizer: TextTokenizer, ask?: Parameters<typeof splitTexts>[3]) {
  if ('split' in asked) return splitTexts(asked as SplitRequest, entry, tokenizer, ask);
  if ('passages' in asked) return splitSources(asked as PassagesRequest, entry, tokenizer);
  if ('ids' in asked) return tokenIds(asked as TokenIdsRequest, tokenizer);
  if ('name' in asked) return nameTokens(asked as TokenNamesRequest, entry, tokenizer);
  return undefined;
}

if (parentPort !== null) {
  const port = parentPort;
  const opened = open(workerData as WorkerStart);
  opened.then(
    () => port.postMessage({ ready: true, passedOver }),
    (error: unknown) => port.postMessage({ failure: messageOf(error) }),
  );
  port.on('message', async (request: unknown) => {
    try {
      tokenised = 0;
      const result = await (await opened)(request);
      const arrays = Object.values(result) as readonly (Float32Array | Uint32Array)[];
      port.postMessage(
        { result, tokenised },
        arrays.map((array) => array.buffer as ArrayBuffer),
      );
    } catch (error) {
      port.postMessage({ failure: messageOf(error) });
    }
  });
}
