import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readDocuments } from '../src/index.ts';
import { checkAnyFiles } from './any-files.ts';
import { workFolder } from './finetooth.ts';
import { docxOf, paragraphOf } from './support/made-documents.ts';

it('of 5,000 files of any bytes none crashes the reading of their folder, and each is read, named or counted', async () => {
  const { files, read, skipped, others } = await checkAnyFiles(5000, { seed: 2026, withPdf: true });
  expect(read + skipped + others).toBe(files);
}, 1_800_000);

it('a document that unpacks to 300 MiB is refused', async () => {
  const path = join(workFolder(), 'bomb.docx');
  writeFileSync(path, await docxOf(paragraphOf('a'.repeat(300 * 1024 * 1024))));
  await expect(Array.fromAsync(readDocuments(path))).rejects.toThrow('it unpacks to more than 256 MiB');
}, 300_000);
