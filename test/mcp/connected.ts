/** Ways in which a client reaches a server: two transports, and the protocol before 2026 and since. */
import { PassThrough } from 'node:stream';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';

export type Era = 'legacy' | 'modern';

export const eras: readonly Era[] = ['legacy', 'modern'];

/** A client that says hello in the words of that version; a modern one that falls back is told from its protocol version. */
export const newClient = (era: Era): Client =>
  new Client({ name: 'test', version: '0' }, era === 'modern' ? { versionNegotiation: { mode: 'auto' } } : {});

/** Two ends of a line: what a process would have as standard input and output. */
export const wires = (): { readonly input: PassThrough; readonly output: PassThrough } => ({
  input: new PassThrough(),
  output: new PassThrough(),
});

/** A client at the other end of a server's input and output. */
export async function clientOf({ input, output }: ReturnType<typeof wires>, era: Era): Promise<Client> {
  const client = newClient(era);
  // Both directions of this transport are alike: a line is a message.
  await client.connect(new StdioServerTransport(output, input));
  return client;
}

export async function clientAt(url: string, era: Era, headers: Readonly<Record<string, string>> = {}): Promise<Client> {
  const client = newClient(era);
  await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url), { requestInit: { headers } }));
  return client;
}

/** What a tool answered: its structured content, or the sentence of its error. */
export async function called(client: Client, name: string, args: Record<string, unknown>): Promise<unknown> {
  const { structuredContent, content, isError } = await client.callTool({ name, arguments: args });
  const [first] = content as readonly { readonly text?: string }[];
  if (isError) return first?.text;
  return structuredContent;
}
