import type { Reader } from './reader.ts';
import { readTextDocument, type TextParts } from './text-document.ts';

export const restructuredText = {
  name: 'text',
  extensions: ['rst', 'rest'],
  recognise: () => false,
  read: (source) => readTextDocument(source, restructuredParts),
} as const satisfies Reader;

/** Punctuation of one kind, as reStructuredText (Sections) draws it under a title, and perhaps above. */
const rule = /^([!-/:-@[-`{-~])\1{1,}\s*$/;

/**
 * reStructuredText whose sections begin as those of Markdown do, so that passages begin with them, line for line: what was the rule of a title is blank.
 * Levels are those of the rules in the order of their first use. The title is the first section's.
 */
export function restructuredParts(source: string): TextParts {
  const lines = source.split('\n');
  const levels: string[] = [];
  let title: string | undefined;
  for (let at = 0; at + 1 < lines.length; at++) {
    const [name, under] = [lines[at]?.trim() ?? '', lines[at + 1]?.trimEnd() ?? ''];
    const mark = rule.exec(under)?.[1];
    // A rule that is shorter than its title is none, but for an eighth that people miscount.
    if (mark === undefined || name === '' || rule.test(name) || under.length < name.length * 0.875) continue;
    const above = at > 0 && lines[at - 1]?.trimEnd() === under;
    // Without a rule above a title stands behind a blank line, at the margin.
    if (!above && ((at > 0 && lines[at - 1]?.trim() !== '') || /^\s/.test(lines[at] as string))) continue;
    const kind = `${mark}${above ? mark : ''}`;
    if (!levels.includes(kind)) levels.push(kind);
    lines[at] = `${'#'.repeat(Math.min(6, levels.indexOf(kind) + 1))} ${name}`;
    lines[at + 1] = '';
    if (above) lines[at - 1] = '';
    title ??= name;
  }
  return { title, text: lines.join('\n'), line: 1 };
}
