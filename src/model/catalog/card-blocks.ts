/** A block of Python of a model's card. */
export interface CardBlock {
  /** Of its first line in the card, from 1. */
  readonly line: number;
  readonly code: string;
}

/** An example of a card that cannot be run, and why. */
export interface UnreadExample {
  /** `README.md, line 12`. */
  readonly where: string;
  readonly why: string;
}

/** The blocks of Python in a card, in their order. */
export function pythonBlocks(card: string): readonly CardBlock[] {
  return [...card.matchAll(/^```(?:python|py)[^\n]*\n([\s\S]*?)^```/gm)].map(({ 1: code = '', index }) => ({
    line: card.slice(0, index).split('\n').length + 1,
    code: code.replaceAll('\r', ''),
  }));
}

export const placeOf = ({ line }: CardBlock): string => `README.md, line ${line}`;

const quoted = `"""[\\s\\S]*?"""|'''[\\s\\S]*?'''|"(?:[^"\\\\\\n]|\\\\.)*"|'(?:[^'\\\\\\n]|\\\\.)*'`;
/** Texts one after the other, which Python joins. */
const joined = `(?:[rRuU]?(?:${quoted})\\s*)+`;
const assigned = new RegExp(
  `^[ \\t]*(\\w+)(?:\\s*:[^=\\n]+)?\\s*=\\s*(\\[[\\s\\S]*?\\n?[ \\t]*\\]|\\(?\\s*${joined}\\)?)[ \\t]*(?:#[^\\n]*)?$`,
  'gm',
);

/** Names to which a block gives a text or a list of texts. Of a name that is given something else, nothing. */
export function textsIn(code: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const [, name = '', value = ''] of code.matchAll(assigned)) {
    const texts = literalsIn(value);
    if (texts !== undefined) found.set(name, texts);
  }
  return found;
}

/** The texts that a literal holds: of one text, or of a list of nothing but texts; undefined for anything else. */
export function literalsIn(value: string): readonly string[] | undefined {
  const uncommented = value.replace(new RegExp(`(${quoted})|#[^\\n]*`, 'g'), (_, text: string | undefined) => text ?? '');
  const texts = uncommented.match(new RegExp(joined, 'g')) ?? [];
  const rest = uncommented.replace(new RegExp(joined, 'g'), '').replaceAll(/[[\](),\s]/g, '');
  return texts.length === 0 || rest !== ''
    ? undefined
    : texts.map((text) => (text.match(new RegExp(quoted, 'g')) ?? []).map(plain).join(''));
}

/** What stands between the quotes of a text in Python. */
function plain(text: string): string {
  const wide = /^("""|''')/.test(text) ? 3 : 1;
  return text.slice(wide, -wide).replaceAll(/\\(\n|.)/g, (_, letter: string) => escapes[letter] ?? letter);
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\n': '' };

/** The lines of comments behind a place, with what may stand between: prints and empty lines. '' where other code comes first. */
export function commentBehind(code: string, at: number): string {
  const lines = code.slice(code.indexOf('\n', at) + 1 || code.length).split('\n');
  const first = lines.findIndex((line) => !/^\s*$|^\s*print\s*\(|^\s*for .*:\s*$|^\s+print/.test(line));
  const own = code.slice(at, code.indexOf('\n', at) < 0 ? undefined : code.indexOf('\n', at)).match(/#\s*(.*)$/)?.[1];
  const behind = lines.slice(Math.max(0, first));
  const count = behind.findIndex((line) => !/^\s*#/.test(line));
  const comments = first < 0 ? [] : behind.slice(0, count < 0 ? undefined : count);
  return [own ?? '', ...comments.map((line) => line.replace(/^\s*#\s?/, ''))].join('\n').trim();
}

/** A matrix of numbers as torch and NumPy print one, `tensor([[1.0, 0.5]])`; undefined where it is shortened or no matrix. */
export function matrixIn(comment: string): readonly (readonly number[])[] | undefined {
  const text = comment.match(/\[[\s\S]*\]/)?.[0];
  if (text === undefined || text.includes('...')) return undefined;
  const rows = [...text.matchAll(/\[([^[\]]+)\]/g)].map(({ 1: row = '' }) =>
    (row.match(/[-+]?\d*\.?\d+(?:e[-+]?\d+)?/g) ?? []).map(Number),
  );
  const width = rows[0]?.length ?? 0;
  return width > 0 && rows.every((row) => row.length === width && row.every(Number.isFinite)) ? rows : undefined;
}
