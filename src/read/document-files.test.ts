import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { docxOf, epubOf, paragraphOf, pdfOf, zipOf } from '../../test/support/made-documents.ts';
import { all, errorOf, useTemporaryFolder } from '../../test/support/reading.ts';
import { readDocuments } from './read.ts';

useTemporaryFolder();

const read = async (name: string, content: string | Uint8Array) => {
  writeFileSync(name, content);
  return all(readDocuments(name));
};
const only = async (name: string, content: string | Uint8Array) => {
  const [one, ...more] = await read(name, content);
  expect(more).toEqual([]);
  return one;
};

describe('reStructuredText and AsciiDoc', () => {
  it('begin their sections as Markdown does, line for line', async () => {
    const rst = 'Handbook\n========\n\nWords.\n\n.. code::\n\n   a\n   ===\n\n======\nDeeper\n======\n\nMore -- words\n\nSub\n---\nEnd\n';
    expect(await only('a.rst', rst)).toMatchObject({
      document: {
        title: 'Handbook',
        text: '# Handbook\n\n\nWords.\n\n.. code::\n\n   a\n   ===\n\n\n## Deeper\n\n\nMore -- words\n\n### Sub\n\nEnd\n',
      },
      line: 1,
    });
    const adoc = '= Handbook\nAuthor\n\n== First ==\n\n----\n== no heading\n----\n\n=== Deep\n\ntext = words\n';
    expect((await only('a.adoc', adoc))?.document).toMatchObject({
      title: 'Handbook',
      text: '# Handbook\nAuthor\n\n## First\n\n----\n== no heading\n----\n\n### Deep\n\ntext = words\n',
    });
  });
});

describe('notebooks', () => {
  it('are their cells, without what those printed', async () => {
    const cells = [
      { cell_type: 'markdown', source: ['# Whales\n', 'They sing.'] },
      { cell_type: 'code', source: 'print(1)', outputs: [{ text: ['1\n'] }], execution_count: 1 },
      { cell_type: 'code', source: [] },
      { cell_type: 'raw' },
    ];
    const metadata = { language_info: { name: 'python' } };
    expect((await only('a.ipynb', JSON.stringify({ cells, metadata, nbformat: 4 })))?.document).toEqual({
      title: 'Whales',
      text: '# Whales\nThey sing.\n\n```python\nprint(1)\n```',
      path: 'a.ipynb',
    });
    const old = { worksheets: [{ cells: [{ cell_type: 'code', input: 'x = 1' }] }], nbformat: 3 };
    expect((await only('old.ipynb', JSON.stringify(old)))?.document.text).toBe('```\nx = 1\n```');
    writeFileSync('wrong.ipynb', '{"cells": 1}');
    expect(await errorOf(readDocuments('wrong.ipynb'))).toBe(
      'E_INPUT_FORMAT: wrong.ipynb is not a notebook: it has no list of cells. Save it with Jupyter again.',
    );
  });
});

describe('messages', () => {
  it('have subject, text, people, date and names of attachments', async () => {
    const message = [
      'From: =?utf-8?q?Ada_L=C3=B6ve?= <ada@example.org>',
      'To: bob@example.org, "Team" <team@example.org>',
      'Subject: =?iso-8859-1?q?Caf=E9?= on Monday',
      'Date: Mon, 1 Jun 2015 10:00:00 +0200',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/html; charset=iso-8859-1',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      '<p>We meet at the caf=E9.</p><script>x</script>',
      '--b',
      'Content-Type: application/pdf; name="plan.pdf"',
      'Content-Disposition: attachment; filename="plan.pdf"',
      'Content-Transfer-Encoding: base64',
      '',
      'AAAA',
      '--b--',
      '',
    ].join('\r\n');
    expect((await only('a.eml', message))?.document).toEqual({
      title: 'Café on Monday',
      text: 'We meet at the café.',
      from: 'Ada Löve <ada@example.org>',
      to: ['bob@example.org', 'Team <team@example.org>'],
      date: '2015-06-01T08:00:00.000Z',
      attachments: ['plan.pdf'],
      path: 'a.eml',
    });
  });
});

describe('documents of Word', () => {
  const styles = {
    'word/styles.xml':
      '<w:styles><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style><w:style w:styleId="Titel"><w:name w:val="Title"/></w:style></w:styles>',
    'docProps/core.xml': '<cp:coreProperties><dc:title>Draft</dc:title><dc:creator>Ada &lt;3</dc:creator></cp:coreProperties>',
    'word/footnotes.xml': `<w:footnotes><w:footnote>${paragraphOf('A note.')}</w:footnote></w:footnotes>`,
  };

  it('have headings, lists, tables, footnotes and the pages that Word counted', async () => {
    const cell = (text: string): string => `<w:tc>${paragraphOf(text)}</w:tc>`;
    const body = [
      paragraphOf('The Handbook', 'Titel'),
      paragraphOf('Coffee &amp; tea', 'berschrift1'),
      '<w:p><w:r><w:t>To reset</w:t></w:r><w:r><w:tab/><w:t xml:space="preserve"> the machine</w:t></w:r><w:del><w:r><w:delText>no</w:delText></w:r></w:del></w:p>',
      `<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>one</w:t></w:r></w:p>`,
      '<w:p><w:r><w:lastRenderedPageBreak/><w:t>On page two.</w:t></w:r></w:p>',
      `<w:tbl><w:tr>${cell('a')}${cell('b')}</w:tr></w:tbl>`,
      '<mc:AlternateContent><mc:Choice><w:p><w:r><w:t>Box</w:t></w:r></w:p></mc:Choice><mc:Fallback><w:p><w:r><w:t>Box</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent>',
    ].join('');
    expect((await only('a.docx', await docxOf(body, styles)))?.document).toEqual({
      title: 'The Handbook',
      text: '# The Handbook\n\n# Coffee & tea\n\nTo reset the machine\n\n- one\n\fOn page two.\n\na | b | \n\nBox\n\nA note.',
      author: 'Ada <3',
      path: 'a.docx',
    });
  });

  it('are refused where they are torn, foreign, or unpack to more than anyone writes', async () => {
    writeFileSync('torn.docx', (await docxOf(paragraphOf('x'))).subarray(0, 100));
    expect(await errorOf(readDocuments('torn.docx'))).toMatch(/^E_INPUT_FORMAT: torn\.docx cannot be read as a Word document: /);
    writeFileSync('foreign.docx', await zipOf({ 'a.txt': 'a' }));
    expect(await errorOf(readDocuments('foreign.docx'))).toBe(
      'E_INPUT_FORMAT: foreign.docx cannot be read as a Word document: it has no word/document.xml. Save it again, or export its text.',
    );
  });

  it('expand no entities', async () => {
    const laughs = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]>';
    const one = await only('laughs.docx', await docxOf(`${laughs}${paragraphOf('&c;&c; &#65;')}`));
    expect(one?.document.text).toBe('&c;&c; A');
  });
});

describe('books in EPUB', () => {
  it('are a document for each chapter, in the order of reading', async () => {
    const page = (heading: string, text: string): string =>
      `<html xmlns="x"><head><title>Moby</title></head><body><h1>${heading}</h1><p>${text}</p></body></html>`;
    const read2 = await read(
      'b.epub',
      await epubOf([page('Loomings &amp; more', 'Call me.'), '<html><body/></html>', page('', 'The end.')]),
    );
    expect(read2.map(({ id, document }) => [id, document.title, document.chapter, document.text])).toEqual([
      ['b.epub#1', 'Moby: Loomings & more', 1, 'Loomings & more\nCall me.'],
      ['b.epub#2', 'Moby: Chapter 2', 2, 'The end.'],
    ]);
    expect(read2[0]?.document).toMatchObject({ book: 'Moby', author: 'Herman & Co', path: 'b.epub' });
    writeFileSync('none.epub', await zipOf({ mimetype: 'application/epub+zip' }));
    expect(await errorOf(readDocuments('none.epub'))).toContain('it has no META-INF/container.xml');
  });
});

describe('PDF', () => {
  it('has its pages apart, its lines together, and a title where it says one', async () => {
    const pages = [
      ['The manual of the machine begins on this page and it', 'goes on in the next line, with a word that is par-', 'ted.', '- An item'],
      ['To reset the machine hold both buttons.'],
    ];
    expect((await only('a.pdf', pdfOf(pages, 'Manual')))?.document).toEqual({
      title: 'Manual',
      text: 'The manual of the machine begins on this page and it goes on in the next line, with a word that is parted.\n- An item\n\fTo reset the machine hold both buttons.',
      pages: 2,
      path: 'a.pdf',
    });
  });

  it('is refused where it is none, and named where it holds no text', async () => {
    writeFileSync('none.pdf', '%PDF-1.4\nnothing');
    expect(await errorOf(readDocuments('none.pdf'))).toMatch(/^E_INPUT_FORMAT: none\.pdf cannot be read as a PDF: /);
    writeFileSync('scan.pdf', pdfOf([[]]));
    expect(await errorOf(readDocuments('scan.pdf'))).toBe(
      'E_INPUT_EMPTY: scan.pdf holds no text, as scans do. Read it by a program for scans (OCR) first.',
    );
    mkdirSync('scans');
    writeFileSync('scans/a.pdf', pdfOf([[]]));
    const [one] = await all(readDocuments('scans'));
    expect(one).toMatchObject({ id: 'a.pdf', document: { text: '' }, notes: [{ kind: 'no-text', where: 'scans/a.pdf' }] });
  });
});

describe('lines', () => {
  it('are a document each, blank ones left out', async () => {
    expect(await read('a.lines', 'one\r\n\n two\n')).toEqual([
      { document: { text: 'one' }, where: 'a.lines line 1', line: 1 },
      { document: { text: ' two' }, where: 'a.lines line 3', line: 3 },
    ]);
  });
});
