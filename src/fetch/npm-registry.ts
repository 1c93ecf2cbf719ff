import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Dispatcher } from 'undici';
import { messageOf, throwIfStopped } from '../errors.ts';
import { answerInTime, closeNow } from './answer-in-time.ts';
import type { NpmOptions } from './npm-config.ts';
import { npmCredentials } from './npm-credentials.ts';
import { redirectionFault } from './redirection.ts';

/** A version of a package in a registry of npm. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
}

export interface RegistryOptions {
  readonly config: NpmOptions;
  /** Milliseconds without a byte until a request is given up. */
  readonly stallMs: number;
  readonly signal: AbortSignal;
}

/** Why a registry gives no archive. */
export class RegistryError extends Error {
  /** `integrity`: other bytes came than it states. */
  readonly reason: 'missing' | 'refused' | 'integrity' | 'unreachable';

  constructor(message: string, reason: RegistryError['reason'], options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** What of a package's description is read (registry/responses/package-metadata.md of npm's registry). */
interface Packument {
  readonly versions?: Readonly<Record<string, { readonly dist?: Dist }>>;
}

interface Dist {
  readonly tarball?: string;
  /** Checksums as Subresource Integrity writes them. */
  readonly integrity?: string;
  /** SHA-1, hex, of packages older than that. */
  readonly shasum?: string;
}

type Client = (url: URL, accept: string) => Promise<Dispatcher.ResponseData>;

const MOST_TRIES = 3;
const PAUSE_MS = 500;
const MOST_REDIRECTS = 8;
/** The largest descriptions that there are have 30 MB. */
const MOST_DESCRIPTION_BYTES = 2 ** 27;
const DESCRIPTION = 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8';
const ALGORITHMS = ['sha512', 'sha384', 'sha256', 'sha1'] as const;

/**
 * The archive of a package, from the registry that npm is set to. Iterating it throws `integrity` at its end where it is not what the registry states.
 *
 * @throws RegistryError, and what the signal was aborted with
 */
export async function* npmArchive({ name, version }: NpmPackage, options: RegistryOptions): AsyncGenerator<Uint8Array> {
  const { config, signal } = options;
  const registry = await registryFor(name, config);
  const dispatcher = await dispatcherFor(registry, options);
  try {
    const client: Client = (url, accept) => request(url, accept, dispatcher, options);
    const { tarball, integrity, shasum } = await distOf(name, version, registry, client);
    const answer = await openTarball(new URL(tarball, registry), registry, client);
    const [algorithm, expected] = strongest(integrity) ?? ['sha1', [Buffer.from(shasum ?? '', 'hex').toString('base64')]];
    const hash = createHash(algorithm);
    try {
      for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
        hash.update(chunk);
        yield chunk;
      }
    } catch (error) {
      throwIfStopped(signal);
      throw new RegistryError(`the connection broke (${messageOf(error)})`, 'unreachable', { cause: error });
    }
    if (!expected.includes(hash.digest('base64'))) throw new RegistryError(`${algorithm} is another`, 'integrity');
  } finally {
    closeNow(dispatcher);
  }
}

/** The registry of a package's scope, or of all packages; what npm itself names where no file and no variable does. */
async function registryFor(name: string, config: NpmOptions): Promise<URL> {
  const scope = name.startsWith('@') ? `${name.split('/')[0]}:registry` : '';
  const set = String(config[scope] ?? config.registry ?? (await defaultRegistry()));
  const url = URL.parse(set.endsWith('/') ? set : `${set}/`);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new RegistryError(
    `the registry of your npm configuration, "${set}", is not an address: correct it with "npm config set registry"`,
    'refused',
  );
}

async function defaultRegistry(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('npm', ['config', 'get', 'registry'], { shell: process.platform === 'win32' });
    return stdout.trim();
  } catch (cause) {
    throw new RegistryError('no npm registry is set here and npm is not there to ask: set npm_config_registry', 'refused', { cause });
  }
}

async function dispatcherFor(registry: URL, { config, stallMs }: RegistryOptions): Promise<Dispatcher> {
  const { EnvHttpProxyAgent } = await import('undici');
  const { cert, key } = await npmCredentials(registry, config);
  const tls = { ca: config.ca as string[] | undefined, cert, key, rejectUnauthorized: config.strictSSL !== false };
  const proxy = (name: string): string => String(config[name] ?? '');
  return new EnvHttpProxyAgent({
    // An empty string keeps undici from reading the variables of the process itself.
    httpProxy: proxy('proxy'),
    httpsProxy: proxy('httpsProxy') || proxy('proxy'),
    noProxy: proxy('noProxy'),
    headersTimeout: stallMs,
    bodyTimeout: stallMs,
    connect: { timeout: Math.min(stallMs, 10_000), ...tls },
    requestTls: tls,
  });
}

async function distOf(name: string, version: string, registry: URL, client: Client): Promise<Dist & { readonly tarball: string }> {
  const answer = await client(new URL(name.replace('/', '%2f'), registry), DESCRIPTION);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > MOST_DESCRIPTION_BYTES) throw new RegistryError(`its description of ${name} has no end`, 'unreachable');
    chunks.push(chunk);
  }
  const dist = packumentOf(Buffer.concat(chunks), registry).versions?.[version]?.dist;
  if (typeof dist?.tarball !== 'string') throw new RegistryError(`no version ${version}`, 'missing');
  return { ...dist, tarball: dist.tarball };
}

function packumentOf(bytes: Buffer, registry: URL): Packument {
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch (cause) {
    throw new RegistryError(`${registry.host} did not answer with JSON`, 'unreachable', { cause });
  }
  throw new RegistryError(`${registry.host} did not answer with a description`, 'unreachable');
}

/** Mirrors may hand on descriptions that name the registry that they mirror: what is not to be had there is asked for here. */
async function openTarball(stated: URL, registry: URL, client: Client): Promise<Dispatcher.ResponseData> {
  const here = new URL(stated.pathname, registry);
  if (stated.origin === registry.origin) return client(stated, '*/*');
  return client(stated, '*/*').catch((error: unknown) => client(here, '*/*').catch(() => Promise.reject(error)));
}

/** GET, a few times where no one answers, with redirections; credentials are those of each address. */
async function request(url: URL, accept: string, dispatcher: Dispatcher, options: RegistryOptions): Promise<Dispatcher.ResponseData> {
  const { request: send } = await import('undici');
  const { config, signal } = options;
  let [at, tries] = [url, 1];
  for (let hops = 0; hops <= MOST_REDIRECTS; ) {
    throwIfStopped(signal);
    const { authorization } = await npmCredentials(at, config);
    const headers = { accept, 'user-agent': 'finetooth', ...(authorization !== undefined && { authorization }) };
    const answer = await answerInTime(send(at, { dispatcher, signal, headers }), options).catch((error: Error) => error);
    throwIfStopped(signal);
    if (!(answer instanceof Error) && answer.statusCode === 200) return answer;
    if (!(answer instanceof Error)) drop(answer);
    const failed = answer instanceof Error ? `${at.host} did not answer (${messageOf(answer)})` : faultOf(answer.statusCode, at);
    if (failed === undefined) {
      at = nextOf(answer as Dispatcher.ResponseData, at);
      hops++;
      continue;
    }
    if (tries++ >= MOST_TRIES) throw new RegistryError(failed, 'unreachable', { cause: answer });
    await sleep(PAUSE_MS * tries, undefined, { signal }).catch(() => throwIfStopped(signal));
  }
  throw new RegistryError(`${url.host} redirected more than ${MOST_REDIRECTS} times`, 'unreachable');
}

function nextOf({ headers }: Dispatcher.ResponseData, at: URL): URL {
  const next = URL.parse(String(headers.location ?? ''), at.href);
  const fault = redirectionFault(at, next);
  if (fault === undefined) return next as URL;
  throw new RegistryError(`${at.host} ${fault}`, 'unreachable');
}

/** Undefined: the answer is one, or a redirection; a text: it may be asked again. */
function faultOf(status: number, { host }: URL): string | undefined {
  if (status === 200 || (status >= 300 && status < 400)) return undefined;
  if (status === 404) throw new RegistryError(`${host} has none`, 'missing');
  if (status === 401 || status === 403) throw new RegistryError(`status ${status}`, 'refused');
  if (status < 500 && status !== 429) throw new RegistryError(`${host} answered with status ${status}`, 'unreachable');
  return `${host} answered with status ${status}`;
}

function drop({ body }: Dispatcher.ResponseData): void {
  body.on('error', () => undefined).destroy();
}

/** The strongest algorithm of an integrity, and every checksum that it may have (https://www.w3.org/TR/SRI/#the-integrity-attribute). */
function strongest(integrity: string = ''): readonly [string, readonly string[]] | undefined {
  const stated = integrity
    .trim()
    .split(/\s+/)
    .map((one) => /^(\w+)-([A-Za-z0-9+/=]+)/.exec(one));
  for (const algorithm of ALGORITHMS) {
    const found = stated.flatMap((one) => (one?.[1] === algorithm ? [one[2] as string] : []));
    if (found.length > 0) return [algorithm, found];
  }
  return undefined;
}
