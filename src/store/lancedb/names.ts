import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** What a URL cannot hold: LanceDB 0.31 makes a folder of another name, with `%09` for a tab. */
const unwritable = /[\u0000-\u001f\u007f]/;

/** Links of this process by the folders that they lead to, removed when it ends. */
const links = new Map<string, string>();

/** A name under which LanceDB finds a folder: its own, or that of a link where its own has control characters. */
export function nameForLance(folder: string): string {
  const path = resolve(folder);
  if (!unwritable.test(path)) return folder;
  if (links.size === 0) process.once('exit', removeLinks);
  const link = links.get(path) ?? linkTo(path);
  links.set(path, link);
  return link;
}

function linkTo(path: string): string {
  const link = join(mkdtempSync(join(tmpdir(), 'finetooth-link-')), 'index');
  symlinkSync(path, link, 'dir');
  return link;
}

function removeLinks(): void {
  for (const link of links.values()) rmSync(dirname(link), { recursive: true, force: true });
}
