import { importProtocol, importProtocolStdio } from '../../assemble/protocol-library.ts';
import { FinetoothError, messageOf } from '../../errors.ts';
import { installCommand } from '../../wording/install-command.ts';

export type Sdk = typeof import('@modelcontextprotocol/server');
export type StdioSdk = typeof import('@modelcontextprotocol/server/stdio');

/** The protocol's own library, on first use: it takes as long to load as a model. Throws E_PACKAGE where it is not installed. */
export const loadSdk = (): Promise<Sdk> => importProtocol().catch(missing);

export const loadStdio = (): Promise<StdioSdk> => importProtocolStdio().catch(missing);

function missing(error: unknown): never {
  throw new FinetoothError(
    'E_PACKAGE',
    `the protocol's library did not load (${messageOf(error)}): ${installCommand(['@finetooth/mcp-server', '@modelcontextprotocol/server'])}`,
    { cause: error },
  );
}
