import type { HTMLElement, Node } from 'node-html-parser';
import { FinetoothError } from '../errors.ts';
import type { Reader } from './reader.ts';
import { readTextDocument, type TextParts } from './text-document.ts';

export const html = {
  name: 'text',
  extensions: ['html', 'htm'],
  recognise: () => false,
  read: async function* (source) {
    checkCharset(source.name, await source.head());
    yield* readTextDocument(source, htmlParts);
  },
} as const satisfies Reader;

const collapsed = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** What stands before the root element and is no text: the parser would keep it as one. */
const prologue = /^\s*(?:<\?xml\b[^>]*>)?\s*(?:<!doctype\b[^>]*>)?/i;

const isElement = (node: Node): node is HTMLElement => node.nodeType === 1;

/** Elements whose text no one reads on the page. */
const unread = new Set(['SCRIPT', 'STYLE', 'NAV', 'NOSCRIPT', 'TEMPLATE', 'SVG', 'IFRAME']);

/** Elements that stay in their line; around any other one a line ends (HTML standard, 4.5, phrasing content). */
const inline = new Set(
  'A ABBR B BDI BDO CITE CODE DATA DEL DFN EM FONT I IMG INS KBD LABEL MARK Q RUBY RB RT S SAMP SMALL SPAN STRONG SUB SUP TIME TT U VAR WBR'.split(
    ' ',
  ),
);

/**
 * Title and readable text of a page, entities decoded; scripts, styles, navigation and comments are left out. The text is in
 * reading order, white space collapsed, a line for each block.
 */
export async function htmlParts(source: string): Promise<TextParts> {
  const { parse } = await import('node-html-parser');
  let title = '';
  const pieces: string[] = [];
  // A stack of its own, as pages can nest deeper than calls can.
  const due: (Node | '\n')[] = [
    parse(source.replace(prologue, ''), { lowerCaseTagName: true, blockTextElements: { script: true, style: true } }),
  ];
  for (let node = due.pop(); node !== undefined; node = due.pop()) {
    if (node === '\n') pieces.push('\n');
    else if (node.nodeType === 3) pieces.push(node.text.replace(/\s+/g, ' '));
    else if (isElement(node) && node.tagName === 'TITLE') title ||= collapsed(node.text);
    else if (isElement(node) && !unread.has(node.tagName)) {
      const ends: readonly '\n'[] = inline.has(node.tagName) ? [] : ['\n'];
      due.push(...ends, ...node.childNodes.toReversed(), ...ends);
    }
  }
  const lines = pieces.join('').split('\n').map(collapsed);
  return { ...(title !== '' && { title }), text: lines.filter((line) => line !== '').join('\n') };
}

/** E_INPUT_FORMAT for a page that says it is in another encoding than UTF-8 (or ASCII, which is a part of it). */
function checkCharset(name: string, head: Uint8Array): void {
  const charset = charsetOf(head);
  if (charset === undefined || ['utf-8', 'utf8', 'us-ascii', 'ascii'].includes(charset)) return;
  throw new FinetoothError(
    'E_INPUT_FORMAT',
    `${name} says that its encoding is ${charset}; only UTF-8 is read. Convert it with "iconv -f ${charset.toUpperCase()} -t UTF-8" and correct its meta element.`,
  );
}

/** The encoding that the first 1,024 bytes of a page name (HTML standard, 4.2.5.4), in lower case. */
function charsetOf(head: Uint8Array): string | undefined {
  const start = new TextDecoder('latin1').decode(head.subarray(0, 1024));
  return (/<meta\b[^>]*?\bcharset\s*=\s*["']?\s*([\w:.-]+)/i.exec(start) ??
    /^\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([\w:.-]+)/i.exec(start))?.[1]?.toLowerCase();
}
