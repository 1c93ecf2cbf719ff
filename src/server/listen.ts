import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { indexFolders } from '../assemble/index-folders.ts';
import { createModelSessions, type ModelOptions } from '../assemble/parts.ts';
import { FinetoothError, messageOf, systemCodeOf } from '../errors.ts';
import { type AppLimits, createApp } from './app.ts';
import { createGate, type GateOptions } from './gate.ts';
import { ownRoutes } from './indexes/routes.ts';
import { createIndexShelf } from './indexes/shelf.ts';
import { type ModelsOptions, namedModels, openModels } from './models.ts';
import { readKeys } from './safety/keys.ts';
import { isLoopback, type VisitorRules } from './safety/visitors.ts';
import { createMetrics } from './watch/metrics.ts';
import { openTraces } from './watch/traces.ts';
import { createWork, type WorkLimits } from './work.ts';

export interface ServeOptions extends GateOptions, WorkLimits, AppLimits, Partial<Pick<VisitorRules, 'hosts' | 'origins'>> {
  /** @default 127.0.0.1; another address needs keys, or `noKeys` */
  readonly host?: string;
  /** 0 takes a free one. @default 8787 */
  readonly port?: number;
  /** A file of keys; see `readKeys`. @default none: whoever reaches the server may use it */
  readonly keyFile?: string;
  /** Serve other machines without keys. @default false */
  readonly noKeys?: boolean;
  /** Folders of indexes to search in. */
  readonly indexes?: readonly string[];
  /** Where indexes are made that clients ask for. @default none are made */
  readonly indexesFolder?: string;
  /** Models by name: of the catalog, of the hub, or folders. @default the bundled ones */
  readonly modelNames?: readonly string[];
  readonly models?: Omit<ModelsOptions, 'served'>;
  readonly version: string;
  /** @default logs of level info go nowhere */
  readonly log?: { readonly level: string; readonly stream: { write(line: string): void } };
}

export interface Server {
  readonly url: string;
  /** Names of the models and of the indexes that are served. */
  readonly models: readonly string[];
  readonly indexes: readonly string[];
  /** Takes nothing new, finishes what was accepted, for at most so many milliseconds (30,000), and frees everything. */
  close(patienceMs?: number): Promise<void>;
}

const keysFrom = async (file: string): Promise<ReturnType<typeof readKeys>> => {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new FinetoothError(
      'E_INPUT_MISSING',
      `the key file ${file} cannot be read: ${messageOf(cause)}. Make one with "finetooth key --add-to ${file}".`,
      { cause },
    );
  });
  return readKeys(text, file);
};

const listenError = (error: unknown, host: string, port: number): unknown => {
  const code = systemCodeOf(error);
  if (code === 'EADDRINUSE')
    return new FinetoothError('E_USAGE', `port ${port} of ${host} is taken. Choose another with --port, or 0 for any.`, { cause: error });
  if (code === 'EACCES')
    return new FinetoothError('E_USAGE', `port ${port} may not be used by this user. Choose one above 1023 with --port.`, { cause: error });
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new FinetoothError('E_USAGE', `"${host}" is no address of this machine.`, { cause: error });
  return error;
};

/** Starts the server. Models are loaded while it already listens; /ready says when they are. */
export const serve = async (options: ServeOptions): Promise<Server> => {
  const { host = '127.0.0.1', port = 8787, keyFile, noKeys = false, indexes: folders = [], indexesFolder, version } = options;
  if (!isLoopback(host) && keyFile === undefined && !noKeys)
    throw new FinetoothError(
      'E_USAGE',
      `${host} is reached by other machines: name a file of keys with --api-key-file ("finetooth key" makes one), or spell out --no-auth.`,
    );
  const keys = keyFile === undefined ? undefined : await keysFrom(keyFile);
  const sessions = createModelSessions();
  const { strict = false, ...given } = options.models ?? {};
  const modelOptions: ModelOptions = { ...given, sessions };
  const models = openModels({
    ...modelOptions,
    strict,
    ...(options.modelNames === undefined ? {} : { served: await namedModels(options.modelNames, modelOptions) }),
  });
  const gate = createGate(options);
  const indexes = createIndexShelf({
    given: folders,
    folders: indexesFolder === undefined ? undefined : indexFolders(indexesFolder),
    models: modelOptions,
  });
  const end = async (): Promise<void> => {
    await indexes.close();
    await models.close();
  };
  try {
    // An index that cannot be opened is told now, not to the first client.
    await indexes.openGiven();
    const app = await createApp({
      work: createWork(models, gate, options),
      models,
      gate,
      metrics: await createMetrics(gate),
      traced: await openTraces(),
      keys,
      visitors: {
        host,
        hosts: options.hosts,
        origins: options.origins,
      },
      limits: options,
      version,
      log: options.log ?? { level: 'silent', stream: { write: () => {} } },
      routes: ownRoutes({ indexes, models, gate, mostQueryCharacters: options.mostQueryCharacters }),
    });
    await app.listen({ host, port }).catch((error: unknown) => Promise.reject(listenError(error, host, port)));
    const address = app.server.address() as AddressInfo;
    const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return {
      url: `http://${shown}:${address.port}`,
      models: models.list.map(({ name }) => name),
      indexes: await indexes.names(),
      close: async (patienceMs = 30_000) => {
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise<void>((resolve) => {
          timer = setTimeout(() => {
            app.server.closeAllConnections();
            resolve();
          }, patienceMs);
        });
        // A connection that is kept alive is idle once it has its answer, which may be long after the first look.
        const idle = setInterval(() => app.server.closeIdleConnections(), 20);
        await Promise.race([Promise.all([gate.empty(), app.close()]), late]);
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
};
