import type { ParseResult } from 'papaparse';
import { FinetoothError } from '../errors.ts';
import type { ReadDocument } from '../types.ts';
import { checkColumnNames } from './record.ts';
import { quoteStart } from './text.ts';

/** No row may be longer, in UTF-16 units: 64 MiB. A quote that is never closed makes one row of the rest of a file. */
const longestRow = 64 * 1024 * 1024;

interface Row {
  readonly cells: readonly string[];
  /** Where the row begins, from 1. */
  readonly line: number;
}

/** CR LF becomes LF, inside cells too, also where a chunk ends between the two; a lone CR stays. */
async function* withPlainLineEnds(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let held = '';
  for await (const text of texts) {
    const whole = held + text;
    held = whole.endsWith('\r') ? '\r' : '';
    yield (held === '' ? whole : whole.slice(0, -1)).replaceAll('\r\n', '\n');
  }
  if (held !== '') yield held;
}

/** A comma, unless the header line has none and has one of the others: spreadsheets of many countries write a semicolon. */
const delimiterOf = (header: string): string => [',', ';', '\t', '|'].find((candidate) => header.includes(candidate)) ?? ',';

const quoteProblem = (name: string, line: number, code: string | undefined): FinetoothError => {
  const problem =
    code === 'InvalidQuotes'
      ? 'a quoted cell is followed by more text before the next delimiter. Inside a quoted cell, write each quote twice ("")'
      : 'a cell opens with a quote that is never closed. Close it, or write the quote twice inside a quoted cell ("")';
  return new FinetoothError('E_INPUT_FORMAT', `${name} line ${line}: in the row that begins here, ${problem}.`);
};

/** Rows of RFC 4180, blank lines left out. Papa's row parser is driven here, for bounded memory, line numbers and every chunk size. */
async function* rowsOf(name: string, texts: AsyncIterable<string>, fixed: '\t' | undefined): AsyncGenerator<Row> {
  const { default: Papa } = await import('papaparse');
  let parser: InstanceType<typeof Papa.Parser> | undefined;
  let buffer = '';
  let line = 1;
  // A row that did not end in the buffer is parsed again from its start, so wait until the buffer has doubled.
  let parseAt = 0;

  function* take(last: boolean): Generator<Row> {
    parser ??= new Papa.Parser({ delimiter: fixed ?? delimiterOf(buffer.split('\n', 1)[0] ?? ''), newline: '\n' });
    const { data, errors, meta }: ParseResult<string[]> = parser.parse(buffer, 0, !last);
    const problem = errors[0];
    for (const [at, cells] of data.entries()) {
      if (problem?.row === at) throw quoteProblem(name, line, problem.code);
      if (cells.length > 1 || cells[0]?.trim() !== '') yield { cells, line };
      line += 1;
      for (const cell of cells) for (let end = cell.indexOf('\n'); end >= 0; end = cell.indexOf('\n', end + 1)) line++;
    }
    buffer = buffer.slice(meta.cursor);
    parseAt = data.length > 0 ? 0 : buffer.length * 2;
    if (buffer.length > longestRow) throw quoteProblem(name, line, problem?.code);
  }

  for await (const text of withPlainLineEnds(texts)) {
    buffer += text;
    // The first parse needs the whole header line, for `delimiterOf`.
    const begun = parser !== undefined || text.includes('\n') || buffer.length > longestRow;
    if (begun && buffer.length >= parseAt) yield* take(false);
  }
  if (buffer !== '') yield* take(true);
}

/**
 * One document for each row under the header row; every value is the string that stands there, and may be ''. Names are
 * trimmed. `tsv` is cut at tabs, `csv` at commas (see `delimiterOf`); both know quoted cells. A row of a wrong length is
 * E_INPUT_FORMAT. Blank lines are skipped, so a table of one column cannot hold an empty text.
 */
export async function* readDelimited(name: string, texts: AsyncIterable<string>, format: 'csv' | 'tsv'): AsyncGenerator<ReadDocument> {
  let names: readonly string[] | undefined;
  let row = 0;
  for await (const { cells, line } of rowsOf(name, texts, format === 'tsv' ? '\t' : undefined)) {
    const where = `${name} line ${line}`;
    if (!names) {
      names = cells.map((cell) => cell.trim().toWellFormed());
      checkColumnNames(names, where);
      continue;
    }
    row++;
    if (cells.length !== names.length) {
      const problem = `row ${row} has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, but the header has ${names.length}`;
      throw new FinetoothError(
        'E_INPUT_FORMAT',
        `${where}: ${problem}. Put cells that hold the delimiter into quotes, or complete the row; it begins with ${quoteStart(cells.join(' | '))}.`,
      );
    }
    yield { document: Object.fromEntries(names.map((field, at) => [field, cells[at] ?? ''])), where };
  }
  if (row > 0) return;
  const problem = names ? 'holds a header but no rows' : 'holds only blank lines';
  throw new FinetoothError('E_INPUT_EMPTY', `${name} ${problem}. Check the command that wrote it.`);
}
