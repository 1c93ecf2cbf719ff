/** Lines of a file that belong together. */
export interface CodePiece {
  /** What they define, `Class.method`; absent where they define nothing, or several things. */
  readonly name?: string;
  /** From 1, the last one included. */
  readonly first: number;
  readonly last: number;
}

/** Lines of a piece. */
const MOST = 60;

/** Lines from one to another, cut into pieces of at most 60, where one can at a blank line, before a line at the margin if there is one. */
export function linePieces(lines: readonly string[], first: number, last: number): readonly CodePiece[] {
  const pieces: CodePiece[] = [];
  let from = first;
  while (from <= last) {
    while (from <= last && isBlank(lines[from - 1])) from++;
    if (from > last) break;
    let to = Math.min(last, from + MOST - 1);
    if (to < last) to = borderBefore(lines, from + MOST / 2, to);
    let end = to;
    while (end > from && isBlank(lines[end - 1])) end--;
    pieces.push({ first: from, last: end });
    from = to + 1;
  }
  return pieces;
}

/** The last line of a piece that ends between those two. */
function borderBefore(lines: readonly string[], least: number, most: number): number {
  let blank: number | undefined;
  for (let at = most; at >= least; at--) {
    if (!isBlank(lines[at - 1])) continue;
    if (/^\S/.test(lines[at] ?? '')) return at;
    blank ??= at;
  }
  return blank ?? most;
}

const isBlank = (line: string | undefined): boolean => (line ?? '').trim() === '';
