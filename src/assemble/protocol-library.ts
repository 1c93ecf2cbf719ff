import { importFirst } from '../fetch/import-first.ts';

/** The library of the Model Context Protocol: as it is published with finetooth, each entry one file, or the package itself. */
export const importProtocol = () =>
  importFirst('@finetooth/mcp-server', '@modelcontextprotocol/server') as Promise<typeof import('@modelcontextprotocol/server')>;

/** Its part for a client that starts the server as a process. */
export const importProtocolStdio = () =>
  importFirst('@finetooth/mcp-server/stdio', '@modelcontextprotocol/server/stdio') as Promise<
    typeof import('@modelcontextprotocol/server/stdio')
  >;
