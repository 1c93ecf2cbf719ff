import { readFrontMatter } from './front-matter.ts';
import type { Reader } from './reader.ts';
import { readTextDocument, type TextParts } from './text-document.ts';

export const markdown = {
  name: 'text',
  extensions: ['md', 'markdown'],
  recognise: () => false,
  read: (source) => readTextDocument(source, markdownParts),
} as const satisfies Reader;

/** Splits Markdown: a front matter leaves the text and becomes fields. The title is its own, or the first heading, which stays in the text. */
export async function markdownParts(source: string): Promise<TextParts> {
  const { title: own, text, fields, notes } = await readFrontMatter(source);
  const title = own ?? firstHeading(text);
  return { ...(title !== undefined && { title }), text, fields, ...(notes.length > 0 && { notes }) };
}

/** The text of the first heading, `# so` or underlined, that is in no fenced block (CommonMark 0.31, 4.2, 4.3 and 4.5). */
function firstHeading(text: string): string | undefined {
  let fence: string | undefined;
  let before = '';
  for (const line of text.split(/\r?\n/)) {
    const mark = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
    if (mark?.[1] && fence === undefined) fence = mark[1];
    else if (mark?.[1] && fence !== undefined) {
      if (mark[1].startsWith(fence) && mark[2]?.trim() === '') fence = undefined;
    } else if (fence === undefined) {
      const heading = /^ {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/.exec(line)?.[1];
      if (heading) return heading;
      if (before !== '' && /^ {0,3}(?:=+|-+)[ \t]*$/.test(line)) return before;
      before = /^ {0,3}[^\s>*+|-]/.test(line) ? line.trim() : '';
    }
    if (fence !== undefined) before = '';
  }
  return undefined;
}
