/** Folders of any files: what stands in them is any bytes, or a good file of a format with some of its bytes changed, cut or doubled. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { FinetoothError } from '../src/errors.ts';
import { readDocuments } from '../src/index.ts';
import { readNotes } from '../src/wording/read-notes.ts';
import { workFolder } from './finetooth.ts';
import { docxOf, epubOf, paragraphOf, pdfOf } from './support/made-documents.ts';

const code = Array.from({ length: 15 }, (_, i) => `function f${i}(a) {\n  // é\n  const b = a + ${i};\n  return b;\n}\n`).join('\n');

/** A good file of each kind; `withPdf`: each PDF is read in a worker of its own, which takes a quarter of a second. */
async function seeds(withPdf: boolean): Promise<Readonly<Record<string, Uint8Array>>> {
  const texts: Record<string, string> = {
    md: '---\ntitle: "a"\ntags: [b, {c: d}]\ndate: 2015-01-01\n---\n# Heading\n\nwörds\n',
    txt: 'wörds and 日本\n',
    html: '<!doctype html><meta charset="utf-8"><title>a</title><p class="x">b &amp; c<script>d</script>',
    rst: 'Title\n=====\n\nwords\n\nSub\n---\nmore\n',
    adoc: '= Title\n\n== Sub\n\n----\ncode\n----\n',
    ipynb: JSON.stringify({
      cells: [
        { cell_type: 'markdown', source: ['# a\n', 'b'] },
        { cell_type: 'code', source: 'x' },
      ],
      nbformat: 4,
    }),
    eml: 'From: a@b.c\r\nSubject: =?utf-8?q?=C3=A9?=\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\ntext\r\n--x--\r\n',
    ts: code,
    py: 'import os\n\n\nclass A:\n    """é"""\n\n    def b(self):\n        return 1\n'.repeat(8),
    yaml: 'a:\n  - b: c\n',
  };
  const made = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text) as Uint8Array]));
  const books = {
    docx: await docxOf(`${paragraphOf('Title', 'h1')}${paragraphOf('wörds &amp; more')}`, {
      'docProps/core.xml': '<dc:title>a</dc:title>',
    }),
    epub: await epubOf(['<html><body><h1>One</h1><p>é</p></body></html>', '<html><body><p>Two</p></body></html>']),
  };
  return { ...made, ...books, ...(withPdf && { pdf: pdfOf([['one', 'two'], ['three']], 'A') }) };
}

type Change = readonly [at: number, kind: 'set' | 'cut' | 'double' | 'insert', byte: number];

function changed(bytes: Uint8Array, changes: readonly Change[]): Uint8Array {
  let now = Buffer.from(bytes);
  for (const [where, kind, byte] of changes) {
    const at = Math.floor(where * now.length);
    if (kind === 'set') now[at] = byte;
    else if (kind === 'cut') now = now.subarray(0, at);
    else if (kind === 'double') now = Buffer.concat([now, now.subarray(at)]);
    else now = Buffer.concat([now.subarray(0, at), Buffer.from([byte]), now.subarray(at)]);
  }
  return now;
}

/** Writes so many files and reads their folder. What is no document, no note and no error of ours fails. */
export async function checkAnyFiles(count: number, { seed, withPdf = false }: { readonly seed: number; readonly withPdf?: boolean }) {
  const folder = workFolder();
  const good = await seeds(withPdf);
  const extensions = [...Object.keys(good), 'md', 'markdown', 'json', 'png', 'go', 'css', 'sh'];
  const change = fc.tuple(
    fc.double({ min: 0, max: 0.999, noNaN: true }),
    fc.constantFrom('set', 'cut', 'double', 'insert') as fc.Arbitrary<Change[1]>,
    fc.nat(255),
  );
  const content = fc.oneof(
    { weight: 3, arbitrary: fc.record({ of: fc.constantFrom(...Object.keys(good)), changes: fc.array(change, { maxLength: 4 }) }) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 200 }) },
  );
  const file = fc.record({ content, extension: fc.option(fc.constantFrom(...extensions)), depth: fc.nat(3) });
  const files = fc.sample(file, { numRuns: count, seed });
  for (const [i, { content: made, extension, depth }] of files.entries()) {
    const isSeed = typeof made === 'object' && 'of' in made;
    const bytes = isSeed ? changed(good[made.of] as Uint8Array, made.changes) : typeof made === 'string' ? Buffer.from(made) : made;
    const path = join(
      folder,
      ...Array.from({ length: depth }, (_, level) => `d${level}`),
      `f${i}.${extension ?? (isSeed ? made.of : 'txt')}`,
    );
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
  const notes = readNotes();
  const read = new Set<string>();
  let others = 0;
  try {
    for await (const { document, notes: own, id } of readDocuments(folder)) {
      notes.add(own);
      others += own?.filter(({ kind }) => kind === 'other-format').length ?? 0;
      read.add(String(document.path));
      // What a document holds can be written and read again.
      JSON.parse(JSON.stringify(document));
      if (typeof document.text !== 'string' || !document.text.isWellFormed() || id === undefined)
        throw new Error(`a broken document of ${id}`);
    }
  } catch (error) {
    if (!(error instanceof FinetoothError)) throw error;
    throw new Error(`the folder ended with ${error.code}: ${error.message}`, { cause: error });
  }
  return { files: files.length, read: read.size, skipped: notes.skipped()?.count ?? 0, others };
}
