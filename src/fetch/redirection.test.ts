import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { type Hub, openHubFile } from './hub.ts';
import { redirectionFault } from './redirection.ts';

const fault = (from: string, to: string): string | undefined => redirectionFault(new URL(from), URL.parse(to, from));

it.each([
  ['https://hub.example/a', 'https://files.example/b'],
  ['https://hub.example/a', '/b'],
  ['http://hub.example/a', 'https://files.example/b'],
  // Mirrors within a company.
  ['http://mirror/a', 'http://10.1.2.3:9000/b'],
  ['http://127.0.0.1:1/a', 'http://127.0.0.1:2/b'],
  ['http://localhost:1/a', 'http://[::1]:2/b'],
])('from %s to %s is followed', (from, to) => expect(fault(from, to)).toBeUndefined());

it.each([
  ['https://hub.example/a', 'http://files.example/b', 'redirected from https to http://files.example, where'],
  ['http://hub.example/a', 'http://127.0.0.1:9932/internal', 'redirected to http://127.0.0.1:9932, an address of this machine'],
  ['https://hub.example/a', 'https://localhost/b', 'redirected to https://localhost, an'],
  ['https://hub.example/a', 'https://files.localhost./b', 'an address of this machine'],
  ['http://hub.example/a', 'http://2130706433/b', 'redirected to http://127.0.0.1, an'],
  ['http://hub.example/a', 'http://0x7f.1/b', 'redirected to http://127.0.0.1, an'],
  ['http://hub.example/a', 'http://[::ffff:127.0.0.1]/b', 'an address of this machine'],
  ['http://hub.example/a', 'http://[::1]/b', 'an address of this machine'],
  ['http://hub.example/a', 'http://169.254.169.254/latest/meta-data', 'an address of this machine or its network'],
  ['http://hub.example/a', 'file:///etc/passwd', 'redirected nowhere'],
  ['http://hub.example/a', 'http://', 'redirected nowhere'],
])('from %s to %s is not', (from, to, words) => expect(fault(from, to)).toContain(words));

it('is refused where a hub sends a download, and the place is never asked', async () => {
  const asked: string[] = [];
  const hub: Pick<Hub, 'endpoint' | 'request'> = {
    endpoint: 'https://hub.example',
    request: async (url) => {
      asked.push(url.href);
      return { statusCode: 302, headers: { location: 'https://127.0.0.1:9/internal' }, body: Readable.from([]) } as never;
    },
  };
  const open = openHubFile(hub as Hub, { repository: 'owner/name', revision: 'main', path: 'model.onnx' });
  expect(await open(0, undefined, new AbortController().signal)).toMatchObject({
    refused: expect.stringContaining('hub.example redirected to https://127.0.0.1:9, an address of this machine'),
    retry: false,
  });
  expect(asked).toEqual(['https://hub.example/owner/name/resolve/main/model.onnx']);
});
