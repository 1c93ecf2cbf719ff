import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { checkOrigin, type OriginRules } from './origin-check.ts';
import { normalOrigin } from './origins.ts';

const isLetIn = (host: string, rules: OriginRules, origin?: string): boolean => {
  try {
    checkOrigin({ host, origin }, rules);
    return true;
  } catch {
    return false;
  }
};

describe('a name that somebody else’s DNS points here', () => {
  const rebound = [
    'evil.example',
    'evil.example:8787',
    'EVIL.example',
    '127.0.0.1.evil.example',
    'local.evil.example',
    'a:b.example',
    'notlocalhost.example',
  ];

  it.each([
    ['on this machine alone', { host: '127.0.0.1' }],
    ['for others, without keys', { host: '0.0.0.0' }],
    ['for others, without keys, on an address', { host: '192.0.2.7' }],
  ])('lets no page in: %s', (_, rules) => {
    for (const host of rebound) {
      expect([host, isLetIn(host, rules)]).toEqual([host, false]);
      expect([host, isLetIn(host, rules, `http://${host}`)]).toEqual([host, false]);
    }
    for (const host of rebound) expect(isLetIn(host, { ...rules, hosts: [host.replace(/:\d+$/, '').toUpperCase()] })).toBe(true);
  });

  it('matters to no one where every request needs a key', () => {
    for (const host of rebound) for (const at of ['0.0.0.0', '127.0.0.1']) expect(isLetIn(host, { host: at, keyed: true })).toBe(true);
  });

  it('is no address, no word without a dot, and not the machine’s own name', () => {
    for (const host of ['192.0.2.7', '192.0.2.7:8787', '[2001:db8::7]:8787', 'finetooth:8787', hostname(), 'localhost', ''])
      expect([host, isLetIn(host, { host: '0.0.0.0' })]).toEqual([host, true]);
    for (const host of ['192.0.2.7', 'finetooth', '']) expect([host, isLetIn(host, { host: '127.0.0.1' })]).toEqual([host, false]);
  });

  it('is none that Ollama lets through: of this machine, of its network, of its containers', () => {
    const own = [
      'localhost',
      'x.localhost',
      'nas.local:8787',
      'host.docker.internal:8787',
      'gateway.containers.internal.',
      hostname().toUpperCase(),
    ];
    for (const host of [
      ...own,
      '127.0.0.1',
      '127.8.9.1',
      '10.1.2.3:8787',
      '172.17.0.1',
      '192.168.1.5',
      '0.0.0.0',
      '[::1]:8787',
      '[fd00::1]',
    ])
      expect([host, isLetIn(host, { host: '127.0.0.1' })]).toEqual([host, true]);
    for (const host of [
      '172.32.0.1',
      '8.8.8.8',
      '100.64.0.1',
      '[2001:db8::7]',
      'internal.example',
      'docker.internal.example',
      'localhost.example',
    ])
      expect([host, isLetIn(host, { host: '127.0.0.1' })]).toEqual([host, false]);
  });

  it('is not made good by an origin that is the same', () => {
    expect(isLetIn('192.0.2.7:8787', { host: '0.0.0.0' }, 'http://192.0.2.7:8787')).toBe(true);
    expect(isLetIn('192.0.2.7:8787', { host: '0.0.0.0' }, 'http://evil.example')).toBe(false);
    expect(isLetIn('192.0.2.7:8787', { host: '0.0.0.0' }, 'null')).toBe(false);
  });
});

describe('pages', () => {
  const page = (origin: string, origins: readonly string[] = []): boolean =>
    isLetIn('127.0.0.1:8787', { host: '127.0.0.1', origins: origins.map(normalOrigin) }, origin);

  it.each([
    'app://obsidian.md',
    'vscode-webview://1v2w3x',
    'tauri://localhost',
    'capacitor://localhost',
    'http://127.0.0.1:8787',
  ])('of %s are applications of this machine, or this server’s own', (origin) => expect(page(origin)).toBe(true));

  it.each([
    'https://evil.example',
    'null',
    'file://',
    'http://localhost:3000',
    'chrome-extension://abc',
    'http://app.evil.example',
  ])('of %s must be named', (origin) => expect(page(origin)).toBe(false));

  it.each([
    ['*', 'https://any.example'],
    ['*', 'null'],
    ['null', 'null'],
    ['http://localhost:3000/', 'http://localhost:3000'],
    ['HTTP://LOCALHOST:3000', 'http://localhost:3000'],
    ['https://example.org:443', 'https://example.org'],
    ['http://example.org:80/', 'http://example.org'],
    ['http://localhost:*', 'http://localhost:5173'],
    ['https://*.example.org', 'https://a.example.org'],
    ['chrome-extension://*', 'chrome-extension://abc'],
  ])('--allow-origin %s lets %s in', (allowed, origin) => expect(page(origin, [allowed])).toBe(true));

  it.each([
    ['http://localhost:*', 'http://localhost.evil.example'],
    ['https://*.example.org', 'https://evil.example'],
    ['https://*.example.org', 'https://evil.example/.example.org'],
    ['https://example.org', 'http://example.org'],
    ['https://example.org', 'https://example.org.evil.example'],
  ])('--allow-origin %s does not let %s in', (allowed, origin) => expect(page(origin, [allowed])).toBe(false));

  it.each([
    'localhost:3000',
    'example.org',
    'http://a.example/path',
    'http://',
    '',
    'javascript:alert(1)',
    'http://a b',
  ])('%j is no origin, which is said at the start', (given) => expect(() => normalOrigin(given)).toThrow('is not an origin'));
});
