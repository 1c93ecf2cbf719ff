import type { Readable, Writable } from 'node:stream';
import { localChecks } from '../../assemble/model-options.ts';
import { unservedPrecision } from '../../assemble/unused-precision.ts';
import { createModelSessions } from '../../embedders.ts';
import { FinetoothError } from '../../errors.ts';
import type { ModelOptions, OpenIndexOptions } from '../../index.ts';
import { callback, checkOptions, needed, type OptionChecks, oneOf, positive, texts, truth, when } from '../../wording/check-options.ts';
import { packageVersion } from '../../wording/package-version.ts';
import type { IndexRegistry } from '../indexes/registry.ts';
import { registryWithFolders, type SearchedFoldersOptions } from '../indexes/searched-folders.ts';
import { createLoadShedder, type LoadSheddingOptions } from '../load-shedding.ts';
import { type ModelsOptions, openModels } from '../models.ts';
import { createCursors } from './cursors.ts';
import { hasEmbedder } from './has-embedder.ts';
import { createProtocol } from './protocol.ts';
import { loadSdk, loadStdio } from './sdk.ts';
import type { McpApi } from './tool.ts';

export interface ServeMcpOptions extends LoadSheddingOptions, McpLimits {
  /**
   * Indexes to search in: folders, or addresses of indexes in a database. A file, or a folder of files that is no index, is indexed into the cache and kept
   * in step.
   */
  readonly indexes: readonly string[];
  /** What the client writes and what it reads: one JSON-RPC message a line, and nothing else. */
  readonly input: Readable;
  readonly output: Writable;
  /** Let clients add documents. @default false */
  readonly writable?: boolean;
  readonly models?: Omit<ModelsOptions, 'served' | 'hostedRerankers' | 'strict'>;
  /** Of what is written to indexes, as `openIndex` takes it. @default power */
  readonly durability?: OpenIndexOptions['durability'];
  /** Told each time that the index of a folder of files was brought in step. */
  readonly onSync?: SearchedFoldersOptions['onSync'];
  /** Told of what is not the client's doing, under the number that the client is told. @default it is lost */
  readonly onFailure?: (id: string, error: unknown) => void;
}

export interface McpLimits {
  /** Milliseconds that a call may take, 1 and up. @default 120,000 */
  readonly callMs?: number;
  /** The same of one that adds documents. @default 600,000 */
  readonly writeMs?: number;
}

export interface McpConnection {
  /** Resolves when the client is gone; rejects where an index cannot be opened, so that no one waits for answers that cannot come. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

const stream = (functionName: string) =>
  when('a stream', (value) => typeof (value as Record<string, unknown> | null)?.[functionName] === 'function');

const checks: OptionChecks<ServeMcpOptions> = {
  indexes: needed(texts),
  input: needed(stream('on')),
  output: needed(stream('write')),
  writable: truth,
  models: localChecks,
  durability: oneOf(['power', 'process']),
  onFailure: callback,
  onSync: callback,
  callMs: positive,
  writeMs: positive,
  mostRequests: positive,
  mostCharacters: positive,
};

/** Bytes of one message. */
const LONGEST_LINE = 64 * 1_048_576;

/** Codes that are for whoever started this to mend; what a database or another process does may pass. */
const lasting: ReadonlySet<string> = new Set(['E_USAGE', 'E_INDEX_MISSING', 'E_FINGERPRINT', 'E_MODEL_UNKNOWN', 'E_PACKAGE', 'E_RUNTIME']);

/**
 * Answers one client of the Model Context Protocol over two streams, until it is gone. It listens at once, while indexes are opened and models loaded.
 *
 * @example
 * import { serveMcp } from 'finetooth/mcp';
 *
 * const { ended } = await serveMcp({ indexes: ['./movies'], input: process.stdin, output: process.stdout });
 * await ended;
 *
 * @throws E_USAGE for an option that there is not, and for two indexes of one name; E_PACKAGE without @modelcontextprotocol/server
 */
export async function serveMcp(options: ServeMcpOptions): Promise<McpConnection> {
  checkOptions('serveMcp', options, checks);
  const { indexes: given, input, output, writable = false, models: modelOptions = {}, durability } = options;
  const { longDocuments, precision, ...plain } = modelOptions;
  // Said once, and not in every answer: agents name no models, and an index keeps the form that it was made with.
  for (const sentence of unservedPrecision(precision)) process.emitWarning(`${sentence}.`, { code: 'FINETOOTH_PRECISION' });
  const shared: ModelOptions = { ...plain, sessions: plain.sessions ?? createModelSessions() };
  const models = openModels({ ...shared, longDocuments });
  const { onSync } = options;
  const indexes = await registryWithFolders({ given, folders: undefined, models: shared, longDocuments, durability, onSync });
  let fail: (error: unknown) => void = () => {};
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve, reject) => ([end, fail] = [resolve, reject]));
  // Who does not wait for the end hears of nothing.
  ended.catch(() => {});
  const opened = indexes.openGiven().catch((error: unknown) => {
    if (error instanceof FinetoothError && lasting.has(error.code)) fail(error);
  });
  void opened.then(() => warm(indexes)).catch(() => {});
  const [sdk, { serveStdio, StdioServerTransport }] = await Promise.all([loadSdk(), loadStdio()]);
  const api: McpApi = { indexes, models, ...partsOf(options), writable };
  const transport = new StdioServerTransport(input, output, { maxBufferSize: LONGEST_LINE });
  const connection = serveStdio(createProtocol(sdk, api), {
    transport,
    onerror: (error) => api.log('wire', error),
  });
  const gone = transport.onclose;
  transport.onclose = () => {
    gone?.();
    // Who asked nothing is still told of an index that there is not.
    void opened.then(end);
  };
  return {
    ended,
    close: async () => {
      await connection.close();
      end();
      await indexes.close();
      await models.close();
    },
  };
}

/** What every server of this protocol has beside its indexes and models. */
export const partsOf = (
  options: McpLimits & LoadSheddingOptions & Pick<ServeMcpOptions, 'onFailure'>,
): Pick<McpApi, 'shedder' | 'cursors' | 'version' | 'callMs' | 'writeMs' | 'log'> => ({
  shedder: createLoadShedder(options),
  cursors: createCursors(),
  version: packageVersion(),
  callMs: options.callMs ?? 120_000,
  writeMs: options.writeMs ?? 600_000,
  log: (id, error) => options.onFailure?.(id, error),
});

/** Loads what searches the indexes, while the client still says hello. One that cannot be opened is told by each call that asks for it. */
async function warm(indexes: IndexRegistry): Promise<void> {
  for (const name of await indexes.names())
    await indexes.reading(name, async (index) => {
      await Promise.all([hasEmbedder(index) ? index.embedder().load?.() : undefined, index.reranker()?.load?.()]);
    });
}
