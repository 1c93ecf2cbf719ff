import { dirname, join, relative } from 'node:path/posix';

/** What stands behind "import from". */
export interface Entry {
  /** `finetooth/eval`. */
  readonly name: string;
  /** The folder of its pages, as TypeDoc calls it: `eval`, `integrations/ai-sdk`. */
  readonly module: string;
  /** What it is for, as a sentence. */
  readonly about: string;
}

/** Pages by their path below the reference. */
type Pages = ReadonlyMap<string, string>;

/**
 * The reference that TypeDoc wrote, for who reads a page from its top: examples stand before parameters, a type says where it is imported from and in
 * which examples it is used, and entries have the names by which they are imported.
 */
export function finishReference(pages: Pages, entries: readonly Entry[]): Map<string, string> {
  const uses = usesOf(pages);
  const finished = new Map<string, string>();
  // `server/mcp` lies within `server`.
  const ofLongestName = entries.toSorted((a, b) => b.module.length - a.module.length);
  for (const [path, text] of pages) {
    const entry = ofLongestName.find(({ module }) => path.startsWith(`${module}/`));
    if (path === 'index.md') finished.set(path, overviewOf(entries));
    else if (path.endsWith('index.md')) finished.set(path, entry === undefined ? text : namedAs(entry, text));
    else finished.set(path, isType(path) && entry !== undefined ? typePage(path, text, entry, uses) : withExampleFirst(text));
  }
  return finished;
}

const isType = (path: string): boolean => /(interfaces|type-aliases)\/[^/]+$/.test(path);
const nameOf = (path: string): string => (path.split('/').at(-1) as string).replace(/\.md$/, '');

const overviewOf = (entries: readonly Entry[]): string =>
  `# API reference\n\nMade from the types and their comments. A name is exported by one entry alone; every function, class and constant has an example.\n
| from | what |\n|---|---|\n${entries.map(({ name, module, about }) => `| [\`${name}\`](${module}/index.md) | ${about} |\n`).join('')}`;

const namedAs = ({ name, about }: Entry, text: string): string => text.replace(/^# .*$/m, `# ${name}\n\n${about}`);

const EXAMPLE = /^#{2,3} Example\n[\s\S]*?(?=^#{2,3} |$(?![\s\S]))/m;

/** The example before all that stands under a heading; of several signatures before what the first one takes. */
function withExampleFirst(text: string): string {
  const [example] = EXAMPLE.exec(text) ?? [];
  if (example === undefined) return text;
  const rest = text
    .split(example.trimEnd())
    .join('')
    .replace(/\n{3,}/g, '\n\n');
  const at = rest.search(/^#{2,3} (?!Call Signature)/m);
  return at < 0 ? `${rest.trimEnd()}\n\n${example}` : `${rest.slice(0, at)}${example.trimEnd()}\n\n${rest.slice(at)}`;
}

/** Of a type with many uses: the first ones say enough. */
const USES = 5;

function typePage(path: string, text: string, { name }: Entry, uses: ReadonlyMap<string, readonly string[]>): string {
  const found = (uses.get(path) ?? []).slice(0, USES).map((used) => `[${nameOf(used)}](${relative(dirname(path), used)})`);
  const line = found.length === 0 ? '' : `\n**In the examples of** ${found.join(', ')}.\n`;
  const [title = '', ...rest] = text.split('\n');
  return `${title}\n\n\`\`\`ts\nimport type { ${nameOf(path)} } from '${name}';\n\`\`\`\n${line}${rest.join('\n')}`;
}

const isBeside = (a: string, b: string): boolean => dirname(dirname(a)) === dirname(dirname(b));

/** By type, the pages with an example that name it, or that name what names it; those of its own entry first, then the nearest ones. */
function usesOf(pages: Pages): Map<string, readonly string[]> {
  const namedBy = new Map<string, string[]>();
  for (const [path, text] of pages)
    for (const [, target = ''] of text.matchAll(/\]\(([^)#:]+\.md)/g)) {
      const linked = join(dirname(path), target);
      if (!path.endsWith('index.md')) namedBy.set(linked, [...(namedBy.get(linked) ?? []), path]);
    }
  const hasExample = (path: string): boolean => EXAMPLE.test(pages.get(path) ?? '');
  const usesOfOne = (type: string): readonly string[] => {
    const [seen, found] = [new Set([type]), new Set<string>()];
    for (let level = [type]; level.length > 0; ) {
      level = [...new Set(level.flatMap((path) => namedBy.get(path) ?? []))].filter((path) => !seen.has(path));
      for (const path of level) seen.add(path);
      for (const path of level.filter(hasExample)) found.add(path);
    }
    return [...found].sort((a, b) => Number(isBeside(type, b)) - Number(isBeside(type, a)));
  };
  return new Map([...pages.keys()].filter(isType).map((path) => [path, usesOfOne(path)]));
}
