import { messageOf } from '../../errors.ts';
import { command } from '../command.ts';
import { modelOptions } from '../model-flags.ts';
import { longDocumentsOf } from '../reranker-flags.ts';
import { commandWording } from '../wording.ts';

export const serveCommand = command({
  name: 'serve',
  about: 'Answer rerank, embedding and search requests over HTTP, in the words of many vendors, on local models.',
  takes: [],
  options: [
    'in',
    'indexes',
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
    'durability',
    'writable',
    'allowOrigin',
    'allowHost',
    'logLevel',
    'longDocuments',
    'threads',
    'maxMemory',
    'runtime',
    'cache',
    'models',
    'offline',
    'json',
  ],
  examples: [
    'finetooth serve',
    'finetooth serve --in ./movies --port 8787 --api-key-file keys',
    'finetooth serve --host 0.0.0.0 --api-key-file keys --indexes ./indexes',
    'finetooth serve --reranker cohere:rerank-v3.5 --budget 5',
  ],
  run: async (run) => {
    const { flags, terminal, signal } = run;
    const { serve } = await import('../../server/index.ts');
    const models = await modelOptions(run);
    const server = await serve({
      host: flags.host,
      port: flags.port,
      keyFile: flags.apiKeyFile,
      keys: run.env.FINETOOTH_API_KEYS || undefined,
      noKeys: flags.noAuth,
      indexes: flags.in ?? [],
      indexesFolder: flags.indexes,
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
      origins: flags.allowOrigin,
      hosts: flags.allowHost,
      log: { level: flags.logLevel, stream: { write: (line) => terminal.say(line.trimEnd()) } },
    });
    const { url, indexes } = server;
    if (flags.json) terminal.json({ url, models: server.models, indexes });
    else {
      const served = indexes.length === 0 ? '' : `, indexes ${indexes.join(', ')}`;
      terminal.write(
        `listening at ${url} (models ${server.models.join(', ')}${served}); ${url}/docs lists what can be asked. Ctrl-C stops.\n`,
      );
    }
    const again = (): void => {
      server.readKeys().catch((error: unknown) => terminal.say(`the keys are those that they were: ${messageOf(error, commandWording)}`));
    };
    process.on('SIGHUP', again);
    if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    terminal.say('finishing what was accepted.');
    await server.close();
    process.off('SIGHUP', again);
  },
});
