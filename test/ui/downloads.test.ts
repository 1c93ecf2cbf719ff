import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { serve } from '../../src/server/index.ts';
import { type HeldHub, heldHub, heldModel } from '../servers/held-hub.ts';
import { violations } from './accessible.ts';
import { noBrowser, openSite, type Site } from './browser.ts';

let hub: HeldHub | undefined;
let site: Site | undefined;
beforeAll(async () => {
  if (noBrowser !== undefined) return;
  hub = await heldHub();
  site = await openSite();
});
afterAll(async () => {
  await site?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});
beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser));

it('shows how far the server is with a model that a question waits for, cancels it, and goes on', async () => {
  const [{ indexes, cacheFolder, release }, { proxy, open }] = [hub as HeldHub, site as Site];
  const server = await serve({ port: 0, indexesFolder: indexes, models: { cacheFolder } });
  proxy.target = server.url;
  try {
    await using tab = await open('', { viewport: { width: 320, height: 700 } });
    const { page, errors } = tab;
    await page.getByText('The index small is being opened.').waitFor();
    await page.getByRole('searchbox').fill('bats');
    const row = page.getByRole('list', { name: 'Models that the server fetches' });
    await row.getByText(`Fetching the model ${heldModel}, once: model.onnx, 29 kB of 58 kB (50 %)`).waitFor();
    expect(await row.getByRole('progressbar').evaluate((bar) => (bar as HTMLProgressElement).position)).toBeCloseTo(0.5, 1);
    await page
      .getByRole('status')
      .getByText(`The server fetches the model ${heldModel}: 40 % of model.onnx.`)
      .waitFor({ state: 'attached' });
    expect(await violations(page)).toEqual([]);
    await row.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('[data-status=failed]').getByText('was cancelled. Ask again').waitFor();
    expect(await row.count()).toBe(0);
    await page.getByRole('button', { name: 'Try again' }).click();
    await row.waitFor();
    release();
    await page.locator('[data-status=done]').waitFor();
    expect(await row.count()).toBe(0);
    expect(errors).toEqual([]);
  } finally {
    proxy.target = site?.server.url;
    await server.close(1000);
  }
});
