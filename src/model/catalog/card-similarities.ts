import { type CardBlock, commentBehind, literalsIn, matrixIn, placeOf, pythonBlocks, textsIn, type UnreadExample } from './card-blocks.ts';

/** What stands before a text: the model's own words for a query or a document, one of its prompts by name, words, or nothing. */
export type ExamplePrompt = 'query' | 'document' | 'none' | { readonly name: string } | { readonly words: string };

export interface ExampleText {
  readonly text: string;
  readonly prompt: ExamplePrompt;
}

/** Two texts and how alike a model's authors print that they are. */
export interface SimilarityExample {
  readonly query: ExampleText;
  readonly document: ExampleText;
  readonly score: number;
}

export interface CardSimilarities {
  readonly examples: readonly SimilarityExample[];
  readonly unread: readonly UnreadExample[];
}

const encode = /^[ \t]*(\w+)\s*=\s*\w+\.(encode|encode_query|encode_queries|encode_document|encode_documents|encode_corpus)\(/gm;
const compared =
  /(?:\.similarity|cos_sim|dot_score)\(\s*(\w+)(?:\[[^\]]*\])?\s*,\s*(\w+)(?:\[[^\]]*\])?\s*\)|(\w+)(?:\[[^\]]*\])?\s*@\s*(\w+)(?:\[[^\]]*\])?\.(?:T\b|mT\b|transpose\()/g;

/**
 * Texts of a card's Python blocks with the similarities that a comment prints for them, as sentence-transformers' cards have them: `encode`, `encode_query` and
 * `encode_document`, then `similarity`, `cos_sim` or a product. A block that compares and cannot be read is told, with the reason.
 */
export function cardSimilarities(card: string): CardSimilarities {
  const examples: SimilarityExample[] = [];
  const unread: UnreadExample[] = [];
  for (const block of pythonBlocks(card)) {
    for (const match of block.code.matchAll(compared)) {
      const read = examplesOf(block, match);
      if (typeof read === 'string') unread.push({ where: placeOf(block), why: read });
      else examples.push(...read);
    }
  }
  return { examples, unread };
}

/** The examples of one comparison, or why there are none. */
function examplesOf({ code }: CardBlock, match: RegExpMatchArray): readonly SimilarityExample[] | string {
  const [, one, other, left, right] = match;
  const [from, to] = [one ?? left, other ?? right] as [string, string];
  const comment = commentBehind(code, match.index ?? 0);
  if (comment === '') return 'it prints no numbers';
  const rows = matrixIn(comment);
  if (rows === undefined) return 'its numbers are shortened, or no matrix';
  const encoded = encodedIn(code.slice(0, match.index));
  const [queries, documents] = [encoded.get(from), encoded.get(to)];
  const lost = queries === undefined ? from : documents === undefined ? to : undefined;
  if (lost !== undefined || queries === undefined || documents === undefined) return `it does not show the texts of ${lost}`;
  // Some print a column for a query, or a row for a list.
  const isTurned = rows.length === documents.length && rows[0]?.length === queries.length && queries.length !== documents.length;
  const at = (i: number, j: number): number | undefined => (isTurned ? rows[j]?.[i] : rows[i]?.[j]);
  const isWhole = isTurned || (rows.length === queries.length && rows[0]?.length === documents.length);
  const slices = slicesOf(match[0], queries, documents, rows);
  if (!isWhole && slices === undefined)
    return `it has ${queries.length} × ${documents.length} texts, and ${rows.length} × ${rows[0]?.length} numbers`;
  const [some, others] = slices ?? [queries, documents];
  return some.flatMap((query, i) => others.map((document, j) => ({ query, document, score: at(i, j) as number })));
}

/** `embeddings[:2] @ embeddings[2:].T`: the first so many texts against the others. */
function slicesOf(
  compared: string,
  queries: readonly ExampleText[],
  documents: readonly ExampleText[],
  rows: readonly (readonly number[])[],
): readonly [readonly ExampleText[], readonly ExampleText[]] | undefined {
  const given = [...compared.matchAll(/\[([^\]]*)\]/g)].map(({ 1: inside = '' }) => inside.trim());
  if (given.length === 0) return undefined;
  const sliced = (texts: readonly ExampleText[], inside: string | undefined): readonly ExampleText[] => {
    const [from = '', to] = (inside ?? '').split(':');
    if (to === undefined) return from === '' ? texts : texts.slice(Number(from), Number(from) + 1);
    return texts.slice(from === '' ? undefined : Number(from), to === '' ? undefined : Number(to));
  };
  const hasFirst = /\w\[[^\]]*\]\s*(?:,|@)/.test(compared);
  const [some, others] = hasFirst ? [sliced(queries, given[0]), sliced(documents, given[1])] : [queries, sliced(documents, given[0])];
  return rows.length === some.length && rows[0]?.length === others.length ? [some, others] : undefined;
}

/** Which texts a block embeds under which name, and with which prompt before them. */
function encodedIn(code: string): ReadonlyMap<string, readonly ExampleText[]> {
  const texts = textsIn(code);
  const encoded = new Map<string, readonly ExampleText[]>();
  for (const match of code.matchAll(encode)) {
    const [whole, name = '', method = ''] = match;
    const call = argumentsAt(code, (match.index ?? 0) + whole.length);
    const [first = '', ...others] = call;
    const named = first.replace(/^\w+\s*=\s*/, '').trim();
    const given = texts.get(named) ?? literalsIn(named);
    const prompt = promptOf(method, others.join(','));
    if (given === undefined || prompt === undefined) encoded.delete(name);
    else
      encoded.set(
        name,
        given.map((text) => ({ text, prompt })),
      );
  }
  return encoded;
}

function promptOf(method: string, options: string): ExamplePrompt | undefined {
  const named = /prompt_name\s*=\s*(?:"([^"]*)"|'([^']*)')/.exec(options);
  if (named !== null) return { name: (named[1] ?? named[2]) as string };
  if (/\bprompt_name\s*=|\btask\s*=/.test(options)) return undefined;
  const words = /\bprompt\s*=\s*([\s\S]+)/.exec(options)?.[1];
  if (words !== undefined) {
    const [text] = literalsIn(words.replace(/,\s*\w+\s*=[\s\S]*$/, '')) ?? [];
    return text === undefined ? undefined : { words: text };
  }
  if (/\bis_query\s*=\s*True/.test(options) || method.startsWith('encode_quer')) return 'query';
  if (/\bis_query\s*=\s*False/.test(options) || method.startsWith('encode_document') || method === 'encode_corpus') return 'document';
  return 'none';
}

/** The arguments of a call from behind its parenthesis on, as they are written. */
function argumentsAt(code: string, from: number): readonly string[] {
  const found: string[] = [];
  let [depth, quote, start] = [0, '', from];
  for (let at = from; at < code.length; at++) {
    const letter = code[at] as string;
    if (quote !== '') {
      if (letter === '\\') at++;
      else if (letter === quote) quote = '';
    } else if (letter === '"' || letter === "'") quote = letter;
    else if ('([{'.includes(letter)) depth++;
    else if (')]}'.includes(letter)) {
      if (depth === 0) return [...found, code.slice(start, at)].map((one) => one.trim()).filter((one) => one !== '');
      depth--;
    } else if (letter === ',' && depth === 0) {
      found.push(code.slice(start, at));
      start = at + 1;
    }
  }
  return found;
}
