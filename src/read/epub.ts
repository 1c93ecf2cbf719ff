import { FinetoothError } from '../errors.ts';
import type { FieldValue, ReadDocument } from '../types.ts';
import { htmlParts } from './html.ts';
import { htmlTokens } from './html-tokens.ts';
import type { Reader } from './reader.ts';
import type { Source } from './source.ts';
import { attributeIn, elementText, xmlTokens } from './xml.ts';
import { openZip, type ZipMembers } from './zip-members.ts';

/**
 * Books in EPUB 2 and 3: a document for each chapter that holds text, in the order of reading, with the fields `book`, `chapter` (its number, from 1) and
 * `author`. Its id is the path of the book, "#" and the number.
 */
export const epub = {
  name: 'epub',
  extensions: ['epub'],
  recognise: (head) => head.startsWith('PK\u0003\u0004') && head.includes('mimetypeapplication/epub+zip'),
  read: readEpub,
} as const satisfies Reader;

async function* readEpub(source: Source): AsyncGenerator<ReadDocument> {
  const { name, documentPath: path, mayBeEmpty } = source;
  const zip = await openZip(source, 'book in EPUB');
  try {
    const { book, author, chapters } = await packageOf(zip, name);
    let number = 0;
    for (const href of chapters) {
      const page = await zip.text(href);
      const { title: own, text } = await htmlParts(page);
      if (text.trim() === '') continue;
      number++;
      const heading = (await headingOf(page)) ?? (own === book ? undefined : own) ?? `Chapter ${number}`;
      const fields: Record<string, FieldValue | undefined> = {
        title: book === undefined || heading === book ? heading : `${book}: ${heading}`,
        text,
        book,
        chapter: number,
        author,
        path,
      };
      const document = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
      yield { document, where: `${name} chapter ${number}`, ...(path !== undefined && { id: `${path}#${number}` }) };
    }
    if (number > 0) return;
    if (!mayBeEmpty) throw new FinetoothError('E_INPUT_EMPTY', `${name} holds no text. Its pages may be pictures.`);
    yield {
      document: { title: book ?? name, text: '', path },
      where: name,
      id: path,
      notes: [{ kind: 'no-text', where: name, reason: '' }],
    };
  } finally {
    zip.close();
  }
}

interface Package {
  readonly book?: string;
  readonly author?: string;
  /** Paths in the archive, in the order of reading. */
  readonly chapters: readonly string[];
}

/** EPUB 3.3, 4.2.6 and 5: the container names the package, whose spine names the chapters by the ids of its manifest. */
async function packageOf(zip: ZipMembers, name: string): Promise<Package> {
  const refused = (reason: string): FinetoothError =>
    new FinetoothError('E_INPUT_FORMAT', `${name} is not a book in EPUB that can be read: ${reason}. Save it again.`);
  if (!zip.has('META-INF/container.xml')) throw refused('it has no META-INF/container.xml');
  let root: string | undefined;
  for await (const token of xmlTokens(await zip.text('META-INF/container.xml')))
    if (token.kind === 'open' && token.name === 'ROOTFILE') root ??= attributeIn(token.attributes, 'full-path');
  if (root === undefined || !zip.has(root)) throw refused(`its package ${root ?? ''} is missing`);
  const xml = await zip.text(root);
  const items = new Map<string, string>();
  const spine: string[] = [];
  const folder = root.includes('/') ? root.replace(/[^/]*$/, '') : '';
  for await (const token of xmlTokens(xml)) {
    if (token.kind !== 'open') continue;
    const element = token.name.replace(/^.*:/, '');
    const [id, href] = [attributeIn(token.attributes, 'id'), attributeIn(token.attributes, 'href')];
    const type = attributeIn(token.attributes, 'media-type') ?? '';
    if (element === 'ITEM' && id !== undefined && href !== undefined && /html|xml$/.test(type)) items.set(id, await pathOf(folder, href));
    const idref = element === 'ITEMREF' ? attributeIn(token.attributes, 'idref') : undefined;
    if (idref !== undefined) spine.push(idref);
  }
  const chapters = [...new Set(spine.flatMap((id) => items.get(id) ?? []))].filter((path) => zip.has(path));
  if (chapters.length === 0) throw refused('none of the chapters that it lists is there');
  return { book: await elementText(xml, 'DC:TITLE'), author: await elementText(xml, 'DC:CREATOR'), chapters };
}

/** A reference of the package as a path in the archive. */
async function pathOf(folder: string, href: string): Promise<string> {
  const { decodeXML } = await import('entities');
  const parts: string[] = [];
  let plain = decodeXML(href).replace(/#.*$/, '');
  try {
    plain = decodeURIComponent(plain);
  } catch {
    // Written as it is.
  }
  for (const part of `${folder}${plain}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** The text of the first heading of a page. */
async function headingOf(page: string): Promise<string | undefined> {
  const { decodeHTML } = await import('entities');
  let heading: string | undefined;
  for (const token of htmlTokens(page)) {
    if (token.kind === 'text' && heading !== undefined) heading += token.text;
    else if (token.kind === 'open' && /^H[1-3]$/.test(token.name)) heading ??= '';
    else if (token.kind === 'close' && /^H[1-3]$/.test(token.name) && heading !== undefined) {
      const text = decodeHTML(heading).replace(/\s+/g, ' ').trim();
      if (text !== '') return text;
      heading = undefined;
    }
  }
  return undefined;
}
