import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { type ModelOptions, modelChecks } from '../assemble/model-options.ts';
import { defaultCrossEncoder, defaultModel, openModel } from '../assemble/models.ts';
import { openCrossEncoderReranker } from '../assemble/reranker.ts';
import { openStore } from '../assemble/store.ts';
import { FinetoothError, messageOf } from '../errors.ts';
import { looksHosted } from '../hosted/vendors/index.ts';
import { bundledFolder } from '../model/bundled.ts';
import { bestOf, measurePrecisions, usualOf } from '../model/choose-precision.ts';
import { instructions } from '../model/run/instructions.ts';
import { nativePackage, runtimeAdvice, wasmSlowdown } from '../model/run/missing-runtime.ts';
import { chooseRuntime, nativeDevices, openRuntime } from '../model/run/runtime.ts';
import { checkOptions, type OptionChecks, path, text } from '../wording/check-options.ts';
import { type Finding, findingsOf } from './doctor-index.ts';
import { sparseFindings } from './doctor-sparse.ts';
import { modelsFolder } from './models.ts';

export interface DoctorOptions extends ModelOptions {
  /** A model by name. @default bge-small-en-v1.5 */
  readonly embedder?: string;
  /** An index that is looked at too: a folder, or its address in a database. @default none */
  readonly in?: string;
}

const doctorChecks: OptionChecks<DoctorOptions> = { ...modelChecks, embedder: text, in: path };

type Check = () => Promise<Omit<Finding, 'name'>>;

const firstLine = (error: unknown): string => messageOf(error).split('\n')[0] ?? '';

const checkNode: Check = async () => ({ state: 'ok', found: `Node ${process.versions.node}, ${process.platform} ${process.arch}` });

const checkRuntime =
  (runtime: 'native' | 'wasm', name: string, more: string, advice: () => string): Check =>
  async () => {
    try {
      await openRuntime(runtime);
      return { state: 'ok', found: `${name} ${versionOf(name)}${more}` };
    } catch (error) {
      return { state: 'warning', found: `does not load: ${firstLine(error)}`, advice: advice() };
    }
  };

const checkNative = checkRuntime('native', installedOf(nativePackage, 'onnxruntime-node'), '', () =>
  bundledFolder('@finetooth/runtime-wasm') === undefined ? runtimeAdvice('auto') : `models run on WebAssembly, ${wasmSlowdown}`,
);
/** Not missed where the native one loads: it is installed only where there is none. */
const checkWasm: Check = async () => {
  const finding = await checkRuntime('wasm', '@finetooth/runtime-wasm', ', the fallback', () => runtimeAdvice('wasm'))();
  const loadsNative = () =>
    openRuntime('native').then(
      () => true,
      () => false,
    );
  if (finding.state === 'ok' || !(await loadsNative())) return finding;
  return { state: 'ok', found: 'not installed, and not needed where the native one loads' };
};

const checkDevices: Check = async () => {
  try {
    const found = await nativeDevices();
    return { state: 'ok', found: `${found.join(', ')}; of all but cpu, the libraries are looked for when a model is loaded` };
  } catch (error) {
    const { state } = await checkWasm();
    if (state === 'ok') return { state, found: `cpu, by WebAssembly (${firstLine(error)})` };
    return { state, found: `none, as no runtime loads (${firstLine(error)})`, advice: runtimeAdvice('auto') };
  }
};

const checkStore: Check = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'finetooth-doctor-'));
  const store = openStore(join(folder, 'index'));
  try {
    await store.open({
      format: 1,
      embedder: 'doctor',
      dimensions: 8,
      fields: ['text'],
      analyzer: 'none',
      createdAt: new Date().toISOString(),
    });
    return { state: 'ok', found: `LanceDB ${versionOf(installedOf('@finetooth/lancedb', '@lancedb/lancedb'))}, writes in ${tmpdir()}` };
  } catch (error) {
    return { state: 'broken', found: firstLine(error), advice: 'indexes on disk do not work without it; memoryStore() does' };
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
};

const checkMachine: Check = async () => {
  const memory = totalmem() / 1e9;
  const kind = instructions();
  const found = `${availableParallelism()} processors${kind === undefined ? '' : ` with ${kind}`}, ${memory.toFixed(1)} GB of memory`;
  return memory < 1
    ? { state: 'warning', found, advice: (say) => `use ${say.option('threads', 1)} and ${say.option('maxMemory', 300)}` }
    : { state: 'ok', found };
};

/**
 * Tries everything that a search needs and says what works, what does not, and what to do.
 *
 * @example
 * import { doctor } from 'finetooth/tasks';
 *
 * for (const { name, state, found } of await doctor()) console.log(name, state, found);
 */
export async function doctor(options: DoctorOptions = {}): Promise<readonly Finding[]> {
  checkOptions('doctor', options, doctorChecks);
  const { embedder, in: where, ...models } = options;
  const checks: readonly (readonly [string, Check])[] = [
    ['node', checkNode],
    ['machine', checkMachine],
    ['native runtime', checkNative],
    ['wasm runtime', checkWasm],
    ['devices', checkDevices],
    ['precision', checkPrecision(models)],
    ['store', checkStore],
    ['model', checkModel(embedder, models)],
    ['cross-encoder', checkCrossEncoder(models)],
    ['cache', checkCache(models)],
  ];
  const findings: Finding[] = [];
  for (const [name, check] of checks) findings.push({ name, ...(await check()) });
  if (where !== undefined) findings.push(...(await findingsOf(where)), ...(await sparseFindings(where, models)));
  return findings;
}

/** What this processor runs best, measured now; what is remembered of single models stays as it is. */
function checkPrecision({ runtime = 'auto', precision = 'auto', device = 'cpu' }: ModelOptions): Check {
  return async () => {
    const asked = precision === 'auto' ? 'auto' : `${precision} is asked for of models that have several forms`;
    if (device !== 'cpu')
      return { state: 'ok', found: `${asked}: on ${device} ${usualOf(measured, device)} where a model has it, not measured` };
    try {
      const milliseconds = await measurePrecisions((await chooseRuntime(runtime)).name, measured);
      const times = Object.entries(milliseconds).map(([form, time]) => `${form} ${time.toFixed(1)} ms`);
      const best = bestOf(milliseconds) ?? usualOf(measured);
      return { state: 'ok', found: `${asked}; a layer over 64 tokens takes ${times.join(', ')}: ${best} is taken where a model has it` };
    } catch (error) {
      return { state: 'ok', found: `${asked}; not measured (${firstLine(error)}), so ${usualOf(measured)} is taken where a model has it` };
    }
  };
}

const measured = ['fp32', 'fp16', 'int8', 'q4', 'q4f16'] as const;

function checkModel(named: string | undefined, options: ModelOptions): Check {
  const name = named ?? defaultModel;
  return async () => {
    // Whether it answers costs money to know.
    if (looksHosted(name))
      return {
        state: 'ok',
        found: `${name} is hosted and was not asked, since that may cost money; "finetooth providers" can make one tiny call`,
      };
    try {
      const started = performance.now();
      const encoder = await openModel(named, options);
      try {
        await encoder.encode(['a film about bats'], { prefix: 'query' });
        const first = performance.now() - started;
        const again = performance.now();
        await encoder.encode(['a film about a whale'], { prefix: 'query' });
        const found = `${name} (${encoder.files.source}, ${encoder.files.entry.precision}, checksum right), first answer after ${Math.round(first)} ms, then ${(performance.now() - again).toFixed(1)} ms, ${encoder.workers} workers, ${encoder.runtime}`;
        return { state: 'ok', found };
      } finally {
        await encoder.close();
      }
    } catch (error) {
      return {
        state: 'broken',
        found: firstLine(error),
        advice: 'the sentence above says what to do; "finetooth models verify" checks the files',
      };
    }
  };
}

function checkCrossEncoder(options: ModelOptions): Check {
  return async () => {
    try {
      const reranker = await openCrossEncoderReranker(undefined, options);
      try {
        await reranker.load?.();
        const started = performance.now();
        await reranker.score('a film about bats', [{ text: 'A bat guards the city at night.' }]);
        return {
          state: 'ok',
          found: `${defaultCrossEncoder} (checksum right), a pair takes ${(performance.now() - started).toFixed(1)} ms`,
        };
      } finally {
        await reranker.close?.();
      }
    } catch (error) {
      const isMissing = error instanceof FinetoothError && error.code === 'E_MODEL_MISSING';
      return {
        state: 'warning',
        found: firstLine(error),
        advice: isMissing
          ? `search reranks by late interaction alone; "npm install @finetooth/model-${defaultCrossEncoder}"`
          : 'the sentence above says what to do',
      };
    }
  };
}

function checkCache(options: ModelOptions): Check {
  return async () => {
    const folder = modelsFolder({ cacheFolder: options.cacheFolder });
    let at = folder;
    for (;;) {
      try {
        const { bavail, bsize } = await statfs(at);
        const free = Number(bavail) * Number(bsize);
        const found = `${folder}, ${(free / 1e9).toFixed(1)} GB free`;
        return free < 1e9
          ? { state: 'warning', found, advice: 'larger models may not fit: make room, or name another folder with FINETOOTH_CACHE' }
          : { state: 'ok', found };
      } catch (error) {
        const parent = join(at, '..');
        if (parent === at)
          return { state: 'warning', found: `${folder}: ${firstLine(error)}`, advice: 'name another folder with FINETOOTH_CACHE' };
        at = parent;
      }
    }
  };
}

/** The first that is installed, or else the last. */
function installedOf(first: string, last: string): string {
  return bundledFolder(first) === undefined ? last : first;
}

function versionOf(name: string): string {
  const require = createRequire(import.meta.url);
  const versionIn = (path: string): string => (require(path) as { version: string }).version;
  try {
    return versionIn(`${name}/package.json`);
  } catch {
    // Not every package exports its package.json: it is looked for above the file that is exported.
    const folder = require.resolve(name).split(join('node_modules', ...name.split('/')))[0] as string;
    return versionIn(join(folder, 'node_modules', name, 'package.json'));
  }
}
