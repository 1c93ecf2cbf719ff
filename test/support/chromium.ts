import { existsSync } from 'node:fs';

const places = [process.env.FINETOOTH_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser of this machine; undefined where there is none. */
export const chromiumPath = places.find((path) => path !== undefined && path !== '' && existsSync(path));

/** Why no page can be opened here; undefined where one can. Give it to `skip`. */
export const noChromium =
  chromiumPath === undefined ? 'no Chromium is installed: apt-get install chromium, or name one in FINETOOTH_CHROMIUM' : undefined;
