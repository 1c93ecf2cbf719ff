import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readKeys } from '../../src/server/auth/keys.ts';
import { createPageFiles } from '../../src/server/page/files.ts';
import { createPage } from '../../src/server/page/routes.ts';
import { fakeApp } from './fake.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-page-'));
const script = 'console.log("a page");\n'.repeat(100);
const build = (at: string): void => {
  mkdirSync(join(at, 'assets'), { recursive: true });
  writeFileSync(join(at, 'index.html'), '<!doctype html><script type="module" src="ui/assets/main-Ab_3-d9x.js"></script>');
  writeFileSync(join(at, 'assets/main-Ab_3-d9x.js'), script);
  writeFileSync(join(at, 'assets/icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  writeFileSync(join(at, 'build.map'), 'no part of a page');
};
build(folder);
writeFileSync(join(folder, '../finetooth-page-secret.json'), '{}');
symlinkSync('/etc/hostname', join(folder, 'hostname.txt'));

const built = join(import.meta.dirname, '../../dist/ui');

const page = (at = folder) => createPage(createPageFiles(at));
const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const get = async (app: Awaited<ReturnType<typeof fakeApp>>, url: string, headers: Record<string, string> = {}) =>
  app.inject({ method: 'GET', url, headers: { host: '127.0.0.1', ...headers } });

describe('the page', () => {
  it('is what a browser gets at /, and no one else', async () => {
    const app = await fakeApp({ page: page() });
    const shown = await get(app, '/', { accept: browser });
    expect([shown.statusCode, shown.headers['content-type'], shown.body]).toMatchObject([
      200,
      'text/html; charset=utf-8',
      expect.stringContaining('<!doctype html>'),
    ]);
    expect([shown.headers['cache-control'], shown.headers.vary]).toEqual(['no-cache', 'origin, accept, accept-encoding']);
    // curl, Python's requests, Ollama's client, and a client that says what it does not want.
    for (const accept of [undefined, '*/*', 'application/json', 'text/html;q=0, */*', 'application/xhtml+xml'])
      for (const method of ['GET', 'HEAD'] as const) {
        const told = await app.inject({ method, url: '/', headers: { host: '127.0.0.1', ...(accept && { accept }) } });
        expect([accept, told.statusCode, told.body]).toEqual([accept, 200, '']);
      }
    const head = await app.inject({ method: 'HEAD', url: '/', headers: { host: '127.0.0.1', accept: browser } });
    expect([head.statusCode, head.body, Number(head.headers['content-length'])]).toEqual([200, '', shown.rawPayload.length]);
  });

  it('may run nothing but its own files, ask no other server, and stand in no frame', async () => {
    const app = await fakeApp({ page: page() });
    for (const url of ['/', '/ui/assets/main-Ab_3-d9x.js']) {
      const { headers } = await get(app, url, { accept: browser });
      const policy = new Map(
        String(headers['content-security-policy'])
          .split('; ')
          .map((one) => [one.split(' ')[0], one.split(' ').slice(1).join(' ')]),
      );
      expect(Object.fromEntries(policy)).toMatchObject({
        'default-src': "'none'",
        'script-src': "'self'",
        'style-src': "'self'",
        'connect-src': "'self'",
        'base-uri': "'none'",
        'form-action': "'none'",
        'frame-ancestors': "'none'",
      });
      expect(String(headers['content-security-policy'])).not.toMatch(/unsafe|https?:|\*/);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
    }
  });

  it('sends its files packed where that is shorter, and for ever where the name is of the content', async () => {
    const app = await fakeApp({ page: page() });
    const plain = await get(app, '/ui/assets/main-Ab_3-d9x.js');
    const packed = await get(app, '/ui/assets/main-Ab_3-d9x.js', { 'accept-encoding': 'br, gzip;q=0.5' });
    expect([plain.body, plain.headers['content-type'], plain.headers['content-encoding']]).toEqual([
      script,
      'text/javascript; charset=utf-8',
      undefined,
    ]);
    expect([packed.headers['content-encoding'], gunzipSync(packed.rawPayload).toString()]).toEqual(['gzip', script]);
    expect(packed.rawPayload.length).toBeLessThan(script.length / 10);
    for (const { headers } of [plain, packed]) expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(plain.headers.etag).not.toBe(packed.headers.etag);
    expect((await get(app, '/ui/assets/main-Ab_3-d9x.js', { 'accept-encoding': 'gzip;q=0' })).body).toBe(script);
    const icon = await get(app, '/ui/assets/icon.svg', { 'accept-encoding': 'gzip' });
    expect([icon.headers['content-type'], icon.headers['content-encoding'], icon.headers['cache-control']]).toEqual([
      'image/svg+xml',
      undefined,
      'no-cache',
    ]);
    for (const [known, coding] of [
      [plain.headers.etag, ''],
      [packed.headers.etag, 'gzip'],
      [`W/${plain.headers.etag}`, ''],
      [`"other", ${plain.headers.etag}`, ''],
      ['*', 'gzip'],
    ] as const) {
      const again = await get(app, '/ui/assets/main-Ab_3-d9x.js', { 'if-none-match': String(known), 'accept-encoding': coding });
      expect([known, again.statusCode, again.body]).toEqual([known, 304, '']);
    }
    expect((await get(app, '/ui/assets/main-Ab_3-d9x.js', { 'if-none-match': '"other"' })).statusCode).toBe(200);
  });

  it.each([
    '/ui/',
    '/ui/index.html',
    '/ui/nowhere.js',
    '/ui/build.map',
    '/ui/hostname.txt',
    '/ui/../finetooth-page-secret.json',
    '/ui/%2e%2e/finetooth-page-secret.json',
    '/ui/..%2ffinetooth-page-secret.json',
    '/ui/%2e%2e%5cfinetooth-page-secret.json',
    '/ui/assets%00.js',
    '/ui//etc/hostname',
    '/ui/__proto__',
  ])('has no file at %s', async (url) => {
    const app = await fakeApp({ page: page() });
    const told = await get(app, url, { accept: browser });
    expect([told.statusCode, told.json()]).toMatchObject([404, { error: { code: 'E_NOT_FOUND' } }]);
    expect(told.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('is open where the API needs a key, and refuses other hosts and origins as the API does', async () => {
    const keys = readKeys('ft_a-key-that-nobody-else-has', 'test');
    const app = await fakeApp({ page: page(), keys });
    expect((await get(app, '/', { accept: browser })).statusCode).toBe(200);
    expect((await get(app, '/ui/assets/icon.svg')).statusCode).toBe(200);
    expect((await get(app, '/v1/models')).statusCode).toBe(401);
    const open = await fakeApp({ page: page() });
    for (const headers of [{ host: 'evil.example' }, { origin: 'https://evil.example' }] as Record<string, string>[])
      for (const url of ['/', '/ui/assets/icon.svg']) expect((await get(open, url, { accept: browser, ...headers })).statusCode).toBe(403);
  });

  it('says so where it was not built, and is there once it is', async () => {
    const later = join(folder, '../finetooth-page-later');
    rmSync(later, { recursive: true, force: true });
    const app = await fakeApp({ page: page(later) });
    const told = await get(app, '/', { accept: browser });
    expect([told.statusCode, told.headers['content-type'], told.body]).toEqual([
      404,
      'text/plain; charset=utf-8',
      expect.stringContaining('This server came without its page: "npm run build" makes it'),
    ]);
    expect((await get(app, '/')).statusCode).toBe(200);
    build(later);
    expect((await get(app, '/', { accept: browser })).statusCode).toBe(200);
  });

  it('stands at any path that a proxy puts before it: nothing in it begins with a slash', async () => {
    const files = await createPageFiles(built)();
    for (const [path, { bytes, type }] of files as NonNullable<typeof files>)
      if (/html|css/.test(type)) expect([path, bytes.toString().match(/(?:src|href)="\/|url\(["']?\//)]).toEqual([path, null]);
  });
});
