import { Readable } from 'node:stream';
import { FinetoothError, messageOf } from '../../errors.ts';
import type { FolderSync } from '../../tasks/index.ts';
import { command } from '../command.ts';
import { machineFlags, modelOptions } from '../model-flags.ts';
import { longDocumentsOf } from '../reranker-flags.ts';
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
    ...machineFlags,
  ],
  examples: [
    'finetooth mcp --in ./movies',
    'finetooth mcp --in ./notes',
    'finetooth mcp --in ./movies --in ./notes --writable',
    'finetooth mcp --in ./movies --http --port 8788',
  ],
  run: async (run) => {
    const { flags, terminal, signal } = run;
    const { in: indexes, writable, durability, maxRequests: mostRequests } = flags;
    if (indexes === undefined)
      throw new FinetoothError(
        'E_USAGE',
        'mcp needs --in INDEX: an index, a folder of files, or the address of an index in a database. It may be given several times.',
      );
    const models = { ...(await modelOptions(run)), longDocuments: longDocumentsOf(flags.longDocuments) };
    if (flags.http) {
      const [{ serve }, { untilStopped }] = await Promise.all([import('../../server/index.ts'), import('../run-server.ts')]);
      const server = await serve({
        ...{ indexes, writable, durability, mostRequests, models, api: 'mcp', host: flags.host, port: flags.port },
        ...{ keyFile: flags.apiKeyFile, keys: run.env.FINETOOTH_API_KEYS || undefined, noKeys: flags.noAuth },
        ...{ origins: flags.allowOrigin, hosts: flags.allowHost },
        log: { level: flags.logLevel ?? 'info', stream: { write: (line) => terminal.say(line.trimEnd()) } },
      });
      terminal.write(`listening at ${server.url}/mcp (indexes ${server.indexes.join(', ')}). Ctrl-C stops.\n`);
      return untilStopped(server, run);
    }
    const { stdin } = terminal;
    // As it is, where it is a stream: what stands between would go on waiting for it.
    const input = stdin instanceof Readable ? stdin : Readable.from(stdin, { objectMode: false });
    const output = terminal.wire();
    const { serveMcp } = await import('../../server/mcp/index.ts');
    const connection = await serveMcp({
      ...{ indexes, writable, durability, mostRequests, models, input, output },
      onSync: (name, sync) => terminal.say(`${name}: ${syncedLine(sync)}`),
      onFailure: (id, error) => terminal.say(`${id}: ${messageOf(error, commandWording)}`),
    });
    const stop = (): void => void connection.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      await connection.ended;
    } finally {
      await connection.close();
      // Who reads on for a client that is not heard any more never ends.
      input.destroy();
    }
  },
});

/** "2 added, 1 removed", or why nothing could be done. */
function syncedLine({ added, changed, removed, problem }: FolderSync): string {
  return problem ?? `in step with its files: ${added} added, ${changed} changed, ${removed} removed`;
}
