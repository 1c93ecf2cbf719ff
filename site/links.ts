import { dirname, join, normalize } from 'node:path/posix';

/** A page of the site for a file of the repository: without folder where it has one of docs/, and in lowercase. */
export function pageOf(file: string): string {
  if (file === 'README.md') return 'overview.md';
  if (file === 'docs/README.md') return 'reading-order.md';
  if (file.startsWith('examples/')) return `${file}.md`;
  if (file.startsWith('decisions/')) return file;
  return (file.startsWith('docs/') ? file.slice('docs/'.length) : file).toLowerCase();
}

/** The anchor of a heading, as GitHub makes it, so that a link leads to the same place there and on the site. */
export const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-');

export interface Rewritten {
  readonly text: string;
  /** Files beside pages that are linked or shown: pictures. */
  readonly assets: readonly string[];
}

const LINK = /(!?)\[((?:\\.|[^\]\\])*)\]\(([^()\s]+)\)/g;

/**
 * Links of a file as the site has them: to pages that it holds; the name alone where it holds none of that file.
 * @throws Error where a link leads to nothing in the repository.
 */
export function rewriteLinks(
  file: string,
  text: string,
  { holds, exists }: { readonly holds: (file: string) => boolean; readonly exists: (file: string) => boolean },
): Rewritten {
  const assets = new Set<string>();
  const rewrite = (whole: string, mark: string, label: string, target: string): string => {
    if (/^[a-z]+:|^#/i.test(target)) return whole;
    const [path = '', anchor] = target.split('#');
    const linked = normalize(join(dirname(file), path)).replace(/\/$/, '');
    if (!exists(linked)) throw new Error(`${file}: the link to ${target} leads to nothing`);
    if (/\.(svg|png|jpg|webp)$/.test(linked)) {
      assets.add(linked);
      return `${mark}[${label}](/${assetOf(linked)})`;
    }
    if (!holds(linked)) return label;
    return `${mark}[${label}](/${pageOf(linked)}${anchor === undefined ? '' : `#${anchor}`})`;
  };
  const parts = text.split(/(^```[\s\S]*?^```|``[^`]*``|`[^`\n]*`)/m);
  return { text: parts.map((part, at) => (at % 2 === 1 ? part : part.replace(LINK, rewrite))).join(''), assets: [...assets] };
}

export const assetOf = (file: string): string => file.replace(/^docs\//, '');
