import { defaultIndexesFolder } from '../assemble/sample-index.ts';
import { messageOf } from '../errors.ts';
import type { Server } from '../server/index.ts';
import type { Run } from './command.ts';
import { machineFlags, modelOptions } from './model-flags.ts';
import { openBrowser } from './open-browser.ts';
import { longDocumentsOf } from './reranker-flags.ts';
import { commandWording } from './wording.ts';

/** Flags of the commands that run a server. */
export const serverFlags = [
  'in',
  'indexes',
  'noSamples',
  'judgmentsFolder',
  'host',
  'port',
  'apiKeyFile',
  'noAuth',
  'serveModels',
  'hostedRerankers',
  'budget',
  'prices',
  'requestsPerMinute',
  'strictModels',
  'maxRequests',
  'maxDocuments',
  'maxBody',
  'maxFile',
  'durability',
  'writable',
  'allowOrigin',
  'allowHost',
  'logLevel',
  'longDocuments',
  ...machineFlags,
  'json',
] as const;

export interface ServerRun {
  /** Clients may make indexes, and the page opens in a browser unless `open` says no. @default false */
  readonly isForPage?: boolean;
  readonly open?: boolean;
}

/** Serves until it is stopped. */
export async function runServer(
  run: Run<(typeof serverFlags)[number]>,
  { isForPage = false, open = false }: ServerRun = {},
): Promise<void> {
  const { flags, terminal, env } = run;
  const { serve } = await import('../server/index.ts');
  const models = await modelOptions(run);
  const given = flags.in ?? [];
  const indexesFolder = flags.indexes ?? (isForPage ? defaultIndexesFolder(flags.cache) : undefined);
  const samples = !flags.noSamples && given.length === 0 && (isForPage || indexesFolder === undefined);
  const server = await serve({
    host: flags.host,
    port: flags.port,
    keyFile: flags.apiKeyFile,
    keys: env.FINETOOTH_API_KEYS || undefined,
    noKeys: flags.noAuth,
    indexes: given,
    samples,
    indexesFolder,
    judgments: flags.judgmentsFolder,
    modelNames: flags.serveModels,
    rerankers: flags.hostedRerankers,
    models: {
      ...models,
      hosted: { ...models.hosted, requestsPerMinute: flags.requestsPerMinute },
      strict: flags.strictModels,
      longDocuments: longDocumentsOf(flags.longDocuments),
    },
    mostRequests: flags.maxRequests,
    mostDocuments: flags.maxDocuments,
    durability: flags.durability,
    writable: flags.writable,
    bodyBytes: flags.maxBody * 1_048_576,
    fileBytes: flags.maxFile * 1_048_576,
    origins: flags.allowOrigin,
    hosts: flags.allowHost,
    log: { level: flags.logLevel ?? (isForPage ? 'warn' : 'info'), stream: { write: (line) => terminal.say(line.trimEnd()) } },
  });
  const { url, indexes } = server;
  if (flags.json) terminal.json({ url, models: server.models, indexes });
  else {
    const served = indexes.length === 0 ? '' : `, indexes ${indexes.join(', ')}`;
    const kept = isForPage ? `; indexes are kept in ${indexesFolder}` : '';
    const films = samples && indexes.includes('films') ? '; the bundled films become the index films when they are first asked for' : '';
    const asked = isForPage ? `the page is at ${url}/` : `listening at ${url}`;
    terminal.write(
      `${asked} (models ${server.models.join(', ')}${served})${kept}${films}; ${url}/docs lists what can be asked. Ctrl-C stops.\n`,
    );
  }
  if (open && !(await openBrowser(`${url}/`, env))) terminal.say(`No browser could be opened; open ${url}/ in one.`);
  await untilStopped(server, run);
}

/** Until Ctrl-C or SIGTERM, then until what was accepted is done; SIGHUP has the keys read again. */
export async function untilStopped(server: Server, { terminal, signal }: Pick<Run<never>, 'terminal' | 'signal'>): Promise<void> {
  const again = (): void => {
    server.readKeys().catch((error: unknown) => terminal.say(`the keys are those that they were: ${messageOf(error, commandWording)}`));
  };
  process.on('SIGHUP', again);
  if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  terminal.say('finishing what was accepted.');
  await server.close();
  process.off('SIGHUP', again);
}
