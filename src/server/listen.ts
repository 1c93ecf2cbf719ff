import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { givenIndexes } from '../assemble/given-indexes.ts';
import { type IndexFolders, indexFolders } from '../assemble/index-folders.ts';
import { localChecks } from '../assemble/model-options.ts';
import { type SampleIndex, sampleIndex } from '../assemble/sample-index.ts';
import { unservedPrecision } from '../assemble/unused-precision.ts';
import { createModelSessions } from '../embedders.ts';
import { FinetoothError, messageOf, systemCodeOf } from '../errors.ts';
import type { ModelOptions, OpenIndexOptions } from '../index.ts';
import { checkOptions, type OptionChecks, oneOf, positive, record, text, texts, truth, whole } from '../wording/check-options.ts';
import { packageVersion } from '../wording/package-version.ts';
import { type AppLimits, createApp } from './app.ts';
import { type Keys, type ReadKeysOptions, readKeys } from './auth/keys.ts';
import { isLoopback, type OriginRules } from './auth/origin-check.ts';
import { normalOrigin } from './auth/origins.ts';
import { createDownloads } from './downloads.ts';
import { createHandlers, type HandlerLimits } from './handlers.ts';
import { checkHostedRerankers, warnOfHosted } from './hosted-rerankers.ts';
import { createIndexRegistry } from './indexes/registry.ts';
import { ownRoutes } from './indexes/routes.ts';
import { registryWithFolders } from './indexes/searched-folders.ts';
import { createLoadShedder, type LoadSheddingOptions } from './load-shedding.ts';
import { mcpRoutes } from './mcp/route.ts';
import { type McpLimits, partsOf } from './mcp/stdio.ts';
import { type ModelsOptions, namedModels, openModels } from './models.ts';
import { createMetrics } from './observability/metrics.ts';
import { openTraces } from './observability/traces.ts';
import { builtPage, createPageFiles } from './page/files.ts';
import { createPage } from './page/routes.ts';
import { RequestError } from './problem.ts';

export interface ServeOptions
  extends LoadSheddingOptions,
    HandlerLimits,
    AppLimits,
    McpLimits,
    Partial<Pick<OriginRules, 'hosts' | 'origins'>> {
  /** @default 127.0.0.1; another address needs keys, or `noKeys` */
  readonly host?: string;
  /** 0 takes a free one. @default 8787 */
  readonly port?: number;
  /** A file of keys; see `readKeys`. @default none: whoever reaches the server may use it */
  readonly keyFile?: string;
  /** Keys as the lines of such a file, for who has secrets in variables: those of the file open too. @default none */
  readonly keys?: string;
  /** Serve other machines without keys. @default false */
  readonly noKeys?: boolean;
  /** Indexes to search in: folders, or addresses of indexes in a database. */
  readonly indexes?: readonly string[];
  /** Offer the bundled films as the index `films`, which is made once, in the cache folder, when it is first searched or the page is opened. @default false */
  readonly samples?: boolean;
  /** Where indexes are made that clients ask for. @default none are made */
  readonly indexesFolder?: string;
  /** Where judgments are kept that clients give, a folder an index. @default beside each index, with `-judgments` behind its name */
  readonly judgments?: string;
  /** Of what is written to indexes, as `openIndex` takes it. @default power */
  readonly durability?: OpenIndexOptions['durability'];
  /** Models by name: of the catalog, of the hub, or folders. @default the bundled ones */
  readonly modelNames?: readonly string[];
  /**
   * Hosted rerankers that clients may name: `vendor:model`. Whoever may ask this server may then send queries and texts to that vendor with the
   * operator's key, for no more than `models.hosted.budget`, which is needed unless they cost nothing. @default none
   */
  readonly rerankers?: readonly string[];
  readonly models?: Omit<ModelsOptions, 'served' | 'hostedRerankers'>;
  /** What is served beside what tells of its health: everything, or /mcp alone, for agents. @default all */
  readonly api?: 'all' | 'mcp';
  /** Let agents add documents at /mcp; the other paths that write are open whatever it says. @default false */
  readonly writable?: boolean;
  /** What /info and /openapi.json say. @default that of this package */
  readonly version?: string;
  /** @default logs of level info go nowhere */
  readonly log?: { readonly level: string; readonly stream: { write(line: string): void } };
}

export interface Server {
  readonly url: string;
  /** Names of the models and of the indexes that are served. */
  readonly models: readonly string[];
  readonly indexes: readonly string[];
  /** Reads the file of keys again, so that one that was taken out opens nothing more. Throws, and keeps those that there were, for a file that is none. */
  readKeys(): Promise<void>;
  /** Takes nothing new, finishes what was accepted, for at most so many milliseconds (30,000), and frees everything. */
  close(graceMs?: number): Promise<void>;
}

const serveChecks: OptionChecks<ServeOptions> = {
  host: text,
  port: whole(0, 65_535),
  keyFile: text,
  keys: text,
  noKeys: truth,
  indexes: texts,
  samples: truth,
  indexesFolder: text,
  judgments: text,
  durability: oneOf(['power', 'process']),
  modelNames: texts,
  rerankers: texts,
  models: { ...localChecks, strict: truth },
  api: oneOf(['all', 'mcp']),
  writable: truth,
  callMs: positive,
  writeMs: positive,
  version: text,
  log: record,
  hosts: texts,
  origins: texts,
  mostRequests: positive,
  mostCharacters: positive,
  mostDocuments: positive,
  mostQueryCharacters: positive,
  bodyBytes: positive,
  bodyMs: positive,
  readingBytes: positive,
  answerMs: positive,
  answerBytes: positive,
  quietMs: positive,
  fileBytes: positive,
  headerBytes: positive,
};

/**
 * Starts the server. Models are loaded while it already listens; /ready says when they are.
 *
 * @example
 * import { serve } from 'finetooth/server';
 *
 * const server = await serve({ port: 0, indexes: ['./movies'] });
 * const response = await fetch(`${server.url}/v1/search`, {
 *   method: 'POST',
 *   headers: { 'content-type': 'application/json' },
 *   body: JSON.stringify({ query: 'a shark at the beach', top: 1 }),
 * });
 * console.log(response.status); // 200
 * await server.close();
 */
export async function serve(options: ServeOptions = {}): Promise<Server> {
  checkOptions('serve', options, serveChecks);
  const {
    host = '127.0.0.1',
    port = 8787,
    keyFile,
    keys: keyLines,
    noKeys = false,
    indexes: folders = [],
    indexesFolder,
    api = 'all',
    writable = false,
    version = packageVersion(),
  } = options;
  const isKeyed = keyFile !== undefined || keyLines !== undefined;
  if (!isLoopback(host) && !isKeyed && !noKeys)
    throw new FinetoothError(
      'E_USAGE',
      (say) =>
        `${host} is reached by other machines: name a file of keys ${say.as('keyFile')} ("finetooth key" makes one), or spell out ${say.option('noKeys')}.`,
    );
  let known = isKeyed ? await keysFrom(keyFile, keyLines) : undefined;
  const keys: Keys | undefined = known && { nameOf: (key) => known?.nameOf(key), count: known.count };
  const origins = options.origins?.map(normalOrigin);
  const sessions = createModelSessions();
  const { strict = false, longDocuments, ...given } = options.models ?? {};
  const downloads = createDownloads(given.onDownload);
  // Without names nothing that is served has a form to choose: said once, and not in every answer.
  const precision = options.modelNames === undefined ? undefined : given.precision;
  const modelOptions: ModelOptions = { ...given, precision, sessions, onDownload: downloads.take };
  const hostedRerankers = options.rerankers ?? [];
  checkHostedRerankers(hostedRerankers, modelOptions.hosted);
  const models = openModels({
    ...modelOptions,
    strict,
    longDocuments,
    hostedRerankers,
    ...(options.modelNames === undefined ? {} : { served: await namedModels(options.modelNames, modelOptions) }),
  });
  const shedder = createLoadShedder(options);
  const made = indexesFolder === undefined ? undefined : indexFolders(indexesFolder);
  // Agents are given folders of notes as they are; who serves an index by the wrong name is told that it is none.
  const openRegistry = options.api === 'mcp' ? registryWithFolders : createIndexRegistry;
  const indexes = await openRegistry({
    given: folders,
    folders: made,
    models: modelOptions,
    longDocuments,
    durability: options.durability,
    judgments: options.judgments,
    sample: options.samples ? await offeredSample(folders, made, modelOptions) : undefined,
  });
  const closing = new AbortController();
  const end = async (): Promise<void> => {
    await indexes.close();
    await models.close();
  };
  try {
    // An index that cannot be opened is told now, not to the first client.
    await indexes.openGiven();
    await models.openHosted();
    const { mostQueryCharacters, fileBytes } = options;
    const own = ownRoutes({ indexes, models, downloads, shedder, mostQueryCharacters, fileBytes, closing: closing.signal });
    const agents = mcpRoutes({
      indexes,
      models,
      ...partsOf(options),
      shedder,
      version,
      writable,
      log: (id, error) => app.log.error({ id, err: error }, 'failed'),
    });
    const app = await createApp({
      handlers: createHandlers(models, shedder, options),
      models,
      shedder,
      metrics: await createMetrics(shedder),
      traced: await openTraces(),
      keys,
      originRules: {
        host,
        keyed: keys !== undefined,
        hosts: options.hosts,
        origins,
      },
      limits: options,
      version,
      log: options.log ?? { level: 'silent', stream: { write: () => {} } },
      page: api === 'mcp' ? undefined : createPage(createPageFiles(builtPage()), { onOpen: () => indexes.beginSample() }),
      isReachable: () => indexes.areReachable(),
      isForAgentsAlone: api === 'mcp',
      routes: async (to, tools) => [...(api === 'mcp' ? [] : await own(to, tools)), ...(await agents(to, tools))],
    });
    if (precision !== given.precision) for (const sentence of unservedPrecision(given.precision)) app.log.warn(sentence);
    warnOfHosted(app.log, hostedRerankers, modelOptions.hosted);
    if (keys === undefined && origins?.includes('*'))
      app.log.warn('every web page that is open on this machine may use this server; with keys, those that know one may');
    await app.listen({ host, port }).catch((error: unknown) => Promise.reject(listenError(error, host, port)));
    const address = app.server.address() as AddressInfo;
    const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return {
      url: `http://${shown}:${address.port}`,
      models: [...models.list.map(({ name }) => name), ...models.sparse],
      indexes: await indexes.names(),
      readKeys: async () => {
        if (keyFile === undefined) return;
        known = await keysFrom(keyFile, keyLines, { mayBeEmpty: true });
        app.log.warn({ keys: known.count }, 'the keys were read again');
      },
      close: async (graceMs = 30_000) => {
        // Who sends documents may go on for ever: what has come of them is stored, and the rest is theirs to send again.
        closing.abort(
          new RequestError('busy', 'this server is being closed; what was acknowledged is kept, send the rest again', { retryAfter: 5 }),
        );
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise<void>((resolve) => {
          timer = setTimeout(() => {
            app.server.closeAllConnections();
            resolve();
          }, graceMs);
        });
        // A connection that is kept alive is idle once it has its answer, which may be long after the first look.
        const idle = setInterval(() => app.server.closeIdleConnections(), 20);
        await Promise.race([Promise.all([shedder.empty(), app.close()]), late]);
        clearTimeout(timer);
        clearInterval(idle);
        await app.close();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** The bundled films, unless there is an index of their name. */
async function offeredSample(
  given: readonly string[],
  made: IndexFolders | undefined,
  models: ModelOptions,
): Promise<SampleIndex | undefined> {
  const sample = sampleIndex(models);
  const names = [...givenIndexes(given).names, ...((await made?.list()) ?? [])];
  return names.includes(sample.name) ? undefined : sample;
}

/** The keys of a file, of given lines, or of both. */
async function keysFrom(file: string | undefined, lines = '', options?: ReadKeysOptions): Promise<Keys> {
  if (file === undefined) return readKeys(lines, 'the given keys', options);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new FinetoothError(
      'E_INPUT_MISSING',
      (say) => `the key file ${file} cannot be read: ${messageOf(cause)}. Make one with ${say.makeKey(file)}.`,
      { cause },
    );
  });
  return readKeys(lines === '' ? text : `${text}\n${lines}`, file, options);
}

function listenError(error: unknown, host: string, port: number): unknown {
  const code = systemCodeOf(error);
  if (code === 'EADDRINUSE')
    return new FinetoothError('E_USAGE', (say) => `port ${port} of ${host} is taken. Choose another ${say.as('port')}, or 0 for any.`, {
      cause: error,
    });
  if (code === 'EACCES')
    return new FinetoothError('E_USAGE', (say) => `port ${port} may not be used by this user. Choose one above 1023 ${say.as('port')}.`, {
      cause: error,
    });
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new FinetoothError('E_USAGE', `"${host}" is not an address of this machine.`, { cause: error });
  return error;
}
