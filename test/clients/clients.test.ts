import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { serve } from '../../src/server/listen.ts';
import { right } from './calls/texts.mjs';
import type { Client, Context } from './client.ts';
import { install } from './install.ts';

const here = import.meta.dirname;
const manifest = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
const missing = await install();

const KEY = 'a-key-of-sixteen-letters-or-more';
const keyFile = join(mkdtempSync(join(tmpdir(), 'finetooth-clients-')), 'keys');
writeFileSync(keyFile, `${KEY}\n`);
const server = missing === undefined ? await serve({ port: 0, version: '0.0.0', keyFile }) : undefined;
afterAll(() => server?.close());

interface Row {
  readonly client: string;
  readonly version: string;
  readonly calls: string[];
  readonly skipped: string[];
}
const rows: Row[] = [];

const files = [
  'together-ai',
  'cohere-ai',
  'voyageai',
  'openai',
  'ai-sdk',
  'langchain-cohere',
  'llamaindex',
  'langchain-openai',
  'ollama',
  'huggingface',
  'jina-ai-provider',
  'pinecone',
];

describe.skipIf(missing !== undefined)(missing ?? 'clients from npm', async () => {
  for (const file of missing === undefined ? files : []) {
    const client = (await import(/* @vite-ignore */ pathToFileURL(join(here, 'calls', `${file}.mjs`)).href)) as Client;
    const names = [client.name, ...(client.others ?? [])];
    const row: Row = {
      client: names.map((name) => `\`${name}\``).join(', '),
      version: names.map((name) => manifest.dependencies[name]).join(', '),
      calls: [],
      skipped: [],
    };
    rows.push(row);
    describe(`${client.name} ${manifest.dependencies[client.name]}`, () => {
      const context: Context = {
        url: server?.url ?? '',
        key: KEY,
        tried: (call, run) => {
          row.calls.push(call);
          it(call, run);
        },
        skipped: (call, reason) => {
          row.skipped.push(`${call}: ${reason}`);
          it.skip(`${call}: ${reason}`, () => {});
        },
        equal: (got, expected) => expect(got).toEqual(expected),
        best: (pairs, count) => {
          expect(pairs).toHaveLength(count);
          expect(pairs[0]?.[0]).toBe(right);
          const scores = pairs.map(([, score]) => score);
          expect(scores).toEqual(scores.toSorted((a, b) => b - a));
          expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
        },
        fails: async (run, read, expected) => {
          const error = await run().then(
            () => 'it did not fail',
            (failure: unknown) => failure,
          );
          expect(read(error as never)).toEqual(expected);
        },
      };
      client.calls(context);
    });
  }

  it('are in the table of docs/clients.md, with what was tried', async () => {
    const page = `# Clients

Made by \`test/clients/clients.test.ts\`, which runs each of these clients against the server with nothing changed but its base URL and key.

| client | version | calls tried | skipped |
|---|---|---|---|
${rows.map(({ client, version, calls, skipped }) => `| ${client} | ${version} | ${calls.join('; ')} | ${skipped.join('; ')} |`).join('\n')}
`;
    await expect(page).toMatchFileSnapshot(join(here, '..', '..', 'docs', 'clients.md'));
  });
});
