/** Pictures of every view at three widths: docs/images/. `npm run screenshots` makes them again, of the films and the bundled models. */
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { scenes } from './accessible.ts';
import { noBrowser, openSite } from './browser.ts';

/** A phone, a laptop and a large screen. */
const sizes = [
  { width: 320, height: 640 },
  { width: 1280, height: 800 },
  { width: 2560, height: 1100 },
];
/** Those that show what the page is for, and how each looks; views that are the same at each width are taken once. */
const taken: Readonly<Record<string, 'light' | 'dark'>> = { search: 'light', why: 'light', compare: 'dark', judge: 'light', tune: 'light' };
/** Bytes of a picture, so that a clone stays small. */
const MOST = 150_000;
/** Of 100; the first that makes the picture small enough is taken. */
const QUALITIES = [75, 60, 45, 35];

if (noBrowser !== undefined) throw new Error(noBrowser);
const folder = join(import.meta.dirname, '..', '..', 'docs', 'images');
await mkdir(folder, { recursive: true });
await using site = await openSite();
await judge(site.server.url);
for (const { name, address, prepare } of scenes.filter((scene) => taken[scene.name] !== undefined))
  for (const viewport of sizes) {
    await using tab = await site.open(address, { viewport, colorScheme: taken[name] as 'light' | 'dark' });
    await prepare(tab.page);
    if (name === 'tune') await evaluateTwo(tab.page);
    // Fonts and the last movement.
    await tab.page.waitForTimeout(500);
    const session = await tab.page.context().newCDPSession(tab.page);
    const pictures = await Promise.all(QUALITIES.map((quality) => session.send('Page.captureScreenshot', { format: 'webp', quality })));
    const fitting = pictures.map(({ data }) => Buffer.from(data, 'base64')).filter(({ length }) => length <= MOST);
    const picture = fitting[0];
    if (picture === undefined) throw new Error(`${name} at ${viewport.width} px has more than ${MOST} bytes, however it is packed.`);
    await writeFile(join(folder, `${name}-${viewport.width}.webp`), picture);
    console.log(`${name}-${viewport.width}.webp: ${Math.round(picture.length / 1000)} kB`);
  }

/** The first queries of the films as a team would have judged them, the one of the pictures too. */
async function judge(url: string): Promise<void> {
  const films = join(import.meta.dirname, '..', '..', 'samples', 'films');
  const linesOf = (file: string): string[] => readFileSync(join(films, file), 'utf8').trim().split('\n');
  const texts = new Map(
    linesOf('queries.jsonl')
      .slice(0, 40)
      .map((line) => JSON.parse(line) as { readonly _id: string; readonly text: string })
      .map(({ _id, text }) => [_id, text]),
  );
  const judgments = linesOf('qrels/test.tsv')
    .slice(1)
    .map((line) => line.split('\t') as [string, string, string])
    .filter(([query]) => texts.has(query))
    .map(([query, id, grade]) => ({ query: texts.get(query) as string, id, grade: Math.min(3, Number(grade)) }));
  const own = [
    { query: 'a robot left alone on earth', id: 'wall-e-2008', grade: 3 },
    { query: 'a robot left alone on earth', id: 'moon-2009', grade: 1 },
    { query: 'a robot left alone on earth', id: 'the-day-the-earth-stood-still-1951', grade: 0 },
  ];
  const answer = await fetch(`${url}/v1/indexes/films/judgments`, {
    method: 'PATCH',
    body: JSON.stringify({ judgments: [...judgments, ...own] }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** Without rerankers it takes seconds. */
async function evaluateTwo(page: Page): Promise<void> {
  for (const name of ['dense, reranked', 'hybrid, reranked']) await page.getByRole('checkbox', { name, exact: true }).uncheck();
  await page.keyboard.press('e');
  await page.locator('.report').first().waitFor({ timeout: 120_000 });
}
