import { Writable } from 'node:stream';
import { FinetoothError, messageOf } from '../../errors.ts';
import { command } from '../command.ts';
import { modelOptions } from '../model-flags.ts';
import { longDocumentsOf } from '../reranker-flags.ts';
import type { Terminal } from '../terminal.ts';
import { commandWording } from '../wording.ts';

export const mcpCommand = command({
  name: 'mcp',
  about: 'Let agents search in indexes: a server of the Model Context Protocol, over standard input and output or over HTTP.',
  takes: [],
  options: [
    'in',
    'writable',
    'http',
    'host',
    'port',
    'apiKeyFile',
    'noAuth',
    'allowOrigin',
    'allowHost',
    'maxRequests',
    'durability',
    'logLevel',
    'longDocuments',
    'threads',
    'maxMemory',
    'runtime',
    'cache',
    'models',
    'offline',
  ],
  examples: [
    'finetooth mcp --in ./movies',
    'finetooth mcp --in ./movies --in ./notes --writable',
    'finetooth mcp --in ./movies --http --port 8788',
  ],
  run: async (run) => {
    const { flags, terminal, signal } = run;
    const { in: indexes, writable, durability, maxRequests: mostRequests } = flags;
    if (indexes === undefined)
      throw new FinetoothError(
        'E_USAGE',
        'mcp needs --in INDEX: a folder, or the address of an index in a database. It may be given several times.',
      );
    const models = { ...(await modelOptions(run)), longDocuments: longDocumentsOf(flags.longDocuments) };
    if (flags.http) {
      const { serve } = await import('../../server/index.ts');
      const server = await serve({
        ...{ indexes, writable, durability, mostRequests, models, api: 'mcp', host: flags.host, port: flags.port },
        ...{ keyFile: flags.apiKeyFile, keys: run.env.FINETOOTH_API_KEYS || undefined, noKeys: flags.noAuth },
        ...{ origins: flags.allowOrigin, hosts: flags.allowHost },
        log: { level: flags.logLevel, stream: { write: (line) => terminal.say(line.trimEnd()) } },
      });
      terminal.write(`listening at ${server.url}/mcp (indexes ${server.indexes.join(', ')}). Ctrl-C stops.\n`);
      if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      await server.close();
      return;
    }
    const output = wireOnly(terminal);
    const { serveMcp } = await import('../../server/mcp/index.ts');
    const connection = await serveMcp({
      ...{ indexes, writable, durability, mostRequests, models, input: process.stdin, output },
      onFailure: (id, error) => terminal.say(`${id}: ${messageOf(error, commandWording)}`),
    });
    const stop = (): void => void connection.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await connection.ended;
    } finally {
      await connection.close();
    }
  },
});

/** Standard output is the wire: what anyone else in this process prints goes to standard error, so that it ends no conversation. */
function wireOnly(terminal: Terminal): Writable {
  const { stdout } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = ((text: string | Uint8Array, ...rest: readonly unknown[]) => {
    terminal.say(String(text).trimEnd());
    for (const one of rest) if (typeof one === 'function') one();
    return true;
  }) as typeof stdout.write;
  const output = new Writable({ decodeStrings: false, write: (chunk, encoding, done) => void write(chunk, encoding, done) });
  stdout.once('error', (error) => output.destroy(error));
  return output;
}
