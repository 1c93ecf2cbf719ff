import { FinetoothError } from '../errors.ts';
import type { FieldValue, ReadDocument, ReadNote } from '../types.ts';
import { type CodeLanguage, codeLanguages } from './code-languages.ts';
import { type GrammarSplitter, openGrammars } from './grammar-pieces.ts';
import { type CodePiece, linePieces } from './line-pieces.ts';
import { extensionOf, type Reader } from './reader.ts';
import type { Source } from './source.ts';
import { joinTexts } from './text.ts';

/**
 * Source code: a document for each function, class or other definition of four lines or more, and for the lines between; by lines, 60 at most, where there
 * is no grammar for the language or the optional package of grammars is not installed. A short file is one document. Fields are `name` (of what is
 * defined), `path`, `language`, and `line` and `lastLine`; ids are the path, "#", and the name or a number.
 */
export const code = {
  name: 'code',
  extensions: codeLanguages.flatMap(({ extensions }) => extensions),
  recognise: () => false,
  read: readCode,
} as const satisfies Reader;

/** Lines of a file that is not split. */
const SHORT = 40;

/** Opened once for all files: a parser is memory of its own. */
let grammars: Promise<GrammarSplitter | FinetoothError> | undefined;

async function* readCode(source: Source): AsyncGenerator<ReadDocument> {
  const { name: where, documentPath: path, mayBeEmpty } = source;
  const text = (await joinTexts(where, source.texts())).replaceAll('\r\n', '\n');
  if (text.trim() === '' && !mayBeEmpty)
    throw new FinetoothError('E_INPUT_EMPTY', `${where} holds only blank lines. Check the command that wrote it.`);
  const language = codeLanguages.find(({ extensions }) => path !== undefined && extensions.includes(extensionOf(path)));
  const lines = text.split('\n');
  const { pieces, notes } = await piecesOf(text, lines, { language, where });
  const names = createNames();
  for (const [at, piece] of pieces.entries()) {
    const { name, first, last } = piece;
    const fields: Record<string, FieldValue | undefined> = {
      title: name === undefined ? path : path === undefined ? name : `${path}: ${name}`,
      text: lines.slice(first - 1, last).join('\n'),
      name,
      path,
      language: language?.name,
      line: first,
      lastLine: last,
    };
    const document = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    const id = path === undefined ? undefined : pieces.length === 1 ? path : `${path}#${names.next(name)}`;
    const range = pieces.length === 1 ? where : `${where} lines ${first} to ${last}`;
    yield { document, where: range, line: first, ...(id !== undefined && { id }), ...(at === 0 && notes.length > 0 && { notes }) };
  }
}

interface Pieces {
  readonly pieces: readonly CodePiece[];
  readonly notes: readonly ReadNote[];
}

async function piecesOf(
  text: string,
  lines: readonly string[],
  { language, where }: { readonly language?: CodeLanguage; readonly where: string },
): Promise<Pieces> {
  const whole = text.trimEnd().split('\n').length;
  if (whole <= SHORT) return { pieces: [{ first: 1, last: Math.max(1, whole) }], notes: [] };
  const byLines = linePieces(lines, 1, lines.length);
  if (language?.grammar === undefined) return { pieces: byLines, notes: [] };
  grammars ??= openGrammars().catch((error: unknown) => {
    if (error instanceof FinetoothError && error.code === 'E_PACKAGE') return error;
    throw error;
  });
  const found = await grammars;
  if (found instanceof FinetoothError) return { pieces: byLines, notes: [{ kind: 'by-lines', where, reason: '' }] };
  return { pieces: (await found.split(text, language.grammar)) ?? byLines, notes: [] };
}

/** Names in the order of a file, each once: an overload has a number behind it, what has no name a number alone. */
function createNames(): { next(name: string | undefined): string } {
  const seen = new Map<string, number>();
  let unnamed = 0;
  return {
    next: (name) => {
      if (name === undefined) return String(++unnamed);
      const plain = name.replaceAll('#', '');
      const count = (seen.get(plain) ?? 0) + 1;
      seen.set(plain, count);
      return count === 1 ? plain : `${plain}~${count}`;
    },
  };
}
