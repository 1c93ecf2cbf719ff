import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { checkOrigin, type OriginRules } from './origin-check.ts';

const isLetIn = (host: string, rules: OriginRules, origin?: string): boolean => {
  try {
    checkOrigin({ host, origin }, rules);
    return true;
  } catch {
    return false;
  }
};

describe('a name that somebody else’s DNS points here', () => {
  const rebound = ['evil.example', 'evil.example:8787', 'EVIL.example', '127.0.0.1.evil.example', 'x.local', 'a:b.example'];

  it.each([
    ['on this machine alone', { host: '127.0.0.1' }],
    ['on this machine alone, with keys', { host: '127.0.0.1', keyed: true }],
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
    for (const host of rebound) expect(isLetIn(host, { host: '0.0.0.0', keyed: true })).toBe(true);
  });

  it('is no address, no word without a dot, and not the machine’s own name', () => {
    for (const host of ['192.0.2.7', '192.0.2.7:8787', '[2001:db8::7]:8787', 'finetooth:8787', hostname(), 'localhost', ''])
      expect([host, isLetIn(host, { host: '0.0.0.0' })]).toEqual([host, true]);
    for (const host of ['192.0.2.7', 'finetooth', '']) expect([host, isLetIn(host, { host: '127.0.0.1' })]).toEqual([host, false]);
  });

  it('is not made good by an origin that is the same', () => {
    expect(isLetIn('192.0.2.7:8787', { host: '0.0.0.0' }, 'http://192.0.2.7:8787')).toBe(true);
    expect(isLetIn('192.0.2.7:8787', { host: '0.0.0.0' }, 'http://evil.example')).toBe(false);
    expect(isLetIn('192.0.2.7:8787', { host: '0.0.0.0' }, 'null')).toBe(false);
  });
});
