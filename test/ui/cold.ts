/**
 * How long a newcomer takes from nothing to a judged query, step by step: `node test/ui/cold.ts`, after `npm run build`. Without a cache, by the commands of the README and by keys in Chromium; it
 * waits for nothing that a person would not wait for. It prints the table of docs/page.md.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumPath, noChromium } from '../support/chromium.ts';
import { freePort } from '../support/free-port.ts';

if (chromiumPath === undefined) throw new Error(noChromium);
const root = join(import.meta.dirname, '..', '..');
const home = await mkdtemp(join(tmpdir(), 'finetooth-cold-'));
const port = await freePort();
const env = { ...process.env, HOME: home, FINETOOTH_CACHE: join(home, 'cache'), NODE_COMPILE_CACHE: undefined };
const load = loadavg()[0] as number;
const began = performance.now();
const said = (step: string): void => console.log(`| ${((performance.now() - began) / 1000).toFixed(0)} s | ${step} |`);

console.log(`On ${availableParallelism()} processors, load ${load.toFixed(0)}:\n\n| after | |\n|---|---|`);
const demo = spawn('npm', ['start', '--silent'], { cwd: root, env, stdio: 'ignore' });
const [status] = await once(demo, 'exit');
if (status !== 0) throw new Error(`npm start ended with ${status}: npm run build comes first`);
said('`npm start` has embedded the 350 films and printed both stages; its last line names `npx finetooth ui`');
const server = spawn(process.execPath, ['bin/finetooth.js', 'ui', '--no-open', '--port', String(port)], { cwd: root, env });
const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
try {
  await once(server.stdout, 'data');
  said('`npx finetooth ui` says its address');
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.locator('#query').waitFor();
  said('the page is open');
  await page.locator('#query').pressSequentially('a robot left alone on earth', { delay: 100 });
  said('a query is typed; the page says that the films are being made into an index, once, and asks by itself when it is there');
  await page.locator('ol[data-side="1"] > li[data-id]').first().waitFor({ timeout: 600_000 });
  said("the first stage's results");
  await page.locator('[data-status=done]').waitFor({ timeout: 120_000 });
  said('the reranked order');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').locator('.met').waitFor({ timeout: 120_000 });
  said('why the first one stands there');
  await page.keyboard.press('Escape');
  await page.keyboard.press('g');
  await page.locator('.judge-cards > li[data-id]').first().waitFor({ timeout: 120_000 });
  await page.keyboard.press('j');
  for (let at = 0; at < 10; at++) {
    await page.keyboard.press(String(at < 2 ? 3 : at % 2));
    // About as long as it takes to look at one.
    await page.waitForTimeout(300);
  }
  await page.locator('[data-saving=saved]').waitFor();
  await page.locator('.figures svg[role=img]').first().waitFor({ timeout: 120_000 });
  said('ten results are judged by keys, saved and measured');
} finally {
  await browser.close();
  server.kill('SIGTERM');
  await once(server, 'exit');
  await rm(home, { recursive: true, force: true });
}
