import type { Reader } from './reader.ts';
import { readTextDocument, type TextParts } from './text-document.ts';

export const asciidoc = {
  name: 'text',
  extensions: ['adoc', 'asciidoc', 'asc'],
  recognise: () => false,
  read: (source) => readTextDocument(source, asciidocParts),
} as const satisfies Reader;

/** Delimiters of blocks in which nothing is a heading: listing, literal, comment, passthrough, and the fence of Markdown. */
const fence = /^(-{4,}|\.{4,}|\/{4,}|\+{4,}|`{3,})\s*(?:\w+)?$/;

/** AsciiDoc whose headings (`== so`) are those of Markdown, so that passages begin with them, line for line. The title is the first heading. */
export function asciidocParts(source: string): TextParts {
  let closes: string | undefined;
  let title: string | undefined;
  const lines = source.split('\n').map((line) => {
    const mark = fence.exec(line)?.[1];
    if (closes !== undefined) {
      if (mark === closes) closes = undefined;
      return line;
    }
    if (mark !== undefined) {
      closes = mark;
      return line;
    }
    const [, signs = '', name = ''] = /^(={1,6})[ \t]+(\S.*?)(?:[ \t]+=+)?\s*$/.exec(line) ?? [];
    if (name === '') return line;
    title ??= name;
    return `${'#'.repeat(signs.length)} ${name}`;
  });
  return { title, text: lines.join('\n'), line: 1 };
}
