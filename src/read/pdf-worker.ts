import { parentPort, workerData } from 'node:worker_threads';

/** What the worker sends: each page, then what the properties say; or why there is none. */
export type PdfMessage = { readonly page: string } | { readonly title?: string; readonly author?: string } | { readonly failure: string };

/** More pages than any file has: a number that is larger is a trap. */
const MOST_PAGES = 100_000;

async function readPages(bytes: Uint8Array): Promise<void> {
  const { getDocumentProxy } = await import('unpdf');
  const pdf = await getDocumentProxy(bytes, { verbosity: 0 });
  if (pdf.numPages > MOST_PAGES) throw new Error(`it says that it has ${pdf.numPages} pages`);
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    const text = items.map((item) => ('str' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : '')).join('');
    send({ page: text.replaceAll('\0', '').toWellFormed() });
    page.cleanup();
  }
  const { info } = await pdf.getMetadata().catch(() => ({ info: {} }));
  const { Title: title, Author: author } = info as { readonly Title?: unknown; readonly Author?: unknown };
  send({ title: textOf(title), author: textOf(author) });
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.replaceAll('\0', '').trim().toWellFormed() : undefined;

const send = (message: PdfMessage): void => parentPort?.postMessage(message);

readPages(workerData as Uint8Array).catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : String(error);
  const isLocked = error instanceof Error && error.name === 'PasswordException';
  send({ failure: isLocked ? 'it needs a password' : reason.replace(/\.$/, '') });
});
