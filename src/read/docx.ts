import { FinetoothError } from '../errors.ts';
import type { FieldValue, ReadDocument } from '../types.ts';
import type { Reader } from './reader.ts';
import type { Source } from './source.ts';
import { attributeIn, elementText, xmlTokens } from './xml.ts';
import { openZip, type ZipMembers } from './zip-members.ts';

/**
 * Documents of Word (ECMA-376): headings as in Markdown, table rows in a line each, footnotes at the end. Where Word says where it began new pages, a form
 * feed stands there, by which results have page numbers. The title is the paragraph in the style Title, else that of the properties, else the first heading.
 */
export const docx = {
  name: 'docx',
  extensions: ['docx', 'docm'],
  recognise: (head) => head.startsWith('PK\u0003\u0004') && /\[Content_Types\]\.xml|word\//.test(head) && head.includes('word/'),
  read: readDocx,
} as const satisfies Reader;

const BODY = 'word/document.xml';
const NOTES = 'word/footnotes.xml';

async function* readDocx(source: Source): AsyncGenerator<ReadDocument> {
  const { name, documentPath: path, mayBeEmpty } = source;
  const zip = await openZip(source, 'Word document');
  try {
    const styles = zip.has('word/styles.xml') ? await headingsIn(await zip.text('word/styles.xml')) : new Map<string, number>();
    const body = await paragraphsOf(await zip.text(BODY), styles);
    const notes = zip.has(NOTES) ? (await paragraphsOf(await zip.text(NOTES), styles)).text : '';
    const text = [body.text, notes].filter((part) => part.trim() !== '').join('\n\n');
    if (text === '' && !mayBeEmpty)
      throw new FinetoothError('E_INPUT_EMPTY', `${name} holds no text. A scan has to be read by a program for scans first.`);
    const { title: written, author } = await propertiesOf(zip);
    const title = body.title ?? written ?? body.heading ?? path?.replace(/^.*\//, '').replace(/\.[^.]*$/, '');
    const fields: Record<string, FieldValue | undefined> = { title, text, author, path };
    const document = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    yield { document, where: name, ...(path !== undefined && { id: path }) };
  } finally {
    zip.close();
  }
}

async function propertiesOf(zip: ZipMembers): Promise<{ readonly title?: string; readonly author?: string }> {
  if (!zip.has('docProps/core.xml')) return {};
  const xml = await zip.text('docProps/core.xml');
  const [title, author] = [await elementText(xml, 'DC:TITLE'), await elementText(xml, 'DC:CREATOR')];
  return { title, author };
}

/** Levels of the styles of headings by their ids, which are in the language of whoever wrote; 0 is the title. */
async function headingsIn(xml: string): Promise<ReadonlyMap<string, number>> {
  const levels = new Map<string, number>();
  let id: string | undefined;
  for await (const token of xmlTokens(xml)) {
    if (token.kind !== 'open') continue;
    if (token.name === 'W:STYLE') id = attributeIn(token.attributes, 'w:styleId');
    else if (token.name === 'W:NAME' && id !== undefined) {
      const name = attributeIn(token.attributes, 'w:val')?.toLowerCase() ?? '';
      const level = name === 'title' ? 0 : Number(/^heading ([1-9])$/.exec(name)?.[1] ?? -1);
      if (level >= 0) levels.set(id, level);
    }
  }
  return levels;
}

interface Paragraphs {
  readonly text: string;
  /** Of the first paragraph in the style Title, and of the first heading. */
  readonly title?: string;
  readonly heading?: string;
}

/** ECMA-376 part 1, 17.3: paragraphs `w:p` of runs with texts `w:t`, in tables `w:tbl` too. */
async function paragraphsOf(xml: string, styles: ReadonlyMap<string, number>): Promise<Paragraphs> {
  const { decodeXML } = await import('entities');
  const pieces: string[] = [];
  let [title, heading]: (string | undefined)[] = [];
  let paragraph = '';
  let level: number | undefined;
  let isItem = false;
  let [isText, fallbacks, cells] = [false, 0, 0];
  const endParagraph = (): void => {
    // Trimming takes form feeds too.
    const written = paragraph.replace(/[^\S\n\f]+/g, ' ').trim();
    const [before, behind] = [formFeedsIn(/^\s*/.exec(paragraph)), written === '' ? '' : formFeedsIn(/\s*$/.exec(paragraph))];
    if (level === 0 && written !== '') title ??= written;
    if (level !== undefined && level > 0 && written !== '') heading ??= written;
    const mark = level !== undefined ? `${'#'.repeat(Math.max(1, Math.min(6, level)))} ` : isItem ? '- ' : '';
    const end = cells > 0 ? ' ' : isItem ? '\n' : '\n\n';
    pieces.push(before, written === '' ? '' : `${cells > 0 ? '' : mark}${written}${behind}${end}`);
    paragraph = '';
    level = undefined;
    isItem = false;
  };
  for await (const token of xmlTokens(xml)) {
    if (token.kind === 'text') {
      if (isText && fallbacks === 0) paragraph += decodeXML(token.text);
      continue;
    }
    const isOpen = token.kind === 'open';
    switch (token.name) {
      case 'MC:FALLBACK':
        fallbacks = Math.max(0, fallbacks + (isOpen ? (token.alone ? 0 : 1) : -1));
        break;
      case 'W:T':
        isText = isOpen && !token.alone;
        break;
      case 'W:TAB':
        if (isOpen && fallbacks === 0) paragraph += '\t';
        break;
      case 'W:BR':
      case 'W:CR':
        if (isOpen && fallbacks === 0) paragraph += '\n';
        break;
      case 'W:NOBREAKHYPHEN':
        if (isOpen) paragraph += '-';
        break;
      case 'W:LASTRENDEREDPAGEBREAK':
        if (isOpen && fallbacks === 0) paragraph += '\f';
        break;
      case 'W:PSTYLE':
        if (isOpen) level = styles.get(attributeIn(token.attributes, 'w:val') ?? '');
        break;
      case 'W:NUMPR':
        if (isOpen) isItem = true;
        break;
      case 'W:P':
        if (!isOpen || token.alone) endParagraph();
        break;
      case 'W:TC':
        if (isOpen && !token.alone) cells++;
        else if (!isOpen) {
          cells = Math.max(0, cells - 1);
          pieces.push('| ');
        }
        break;
      case 'W:TR':
        if (!isOpen) pieces.push('\n');
        break;
      case 'W:TBL':
        if (!isOpen) pieces.push('\n');
    }
  }
  endParagraph();
  return { text: pieces.join('').replace(/^[\n ]+|\s+$/g, ''), title, heading };
}

const formFeedsIn = (found: RegExpExecArray | null): string => (found?.[0] ?? '').replace(/[^\f]/g, '');
