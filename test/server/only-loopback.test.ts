import { lookup } from 'node:dns/promises';
import { get } from 'node:https';
import { expect, it } from 'vitest';
import { startServer } from '../servers/http.ts';
import { outside } from '../support/only-loopback.ts';

it('lets no client of any kind leave the machine', async () => {
  const { fetch: own, Agent } = await import('undici');
  await expect(fetch('https://api.cohere.com/v2/rerank')).rejects.toThrow();
  await expect(own('https://huggingface.co/x', { dispatcher: new Agent() })).rejects.toThrow();
  await expect(fetch('http://192.0.2.1/x')).rejects.toThrow();
  await expect(lookup('example.org')).rejects.toThrow();
  await new Promise((resolve) => get('https://example.com/').on('error', resolve));
  expect(outside.splice(0)).toEqual([
    'api.cohere.com:443',
    'huggingface.co:443',
    '192.0.2.1:80',
    'the address of example.org',
    'example.com:443',
  ]);
  const here = await startServer((_, response) => response.end('here'));
  expect(await (await fetch(here.url)).text()).toBe('here');
  await here.close();
});
