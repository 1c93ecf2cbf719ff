import { spawn } from 'node:child_process';

/** Milliseconds in which a program that cannot open anything has said so. */
const SOON = 500;

/**
 * Opens an address of this server in the user's browser, by the program that the platform has for it. Resolves with whether that could be started; it waits
 * for no browser. BROWSER names another program, as on most Unix systems.
 *
 * @param url http, made here: nothing in it is a stranger's
 */
export async function openBrowser(url: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): Promise<boolean> {
  const [program, ...words] = opener(url, env, platform) ?? [];
  if (program === undefined) return false;
  return new Promise((resolve) => {
    const child = spawn(program, words, { detached: true, stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
    setTimeout(() => resolve(true), SOON).unref();
    child.unref();
  });
}

/** undefined where no one would see a browser: without a display, as over SSH. */
export function opener(url: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): readonly string[] | undefined {
  if (env.BROWSER !== undefined && env.BROWSER.trim() !== '') return [env.BROWSER.trim(), url];
  if (platform === 'darwin') return ['open', url];
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  // Of WSL the browser is that of Windows.
  if (env.WSL_DISTRO_NAME !== undefined) return ['cmd.exe', '/c', 'start', url];
  return env.DISPLAY === undefined && env.WAYLAND_DISPLAY === undefined ? undefined : ['xdg-open', url];
}
