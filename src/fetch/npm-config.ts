import { access, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FinetoothError } from '../errors.ts';
import { absolutePath, type Environment, homeOf, variable } from './cache-folder.ts';

/** The options of npm's own fetching libraries; keys such as `@scope:registry` and `//host/:_authToken` are taken as they stand. */
export type NpmOptions = Readonly<Record<string, string | boolean | readonly string[]>>;

/** An .npmrc: lines of `key = value`; `;` and `#` begin comments; sections do not occur. */
export function parseNpmrc(content: string, env: Environment): ReadonlyMap<string, string> {
  const config = new Map<string, string>();
  for (const line of content.split(/\r?\n/)) {
    const [, key, value] = /^\s*([^;#=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    config.set(expand(key, env), expand(value.replace(/^(["'])(.*)\1$/, '$2'), env));
  }
  return config;
}

/**
 * What npm itself would use to fetch a package from here: registry, scopes, credentials, proxy and certificates.
 * Read in npm's order: variables, the project's .npmrc, the user's, the one of the installation ("npm help npmrc").
 */
export async function npmOptions(env: Environment, folder: string): Promise<NpmOptions> {
  const variables = fromEnvironment(env);
  const installation = process.platform === 'win32' ? dirname(process.execPath) : dirname(dirname(process.execPath));
  const files = [
    join(await projectOf(folder), '.npmrc'),
    variables.get('userconfig') ?? join(homeOf(env), '.npmrc'),
    variables.get('globalconfig') ?? join(variables.get('prefix') ?? variable(env, 'PREFIX') ?? installation, 'etc', 'npmrc'),
  ];
  const config = new Map<string, string>();
  for (const path of files.reverse()) {
    const content = await readFile(path, 'utf8').catch(() => '');
    for (const [key, value] of parseNpmrc(content, env)) config.set(key, value);
  }
  for (const [key, value] of variables) config.set(key, value);

  const options: Record<string, string | boolean | readonly string[]> = {};
  for (const [key, value] of config) if (key.startsWith('//') || /^@.+:registry$/.test(key)) options[key] = value;
  const set = (name: string, ...values: (string | undefined)[]): void => {
    const value = values.find((candidate) => candidate !== undefined && candidate !== '' && candidate !== 'null');
    if (value !== undefined) options[name] = value;
  };
  const either = (name: string): string | undefined => variable(env, name.toLowerCase()) ?? variable(env, name);
  set('registry', config.get('registry'));
  set('httpsProxy', config.get('https-proxy'), either('HTTPS_PROXY'));
  set('proxy', config.get('proxy'), either('HTTP_PROXY'));
  set('noProxy', config.get('noproxy'), either('NO_PROXY'));
  set('cert', config.get('cert')?.replaceAll('\\n', '\n'));
  set('key', config.get('key')?.replaceAll('\\n', '\n'));
  if (config.get('strict-ssl') === 'false') options.strictSSL = false;
  const cafile = config.get('cafile');
  if (cafile !== undefined && cafile !== '' && cafile !== 'null') {
    const pem = await readFile(absolutePath(cafile, env), 'utf8').catch((cause: unknown) => {
      throw new FinetoothError(
        'E_DOWNLOAD',
        `the cafile of your npm configuration, ${cafile}, cannot be read. Correct it with "npm config set cafile".`,
        {
          cause,
        },
      );
    });
    options.ca = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  }
  return options;
}

/** `${NAME}` → its value in the environment; left as it is when there is none, as npm does. */
const expand = (value: string, env: Environment): string =>
  value.replace(/\$\{([^}?]+)\??\}/g, (whole, name: string) => env[name] ?? whole);

/** Variables `npm_config_<key>`, in any case; `_` stands for `-` except in keys of a registry. */
function fromEnvironment(env: Environment): ReadonlyMap<string, string> {
  const config = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    const key = /^npm_config_(.+)$/i.exec(name)?.[1];
    if (key === undefined || value === undefined || value === '') continue;
    config.set(key.startsWith('//') || key.startsWith('@') ? key : key.toLowerCase().replaceAll(/(?!^)_/g, '-'), value);
  }
  return config;
}

/** npm's project: the nearest folder upwards with a package.json or node_modules, else the folder itself. */
async function projectOf(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    if ((await exists(join(at, 'package.json'))) || (await exists(join(at, 'node_modules')))) return at;
    if (dirname(at) === at) return folder;
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
