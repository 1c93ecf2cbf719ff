import { FinetoothError, messageOf } from '../../errors.ts';

export type Sdk = typeof import('@modelcontextprotocol/server');
export type StdioSdk = typeof import('@modelcontextprotocol/server/stdio');

/** The protocol's own library, on first use: it takes as long to load as a model. Throws E_PACKAGE where it is not installed. */
export const loadSdk = (): Promise<Sdk> => import('@modelcontextprotocol/server').catch(missing);

export const loadStdio = (): Promise<StdioSdk> => import('@modelcontextprotocol/server/stdio').catch(missing);

function missing(error: unknown): never {
  throw new FinetoothError(
    'E_PACKAGE',
    `the package @modelcontextprotocol/server did not load (${messageOf(error)}): npm install @modelcontextprotocol/server`,
    { cause: error },
  );
}
