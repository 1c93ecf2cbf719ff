import { FinetoothError } from '../errors.ts';
import { markdownParts } from './markdown.ts';
import type { Reader } from './reader.ts';
import { parseJson } from './record.ts';
import { readTextDocument, type TextParts } from './text-document.ts';

/** Jupyter notebooks, formats 3 and 4: text cells as Markdown, code cells in fences. What cells printed is not read. */
export const notebook = {
  name: 'notebook',
  extensions: ['ipynb'],
  recognise: () => false,
  read: (source) => readTextDocument(source, (text) => notebookParts(text, source.name)),
} as const satisfies Reader;

async function notebookParts(source: string, where: string): Promise<TextParts> {
  // A new notebook that was never saved.
  if (source.trim() === '') return { text: '' };
  const { z } = await import('zod');
  const text = z.union([z.string(), z.array(z.string()).transform((lines) => lines.join(''))]);
  const cell = z.looseObject({ cell_type: z.string(), source: text.optional(), input: text.optional() });
  const form = z.looseObject({
    cells: z.array(cell).optional(),
    worksheets: z.array(z.looseObject({ cells: z.array(cell).default([]) })).optional(),
    metadata: z.looseObject({ language_info: z.looseObject({ name: z.string() }).optional() }).optional(),
  });
  const read = form.safeParse(parseJson(source, where));
  const cells = read.data?.cells ?? read.data?.worksheets?.flatMap((sheet) => sheet.cells);
  if (cells === undefined)
    throw new FinetoothError('E_INPUT_FORMAT', `${where} is not a notebook: it has no list of cells. Save it with Jupyter again.`);
  const language = /^[\w+#-]*$/.exec(read.data?.metadata?.language_info?.name ?? '')?.[0] ?? '';
  const pieces = cells.map(({ cell_type: type, source: own, input }) => {
    const written = (own ?? input ?? '').trim();
    return type !== 'code' || written === '' ? written : `\`\`\`${language}\n${written}\n\`\`\``;
  });
  const whole = pieces
    .filter((piece) => piece !== '')
    .join('\n\n')
    .toWellFormed();
  // Its first cell may be a front matter, as Quarto has it.
  const { title, text: body, fields, notes } = await markdownParts(whole);
  return { title, text: body, fields, notes };
}
