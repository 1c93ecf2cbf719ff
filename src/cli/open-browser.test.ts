import { describe, expect, it } from 'vitest';
import { openBrowser, opener } from './open-browser.ts';

const url = 'http://127.0.0.1:8787/';

describe('the browser of the user', () => {
  it.each([
    ['darwin', {}, ['open', url]],
    ['win32', {}, ['rundll32', 'url.dll,FileProtocolHandler', url]],
    ['linux', { DISPLAY: ':0' }, ['xdg-open', url]],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, ['xdg-open', url]],
    ['linux', { WSL_DISTRO_NAME: 'Debian' }, ['cmd.exe', '/c', 'start', url]],
    ['linux', { BROWSER: 'w3m', DISPLAY: ':0' }, ['w3m', url]],
    ['linux', { BROWSER: ' ' }, undefined],
    ['linux', {}, undefined],
  ] as const)('is opened on %s with %j', (platform, env, expected) => expect(opener(url, env, platform)).toEqual(expected));

  it('may be none, or one that fails, which is told', async () => {
    expect(await openBrowser(url, {}, 'linux')).toBe(false);
    expect(await openBrowser(url, { BROWSER: '/nowhere/at/all' }, 'linux')).toBe(false);
    expect(await openBrowser(url, { BROWSER: 'false' }, 'linux')).toBe(false);
    expect(await openBrowser(url, { BROWSER: 'true' }, 'linux')).toBe(true);
  });
});
