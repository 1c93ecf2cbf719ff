/** Small documents of formats that programs write, as bytes. */
import { ZipFile } from 'yazl';

/** Files in a zip archive, in their order, the first one stored as it is. */
export async function zipOf(files: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const zip = new ZipFile();
  for (const [at, [path, text]] of Object.entries(files).entries())
    zip.addBuffer(Buffer.from(text), path, { compress: at > 0, mtime: new Date(0) });
  zip.end();
  return Buffer.concat(await Array.fromAsync(zip.outputStream as AsyncIterable<Uint8Array>));
}

/** A Word document: the body of `document.xml`, and further files. */
export const docxOf = (body: string, files: Readonly<Record<string, string>> = {}): Promise<Uint8Array> =>
  zipOf({
    '[Content_Types].xml': '<Types/>',
    'word/document.xml': `<?xml version="1.0"?><w:document xmlns:w="w"><w:body>${body}</w:body></w:document>`,
    ...files,
  });

export const paragraphOf = (text: string, style?: string): string =>
  `<w:p>${style === undefined ? '' : `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`}<w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;

/** A book whose chapters are these pages. */
export const epubOf = (chapters: readonly string[], title = 'Moby'): Promise<Uint8Array> =>
  zipOf({
    mimetype: 'application/epub+zip',
    'META-INF/container.xml': '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
    'OEBPS/book.opf': `<package><metadata><dc:title>${title}</dc:title><dc:creator id="c">Herman &amp; Co</dc:creator></metadata><manifest>${chapters
      .map((_, i) => `<item id="c${i}" href="text%20of/${i}.xhtml" media-type="application/xhtml+xml"/>`)
      .join('')}</manifest><spine>${chapters.map((_, i) => `<itemref idref='c${i}'/>`).join('')}</spine></package>`,
    ...Object.fromEntries(chapters.map((page, i) => [`OEBPS/text of/${i}.xhtml`, page])),
  });

/** A PDF (ISO 32000-1, 7.5) whose pages hold these lines. */
export function pdfOf(pages: readonly (readonly string[])[], title?: string): Uint8Array {
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Kids [${pages.map((_, i) => `${4 + 2 * i} 0 R`).join(' ')}] /Count ${pages.length} >>`,
    `<< ${title === undefined ? '' : `/Title (${title})`} >>`,
  ];
  for (const [i, lines] of pages.entries()) {
    const font = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';
    const text = `BT /F1 12 Tf 14 TL 72 720 Td ${lines.map((line) => `(${line}) Tj T*`).join(' ')} ET`;
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${5 + 2 * i} 0 R /Resources << /Font << /F1 ${font} >> >> >>`,
      `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    );
  }
  let file = '%PDF-1.4\n';
  const places = objects.map((object, i) => {
    const place = file.length;
    file += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return place;
  });
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  const end = `trailer << /Size ${objects.length + 1} /Root 1 0 R /Info 3 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
  return Buffer.from(`${file}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}${end}`, 'latin1');
}
