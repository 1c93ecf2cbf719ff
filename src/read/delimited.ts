import type { ParseResult } from 'papaparse';
import { FinetoothError } from '../errors.ts';
import { MOST_NAMES } from '../text/json-shape.ts';
import { createTurns } from '../time/turn.ts';
import type { ReadDocument } from '../types.ts';
import { checkColumnNames, namelessColumn } from './record.ts';
import { quoteStart } from './text.ts';

interface Row {
  readonly cells: readonly string[];
  /** Where the row begins, from 1. */
  readonly line: number;
}

/** No row may be longer, in UTF-16 units: 64 MiB. A quote that is never closed makes one row of the rest of a file. */
const longestRow = 64 * 1024 * 1024;

/** Characters that are parsed in one go: each may be a row. */
const PIECE = 65_536;

/**
 * One document for each row under the header row; every value is the string that stands there, and may be ''. Names are
 * trimmed. `csv` is cut at commas (see `delimiterOf`) and knows quoted cells; `tsv` is cut at tabs, and a quote is a letter, unless the cells
 * of a line fit the header only without it. A row of a wrong length is E_INPUT_FORMAT. Columns that have neither a name nor a value in any row
 * are left out: a delimiter at the end of each line makes one. Blank lines are skipped, so a table of one column cannot hold an empty text.
 */
export async function* readDelimited(name: string, texts: AsyncIterable<string>, format: 'csv' | 'tsv'): AsyncGenerator<ReadDocument> {
  let names: readonly string[] | undefined;
  let nameless: readonly number[] = [];
  let header = name;
  let row = 0;
  for await (const { cells: written, line } of rowsOf(name, texts, format === 'tsv' ? '\t' : undefined)) {
    const where = `${name} line ${line}`;
    if (!names) {
      names = written.map((cell) => cell.trim().toWellFormed());
      header = where;
      nameless = names.flatMap((one, at) => (one === '' ? [at] : []));
      checkColumnNames(names, header, { allowNameless: nameless.length < names.length });
      continue;
    }
    row++;
    const cells = format === 'csv' || written.length > MOST_NAMES || fits(written, names) ? written : await asQuoted(written);
    if (cells.length > MOST_NAMES || !fits(cells, names)) {
      const problem = `row ${row} has ${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, but the header has ${names.length}`;
      throw new FinetoothError(
        'E_INPUT_FORMAT',
        `${where}: ${problem}. Put cells that hold the delimiter into quotes, or complete the row; it begins with ${quoteStart(cells.join(' | '))}.`,
      );
    }
    const filled = nameless.find((at) => (cells[at] ?? '').trim() !== '');
    if (filled !== undefined) throw namelessColumn(filled, names.length, header);
    const fields = names.map((field, at) => [field, cells[at] ?? ''] as const).filter(([field]) => field !== '');
    const odd = row === 1 ? names.find(looksLikeText) : undefined;
    yield {
      document: Object.fromEntries(fields),
      where,
      notes: odd === undefined ? undefined : [{ kind: 'odd-header', where: header, reason: quoteStart(odd) }],
    };
  }
  if (row > 0) return;
  if (names && nameless[0] !== undefined) throw namelessColumn(nameless[0], names.length, header);
  const problem = names ? 'holds a header but no rows' : 'holds only blank lines';
  throw new FinetoothError('E_INPUT_EMPTY', `${name} ${problem}. Check the command that wrote it.`);
}

/** Rows of RFC 4180, blank lines left out. Papa's row parser is driven here, for bounded memory, line numbers and every chunk size. */
async function* rowsOf(name: string, texts: AsyncIterable<string>, fixed: '\t' | undefined): AsyncGenerator<Row> {
  const { default: Papa } = await import('papaparse');
  let parser: InstanceType<typeof Papa.Parser> | undefined;
  let buffer = '';
  let line = 1;
  // A row that did not end in the buffer is parsed again from its start, so wait until the buffer has doubled.
  let parseAt = 0;

  const begin = () => {
    // Excel names the delimiter in a line before the header: sep=;
    const hint = fixed === undefined ? /^"?sep=(.)"?\n/i.exec(buffer) : null;
    if (hint) {
      buffer = buffer.slice(hint[0].length);
      line = 2;
    }
    const delimiter = fixed ?? hint?.[1] ?? delimiterOf(buffer.split('\n', 1)[0] ?? '');
    if (columnsIn(buffer, delimiter) > MOST_NAMES)
      throw new FinetoothError(
        'E_INPUT_FORMAT',
        `${name} line ${line} has more than ${MOST_NAMES} columns, the fields that a document may have.`,
      );
    // In TSV a quote is a letter like any other (https://www.iana.org/assignments/media-types/text/tab-separated-values).
    return new Papa.Parser({ delimiter, newline: '\n', ...(fixed !== undefined && { fastMode: true }) });
  };
  function* take(last: boolean): Generator<Row> {
    parser ??= begin();
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

  const turn = createTurns();
  for await (const whole of withPlainLineEnds(texts, fixed === undefined))
    for (let at = 0; at < whole.length; at += PIECE) {
      const text = whole.slice(at, at + PIECE);
      buffer += text;
      // The first parse needs the whole header line, for `delimiterOf`.
      const begun = parser !== undefined || text.includes('\n') || buffer.length > longestRow;
      if (begun && buffer.length >= parseAt) yield* take(false);
      await turn();
    }
  if (buffer !== '') yield* take(true);
}

/** Columns of the first line, counted no further than they may be. */
function columnsIn(buffer: string, delimiter: string): number {
  const end = buffer.indexOf('\n');
  let count = 1;
  for (let at = buffer.indexOf(delimiter); at >= 0 && (end < 0 || at < end) && count <= MOST_NAMES; at = buffer.indexOf(delimiter, at + 1))
    count++;
  return count;
}

/** Whether a row has a cell for each named column and none that no column names: empty ones at the end do not count. */
const fits = (cells: readonly string[], names: readonly string[]): boolean =>
  cells.slice(names.length).every((cell) => cell.trim() === '') && names.slice(cells.length).every((name) => name === '');

/** A line of TSV that has too many cells because a program put some into quotes, as in CSV. */
async function asQuoted(cells: readonly string[]): Promise<readonly string[]> {
  const { default: Papa } = await import('papaparse');
  const { data, errors }: ParseResult<string[]> = new Papa.Parser({ delimiter: '\t', newline: '\n' }).parse(cells.join('\t'), 0, false);
  return errors.length === 0 && data[0] !== undefined ? data[0] : cells;
}

/** Names of columns are short, or questions of a form: a cell of a sentence is a first row without a header, as in MS MARCO's files. */
const looksLikeText = (name: string): boolean =>
  !/[?:)]$/.test(name) && (name.length > 80 || (/(?:\S+\s+){4}\S/.test(name) && /[.!]["'”’]?$/.test(name)));

/** A comma, unless the header line has none and has one of the others: spreadsheets of many countries write a semicolon. */
const delimiterOf = (header: string): string => delimiters.find((candidate) => header.includes(candidate)) ?? ',';

const delimiters: readonly string[] = [',', ';', '\t', '|'];
/** Stands for a quote that ended a cell; another one behind it goes on with the cell. */
const CLOSED = '';
const isDelimiter = (sign: string): boolean => delimiters.includes(sign);

function quoteProblem(name: string, line: number, code: string | undefined): FinetoothError {
  const problem =
    code === 'InvalidQuotes'
      ? 'a quoted cell is followed by more text before the next delimiter. Inside a quoted cell, write each quote twice ("")'
      : 'a cell opens with a quote that is never closed. Close it, or write the quote twice inside a quoted cell ("")';
  return new FinetoothError('E_INPUT_FORMAT', `${name} line ${line}: in the row that begins here, ${problem}.`);
}

/**
 * CR LF becomes LF, inside cells too, also where a chunk ends between the two. A lone CR stays, unless the first line ends with one: then all
 * do, as in old files of the Macintosh. `quotes`: a cell that begins with one may hold line ends.
 */
async function* withPlainLineEnds(texts: AsyncIterable<string>, quotes: boolean): AsyncGenerator<string> {
  let held = '';
  let quoted = false;
  let before = ',';
  let lone: boolean | undefined;
  for await (const text of texts) {
    const whole = held + text;
    held = whole.endsWith('\r') ? '\r' : '';
    const ready = held === '' ? whole : whole.slice(0, -1);
    for (let at = 0; lone === undefined && at < ready.length; at++) {
      const sign = ready[at] as string;
      const turns = quotes && sign === '"' && (quoted || before === CLOSED || isDelimiter(before));
      if (!quoted && (sign === '\n' || sign === '\r')) lone = sign === '\r' && ready[at + 1] !== '\n';
      before = turns && quoted ? CLOSED : sign;
      if (turns) quoted = !quoted;
    }
    yield lone ? ready.replace(/\r\n?/g, '\n') : ready.replaceAll('\r\n', '\n');
  }
  if (held !== '') yield lone === false ? held : '\n';
}
