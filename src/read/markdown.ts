/** What a text document says of itself. */
export interface TextParts {
  readonly title?: string;
  readonly text: string;
  /** Further fields, from the front matter. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** Between two `---` lines at the very start; the first line of it must look like `key:`, so that two rules around prose stay text. */
const frontMatter =
  /^---[ \t]*\r?\n(?=(?:[ \t]*(?:#.*)?\r?\n)*(?:[\w."'-]+[ \t]*:|---))(?:([\s\S]*?)\r?\n)?(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/;
/** A plain scalar: no YAML indicator at its start, no comment, no nested `key: value` (YAML 1.2.2, 7.3.3). */
const simplePair = /^([A-Za-z_][\w-]*):(?:[ \t]+(?:"([^"\\]*)"|'([^']*)'|((?![-?:][ \t])[^\s[\]{}|>&*!%@`"'#,](?:(?!: | #).)*?)))?[ \t]*$/;

/** The pairs of a front matter where every line is a simple `key: value`; undefined where one is not. Values stay strings. */
const simplePairs = (yaml: string): Readonly<Record<string, string>> | undefined => {
  const pairs: [string, string][] = [];
  for (const line of yaml.split(/\r?\n/)) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const match = simplePair.exec(line);
    if (!match?.[1]) return undefined;
    pairs.push([match[1], match[2] ?? match[3] ?? match[4] ?? '']);
  }
  return Object.fromEntries(pairs);
};

/** The text of the first heading, `# so` or underlined, that is in no fenced block (CommonMark 0.31, 4.2, 4.3 and 4.5). */
const firstHeading = (text: string): string | undefined => {
  let fence: string | undefined;
  let before = '';
  for (const line of text.split(/\r?\n/)) {
    const mark = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line);
    if (mark?.[1] && fence === undefined) fence = mark[1];
    else if (mark?.[1] && fence !== undefined) {
      if (mark[1].startsWith(fence) && mark[2]?.trim() === '') fence = undefined;
    } else if (fence === undefined) {
      const heading = /^ {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$/.exec(line)?.[1];
      if (heading) return heading;
      if (before !== '' && /^ {0,3}(?:=+|-+)[ \t]*$/.test(line)) return before;
      before = /^ {0,3}[^\s>*+|-]/.test(line) ? line.trim() : '';
    }
    if (fence !== undefined) before = '';
  }
  return undefined;
};

/**
 * Splits Markdown. A YAML front matter leaves the text; where all of it is simple `key: value` lines they become fields, else it
 * is not read. The title is the front matter's, or the first heading, which stays in the text too.
 */
export const markdownParts = (source: string): TextParts => {
  const front = frontMatter.exec(source);
  const text = front ? source.slice(front[0].length) : source;
  const { title = firstHeading(text), ...fields } = (front && simplePairs(front[1] ?? '')) ?? {};
  return { ...(title !== undefined && title !== '' && { title }), text, fields };
};
