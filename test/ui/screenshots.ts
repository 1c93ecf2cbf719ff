/** Pictures of every view at three widths: docs/images/. `npm run screenshots` makes them again, of the films and the bundled models. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
for (const { name, address, prepare } of scenes.filter((scene) => taken[scene.name] !== undefined))
  for (const viewport of sizes) {
    await using tab = await site.open(address, { viewport, colorScheme: taken[name] as 'light' | 'dark' });
    await prepare(tab.page);
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
