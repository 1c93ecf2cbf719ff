import { FinetoothError } from '../../errors.ts';

/**
 * Origins of applications on this machine, which are no pages of the internet: Obsidian and other Electron applications, Tauri, Capacitor, and web views
 * of Visual Studio Code, in which Continue and Cline run. No web page can have one (Ollama allows the same, envconfig/config.go).
 */
export const applicationOrigins = ['app://*', 'tauri://*', 'capacitor://localhost', 'vscode-webview://*', 'vscode-file://*'] as const;

/** Whether an origin is one of those that are allowed, which may hold `*`. */
export function allowsOrigin(allowed: readonly string[], origin: string): boolean {
  const asked = origin.toLowerCase();
  return allowed.some((one) => one === '*' || (one.includes('*') ? patternOf(one).test(asked) : one === asked));
}

/**
 * An origin as browsers send it: lowercase, without a slash at its end and without the port that its scheme has anyway. `*` stands for every origin, and inside
 * one for a host, a part of one, or a port.
 *
 * @throws E_USAGE for what no browser sends
 */
export function normalOrigin(given: string): string {
  const text = given.trim().toLowerCase().replace(/\/$/, '');
  if (text === '*' || text === 'null') return text;
  const [, scheme, host] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#@\s]+)$/.exec(text) ?? [];
  if (scheme === undefined || host === undefined) {
    const meant = /^[\w.-]+(:\d+)?$/.test(text) ? `; "http://${text}" may be meant` : '';
    throw new FinetoothError(
      'E_USAGE',
      (say) =>
        `"${given}" is not an origin, which has a scheme, a host and nothing behind it: ${say.option('origins', 'https://example.org')}, app://obsidian.md, chrome-extension://*, or * for every page${meant}.`,
    );
  }
  const usual = scheme === 'http' ? ':80' : scheme === 'https' ? ':443' : undefined;
  return `${scheme}://${usual !== undefined && host.endsWith(usual) ? host.slice(0, -usual.length) : host}`;
}

const patternOf = (allowed: string): RegExp => new RegExp(`^${allowed.replaceAll(/[$()+.?[\\\]^{|}]/g, '\\$&').replaceAll('*', '[^/]*')}$`);
