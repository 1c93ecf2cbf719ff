import { createTurns } from '../time/turn.ts';
import { htmlTokens } from './html-tokens.ts';
import type { Reader } from './reader.ts';
import { readTextDocument, type TextParts } from './text-document.ts';

export const html = {
  name: 'text',
  extensions: ['html', 'htm'],
  recognise: () => false,
  read: async function* (source) {
    yield* readTextDocument(source, htmlParts, charsetOf(await source.head()));
  },
} as const satisfies Reader;

/**
 * Title and readable text of a page, entities decoded; scripts, styles, navigation and comments are left out. The text is in
 * reading order, white space collapsed, a line for each block.
 */
export async function htmlParts(source: string): Promise<TextParts> {
  const { decodeHTML } = await import('entities');
  let title = '';
  const pieces: string[] = [];
  const open = openElements();
  const turn = createTurns();
  let count = 0;
  const endLine = (): void => {
    if (pieces.at(-1) !== '\n') pieces.push('\n');
  };
  for (const token of htmlTokens(source)) {
    if (++count % LOOK === 0) await turn();
    const isRead = open.unread() === 0;
    if (token.kind === 'text') {
      if (open.last() !== 'TITLE') isRead && pieces.push(decodeHTML(token.text).replace(/\s+/g, ' '));
      else if (isRead) title ||= collapsed(decodeHTML(token.text));
      continue;
    }
    if (token.kind === 'close' && !open.close(token.name)) continue;
    if (token.kind === 'open' && !token.alone) open.open(token.name);
    if (isRead && token.name !== 'TITLE' && !inline.has(token.name)) endLine();
  }
  const lines = pieces.join('').split('\n').map(collapsed);
  return { ...(title !== '' && { title }), text: lines.filter((line) => line !== '').join('\n') };
}

/** Tags and texts after which the clock is looked at. */
const LOOK = 1024;

/** Elements whose text no one reads on the page. */
const unread = new Set(['SCRIPT', 'STYLE', 'NAV', 'NOSCRIPT', 'TEMPLATE', 'SVG', 'IFRAME']);

/** Elements that stay in their line; around any other one a line ends (HTML standard, 4.5, phrasing content). */
const inline = new Set(
  'A ABBR B BDI BDO CITE CODE DATA DEL DFN EM FONT I IMG INS KBD LABEL MARK Q RUBY RB RT S SAMP SMALL SPAN STRONG SUB SUP TIME TT U VAR WBR'.split(
    ' ',
  ),
);

const collapsed = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The elements that are open. An end tag closes what is open in its element too, and nothing where its element is not open. */
function openElements() {
  const names: string[] = [];
  const counts = new Map<string, number>();
  let hidden = 0;
  const count = (name: string, by: 1 | -1): void => {
    counts.set(name, (counts.get(name) ?? 0) + by);
    if (unread.has(name)) hidden += by;
  };
  return {
    last: () => names.at(-1),
    /** How many of those that are open no one reads. */
    unread: () => hidden,
    open: (name: string): void => {
      names.push(name);
      count(name, 1);
    },
    /** Whether there was one to close. */
    close: (name: string): boolean => {
      if ((counts.get(name) ?? 0) === 0) return false;
      for (let closed = names.pop(); closed !== undefined; closed = names.pop()) {
        count(closed, -1);
        if (closed === name) break;
      }
      return true;
    },
  };
}

/** The encoding that the first 1,024 bytes of a page name (HTML standard, 4.2.5.4), in lower case. */
function charsetOf(head: Uint8Array): string | undefined {
  const start = new TextDecoder('latin1').decode(head.subarray(0, 1024));
  return (/<meta\b[^>]*?\bcharset\s*=\s*["']?\s*([\w:.-]+)/i.exec(start) ??
    /^\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([\w:.-]+)/i.exec(start))?.[1]?.toLowerCase();
}
