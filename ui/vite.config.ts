import { join } from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

/** The page as `finetooth serve` sends it: `dist/ui/index.html` at `/`, and what it loads at `/ui/`, under whatever prefix a proxy gives both. */
export default defineConfig({
  root,
  publicDir: false,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: join(root, '..', 'dist', 'ui'),
    emptyOutDir: true,
    target: 'es2022',
    // Those that know light-dark(), which older targets would have written out.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // A data: URL would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  experimental: {
    renderBuiltUrl: (name, { hostType }) => (hostType === 'html' ? `./ui/${name}` : { relative: true }),
  },
});
