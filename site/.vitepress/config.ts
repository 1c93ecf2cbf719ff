import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitepress';
import { entries } from '../entries.ts';
import { pageOf, slugOf } from '../links.ts';
import { sections } from '../sections.ts';

const root = join(import.meta.dirname, '..', '..');

/** The first heading of a file. */
const titleOf = (file: string): string =>
  file === 'README.md' ? 'What it is' : (/^#\s+(.+)$/m.exec(readFileSync(join(root, file), 'utf8'))?.[1] ?? file).replaceAll('`', '');

export default defineConfig({
  title: 'Finetooth',
  description: 'Two-stage search for TypeScript: embed, retrieve and rerank on your own machine.',
  srcDir: 'content',
  outDir: 'dist',
  cleanUrls: true,
  head: [['link', { rel: 'icon', href: '/icon.svg', type: 'image/svg+xml' }]],
  // Angle brackets of our tables are text.
  markdown: { html: false, anchor: { slugify: slugOf }, theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Quick start', link: '/quick-start' },
      { text: 'Examples', link: '/examples' },
      { text: 'Concepts', link: '/concepts' },
      { text: 'Commands', link: '/commands' },
      { text: 'API', link: '/api/' },
      { text: 'Results', link: '/results' },
    ],
    sidebar: [
      ...sections.map(({ title, pages }) => ({
        text: title,
        collapsed: title !== 'Start' && title !== 'Understand',
        items: pages.map((file) => ({ text: titleOf(file), link: `/${pageOf(file).replace(/\.md$/, '')}` })),
      })),
      {
        text: 'API reference',
        link: '/api/',
        collapsed: true,
        items: entries.map(({ name, module }) => ({ text: name, link: `/api/${module}/` })),
      },
    ],
  },
});
