import { createRequire } from 'node:module';
import type { Language, Node, Parser } from '@vscode/tree-sitter-wasm';
import { peer } from '../fetch/peer.ts';
import { type CodePiece, linePieces } from './line-pieces.ts';

/** The optional package of parser and grammars. */
export const grammarPackage = '@vscode/tree-sitter-wasm';

type Library = typeof import('@vscode/tree-sitter-wasm');

/** Characters of a file that is parsed. */
const MOST_CHARACTERS = 512 * 1024;
/** Milliseconds of parsing one. */
const LONGEST_MS = 2_000;
/** A definition of fewer lines goes together with its neighbours. */
const LEAST_LINES = 4;
/** Lines between definitions, fewer than this, go with the next one. */
const LEAST_REST = 7;
/** A class, or what else has members, of more lines is parted into them. */
const MOST_LINES = 80;
/** Levels of classes in classes. */
const DEEPEST = 4;
const LONGEST_NAME = 80;

/** Splits code into its functions, classes and other definitions. */
export interface GrammarSplitter {
  /** In the order of the file, each line that is not blank in one of them; nothing where the file is too large, or took too long. */
  split(code: string, grammar: string): Promise<readonly CodePiece[] | undefined>;
}

/** Throws E_PACKAGE where the package is not installed. */
export async function openGrammars(): Promise<GrammarSplitter> {
  const loaded: Library & { readonly default?: Library } = await peer(grammarPackage, () => import('@vscode/tree-sitter-wasm'));
  // A CommonJS module whose names Node does not see.
  const library = loaded.default ?? loaded;
  const require = createRequire(import.meta.url);
  const fileOf = (name: string): string => require.resolve(`@vscode/tree-sitter-wasm/wasm/${name}`);
  await library.Parser.init({ locateFile: () => fileOf('tree-sitter.wasm') });
  const parser = new library.Parser();
  const languages = new Map<string, Promise<Language>>();
  return {
    split: async (code, grammar) => {
      if (code.length > MOST_CHARACTERS) return undefined;
      const language = languages.get(grammar) ?? library.Language.load(fileOf(`tree-sitter-${grammar}.wasm`));
      languages.set(grammar, language);
      parser.setLanguage(await language);
      return piecesOf(parser, code);
    },
  };
}

function piecesOf(parser: Parser, code: string): readonly CodePiece[] | undefined {
  const started = performance.now();
  const tree = parser.parse(code, null, { progressCallback: () => performance.now() - started > LONGEST_MS });
  if (tree === null) {
    parser.reset();
    return undefined;
  }
  try {
    const lines = code.split('\n');
    return piecesIn(tree.rootNode, { lines, first: 1, last: lines.length, depth: 0 });
  } finally {
    tree.delete();
  }
}

interface Part {
  readonly lines: readonly string[];
  readonly first: number;
  readonly last: number;
  /** Of what it is a part. */
  readonly within?: string;
  readonly depth: number;
}

/** The pieces of the lines of a node: each definition of some lines one, and the lines between them. */
function piecesIn(node: Node, part: Part): readonly CodePiece[] {
  const { lines, last, within, depth } = part;
  const pieces: CodePiece[] = [];
  let from = part.first;
  /** The first line of the comments and decorators before a definition. */
  let begins: number | undefined;
  const rest = (to: number): void => {
    pieces.push(...linePieces(lines, from, to).map((piece) => ({ ...piece, name: within })));
  };
  for (const child of node.namedChildren) {
    if (child === null) continue;
    const [first, end] = [child.startPosition.row + 1, endLine(child)];
    if (/comment|attribute_item|decorator/.test(child.type)) {
      begins = begins !== undefined && isNextTo(lines, begins, first) ? begins : first;
      continue;
    }
    let starts = Math.max(from, begins !== undefined && isNextTo(lines, begins, first) ? begins : first);
    begins = undefined;
    const own = nameOf(child);
    // What begins in a line of the one before belongs to it.
    if (own === undefined || end - first + 1 < LEAST_LINES || starts < from || first < from) continue;
    const name = clipped(within === undefined ? own : `${within}.${own}`);
    // Constants before a function say what it is about; the head of a file does not.
    const isShort = pieces.length > 0 && starts - from < LEAST_REST && lines.slice(from - 1, starts - 1).some((line) => line.trim() !== '');
    if (isShort) starts = firstWritten(lines, from);
    else rest(starts - 1);
    const body = end - first + 1 > MOST_LINES && depth < DEEPEST ? bodyOf(child) : undefined;
    if (body === undefined) pieces.push({ name, first: starts, last: end });
    else pieces.push(...piecesIn(body, { lines, first: starts, last: end, within: name, depth: depth + 1 }));
    from = end + 1;
  }
  rest(last);
  return pieces;
}

/** A node may end at the start of the line behind it. */
const endLine = ({ startPosition, endPosition }: Node): number =>
  endPosition.column === 0 && endPosition.row > startPosition.row ? endPosition.row : endPosition.row + 1;

function firstWritten(lines: readonly string[], from: number): number {
  let line = from;
  while (lines[line - 1]?.trim() === '') line++;
  return line;
}

/** No blank line stands between them. */
function isNextTo(lines: readonly string[], from: number, to: number): boolean {
  for (let line = from; line < to; line++) if (lines[line - 1]?.trim() === '') return false;
  return true;
}

/** Fields of wrappers (`export`, decorators, templates) that hold what they wrap. */
const wrapped = ['declaration', 'definition', 'value'];

/** What a node defines; nothing for imports and statements. */
function nameOf(node: Node, depth = 0): string | undefined {
  if (depth > 6) return undefined;
  const written = node.childForFieldName('name')?.text;
  if (written !== undefined) return /import|use_declaration|using/.test(node.type) ? undefined : written;
  if (node.type === 'impl_item') {
    const [trait, type] = [node.childForFieldName('trait')?.text, node.childForFieldName('type')?.text];
    return trait === undefined ? type : `${trait} for ${type}`;
  }
  if (/^(?:import|package|preproc_include|call|assignment_expression)/.test(node.type)) return undefined;
  for (const field of wrapped) {
    const inner = node.childForFieldName(field);
    if (inner !== null) return nameOf(inner, depth + 1) ?? (/export/.test(node.type) ? 'default' : undefined);
  }
  // C and C++ name a function in the middle of its declarator.
  const declarator = node.childForFieldName('declarator');
  if (declarator !== null) return /identifier|operator_name/.test(declarator.type) ? declarator.text : nameOf(declarator, depth + 1);
  if (!/declaration|definition|expression_statement|assignment|decorated/.test(node.type)) return undefined;
  const left = node.childForFieldName('left');
  if (left !== null) return left.text;
  for (const child of node.namedChildren) {
    const name = child === null || /comment|modifier|decorator/.test(child.type) ? undefined : nameOf(child, depth + 1);
    if (name !== undefined) return name;
  }
  return undefined;
}

/** The body of a class, an interface, a namespace or the like; nothing for a function. */
function bodyOf(node: Node, depth = 0): Node | undefined {
  if (depth > 3 || /function|method|constructor/.test(node.type)) return undefined;
  const body = node.childForFieldName('body');
  if (body !== null)
    return /class|interface|struct|enum|trait|impl|module|namespace|object|record|mod_item|union/.test(node.type) ? body : undefined;
  for (const child of node.namedChildren) {
    const inner = child === null ? undefined : bodyOf(child, depth + 1);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

const clipped = (name: string): string => (name.split('\n', 1)[0] ?? '').trim().slice(0, LONGEST_NAME).toWellFormed();
