import type { Dirent } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** Whether a path below a folder is left out by `.gitignore` files, the last rule that names it counting. A folder ends with "/". */
export interface IgnoreRules {
  leavesOut(path: string): boolean;
  /** The same rules and those of a folder's own `.gitignore`. */
  within(folder: string, entries: readonly Dirent[]): Promise<IgnoreRules>;
}

/** Whether a path is named by patterns that are written as in a `.gitignore`. */
export type Pattern = (path: string) => boolean;

/** Bytes of a `.gitignore`; what is longer is none. */
const MOST_BYTES = 1024 * 1024;

/** Patterns of a user, as in a `.gitignore`: `*.md`, `docs/`, `!drafts.md`. A folder counts with all that is below it. */
export async function patternOf(patterns: readonly string[]): Promise<Pattern> {
  const matcher = await matcherOf(patterns);
  return (path) => matcher.test(path).ignored;
}

/** The rules that hold in a folder: those of the folders above it, up to where its repository begins. */
export async function ignoreRulesOf(root: string): Promise<IgnoreRules> {
  const files: { readonly from: string; readonly lines: readonly string[] }[] = [];
  const above: typeof files = [];
  for (let folder = root; ; folder = dirname(folder)) {
    if (folder !== root) {
      const lines = await linesOf(folder);
      if (lines !== undefined) above.unshift({ from: folder, lines });
    }
    if (await exists(join(folder, '.git'))) {
      files.push(...above);
      break;
    }
    // No repository: what lies above has nothing to do with the folder.
    if (folder === dirname(folder)) break;
  }
  const layers = await Promise.all(
    files.map(async ({ from, lines }): Promise<Layer> => {
      const below = relative(from, root).replaceAll('\\', '/');
      return { at: (path) => `${below}/${path}`, matcher: await matcherOf(lines) };
    }),
  );
  return rulesOf(root, layers);
}

/** No rules: everything is read. */
export const noRules: IgnoreRules = { leavesOut: () => false, within: async () => noRules };

interface Layer {
  /** The path as the rules of this layer see it; nothing where they do not reach it. */
  readonly at: (path: string) => string | undefined;
  readonly matcher: Matcher;
}

interface Matcher {
  test(path: string): { readonly ignored: boolean; readonly unignored: boolean };
}

function rulesOf(root: string, layers: readonly Layer[]): IgnoreRules {
  return {
    leavesOut: (path) => {
      let isOut = false;
      for (const { at, matcher } of layers) {
        const seen = at(path);
        if (seen === undefined) continue;
        const { ignored, unignored } = matcher.test(seen);
        if (ignored) isOut = true;
        else if (unignored) isOut = false;
      }
      return isOut;
    },
    within: async (folder, entries) => {
      // A link could lead to what never ends.
      const own = entries.some((one) => one.name === '.gitignore' && one.isFile()) ? await linesOf(join(root, folder)) : undefined;
      if (own === undefined) return rulesOf(root, layers);
      const start = folder === '' ? '' : `${folder}/`;
      const at = (path: string): string | undefined => (path.startsWith(start) ? path.slice(start.length) : undefined);
      return rulesOf(root, [...layers, { at, matcher: await matcherOf(own) }]);
    },
  };
}

async function matcherOf(lines: readonly string[]): Promise<Matcher> {
  const { default: ignore } = await import('ignore');
  return ignore({ allowRelativePaths: true }).add(lines.filter(isSimple));
}

/** A pattern with many stars takes, as a regular expression, longer than the folder is worth. */
function isSimple(line: string): boolean {
  const deep = line.split('**').length - 1;
  return line.length <= 1000 && deep <= 3 && line.split('/').every((part) => part.split(/\*+/).length <= 4);
}

async function linesOf(folder: string): Promise<readonly string[] | undefined> {
  const path = join(folder, '.gitignore');
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size > MOST_BYTES) return undefined;
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text?.split(/\r?\n/);
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
