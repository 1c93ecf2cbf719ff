import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The environment is passed in, so that a caller (and a test) decides what is read. */
export type Environment = NodeJS.ProcessEnv;

/** A variable that is set to the empty string counts as not set, as in the XDG specification. */
export const variable = (env: Environment, name: string): string | undefined => (env[name] === '' ? undefined : env[name]);

export const homeOf = (env: Environment): string => variable(env, 'HOME') ?? variable(env, 'USERPROFILE') ?? homedir();

/** `~/models` → the user's home; any other path is made absolute against the current folder. */
export const absolutePath = (path: string, env: Environment): string =>
  path === '~' || path.startsWith('~/') || path.startsWith('~\\') ? join(homeOf(env), path.slice(1)) : resolve(path);

/**
 * Where downloaded models and test collections are kept: FINETOOTH_CACHE, else XDG_CACHE_HOME/finetooth, else the platform's own place:
 * `~/.cache/finetooth`, on macOS `~/Library/Caches/finetooth`, on Windows `%LOCALAPPDATA%\finetooth\Cache`.
 */
export function cacheFolder(env: Environment, platform: NodeJS.Platform = process.platform): string {
  const own = variable(env, 'FINETOOTH_CACHE');
  if (own !== undefined) return absolutePath(own, env);
  const shared = variable(env, 'XDG_CACHE_HOME');
  if (shared !== undefined) return join(absolutePath(shared, env), 'finetooth');
  if (platform === 'darwin') return join(homeOf(env), 'Library', 'Caches', 'finetooth');
  if (platform === 'win32') return join(variable(env, 'LOCALAPPDATA') ?? join(homeOf(env), 'AppData', 'Local'), 'finetooth', 'Cache');
  return join(homeOf(env), '.cache', 'finetooth');
}

/** The folder that holds one folder for each downloaded model. `cache` as `cacheFolder` gives it. */
export const modelsFolder = (cache: string): string => join(cache, 'models');

/** The folder that holds one folder for each downloaded test collection. */
export const datasetsFolder = (cache: string): string => join(cache, 'datasets');

/** The folder that holds one folder for each index of a file or a folder that was searched as it is. */
export const searchedFolder = (cache: string): string => join(cache, 'searched');

/** The folder of what Node keeps of compiled files. */
export const compiledFolder = (cache: string): string => join(cache, 'compiled');

/** Folder name of a model: `owner/name@v2:onnx/model.onnx` → `owner--name@v2+onnx--model.onnx`; no separator and no colon is left. */
export const folderNameOf = (name: string): string => name.replaceAll('/', '--').replaceAll(':', '+');

/** Folder name → the name it was made from, for names that hold no `--` or `+` of their own. */
export const nameOfFolder = (folder: string): string => folder.replaceAll('--', '/').replaceAll('+', ':');
