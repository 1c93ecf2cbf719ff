import { Tokenizer } from '@huggingface/tokenizers';
import { FinetoothError, messageOf } from '../../errors.ts';
import { readCharsmap } from './charsmap.ts';

/** Token ids of one text or pair, special tokens included, never longer than the window. */
export interface TokenizedText {
  readonly ids: readonly number[];
  /** Segment of each token: 0, and 1 where the model's template says so for the second text of a pair. Absent: all 0. */
  readonly types?: readonly number[];
  /** Place from which on tokens are read and not attended to. Absent: all are. */
  readonly unseen?: number | undefined;
  /** Tokens of the text that did not fit; of a pair, of its second text. At least so many where the text has more than 65,536 characters. */
  readonly truncated: number;
  /** Of a pair: tokens of its first text, the query, that did not fit. Absent of a text alone. */
  readonly queryTruncated?: number;
}

export interface TextTokenizer {
  /** Special tokens that the model's template puts before and after a text. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** Whole tokens only: what does not fit in `maxTokens` is left out at the end and counted. */
  encode(text: string, maxTokens: number): TokenizedText;
  /**
   * Query and text in the model's own template for pairs. Where both do not fit, tokens are taken from the end of the longer one
   * ("longest first" of the reference library), so a query longer than the window leaves room for the text.
   * Throws E_MODEL_FAILED when the tokenizer has no template for pairs.
   */
  encodePair(query: string, text: string, maxTokens: number): TokenizedText;
  /** The text's tokens alone, without template, at most `maxTokens`; `truncated` as in `TokenizedText`. */
  plain(text: string, maxTokens: number): { readonly ids: number[]; readonly truncated: number };
  /** The same tokens in letters, as the vocabulary has them. */
  names(text: string, maxTokens: number): readonly string[];
  /** Numbers of the tokens that stand for no text: of the template, padding, mask, unknown. */
  readonly special: ReadonlySet<number>;
  /** The number of the token that stands for what is not known; absent where the vocabulary knows all. */
  readonly unknown?: number | undefined;
  /** The number of a token, as the vocabulary has it. */
  idOf(token: string): number | undefined;
  /** One token in letters; '' of a number that is none. */
  nameOf(id: number): string;
}

/** Texts longer than this are tokenised piece by piece, so that a huge one costs time but little memory. */
const PIECE_LENGTH = 16_384;

/** Characters of a text up to which all its tokens are counted. Behind them, words are: a token at least each, and found a hundred times faster. */
const COUNTED = 65_536;

/** Cuts at white space, where tokenisers cut too. A run of 16K characters without any is cut where it stands. */
const pieces = function* (text: string): Generator<string> {
  let start = 0;
  while (text.length - start > PIECE_LENGTH) {
    let end = start + PIECE_LENGTH;
    while (end > start + PIECE_LENGTH / 2 && !/\s/.test(text[end] ?? '')) end--;
    yield text.slice(start, end);
    start = end;
  }
  yield start === 0 ? text : text.slice(start);
};

/** Ideographs beyond U+FFFF: the ranges of BERT's own list (google-research/bert, tokenization.py, `_is_chinese_char`). */
const farIdeographs = /[\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b820}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

interface Normalizer {
  readonly type: string;
  readonly precompiled_charsmap?: string;
  readonly strip_left?: boolean;
  readonly strip_right?: boolean;
  readonly normalizers?: readonly Normalizer[];
}

/** What the template puts before, between and after the two texts of a pair, with the segment of each token. */
interface PairTemplate {
  readonly parts: readonly [readonly number[], readonly number[], readonly number[]];
  readonly partTypes: readonly [readonly number[], readonly number[], readonly number[]];
  readonly types: readonly [number, number];
}

export interface TokenizerOptions {
  /** A token that ends every text, where the file's template does not put it there already. @default none */
  readonly endToken?: string | undefined;
}

/**
 * The tokenizer of a `tokenizer.json`. Truncation and padding that are baked into the file are not obeyed: the window is the caller's.
 *
 * @param path what the file is called in errors
 */
export function readTokenizer(json: string, path: string, { endToken }: TokenizerOptions = {}): TextTokenizer {
  let tokenizer: Tokenizer;
  let prepare: (text: string) => string;
  let segmented: boolean;
  let unknownToken: string | undefined;
  let special: ReadonlySet<number>;
  try {
    const file = JSON.parse(json) as Record<string, unknown>;
    const { rewrite: rewriteAll, rest } = splitCharsmap((file.normalizer ?? null) as Normalizer | null);
    const rewrite = rewriteAll && betweenTokens(rewriteAll, (file.added_tokens ?? []) as readonly { readonly content: string }[]);
    const model = (file.model ?? {}) as { readonly unk_token?: unknown; readonly unk_id?: unknown; readonly vocab?: unknown };
    const byNumber =
      Array.isArray(model.vocab) && typeof model.unk_id === 'number' ? (model.vocab[model.unk_id] as [string])?.[0] : undefined;
    unknownToken = typeof model.unk_token === 'string' ? model.unk_token : byNumber;
    const added = (file.added_tokens ?? []) as readonly { readonly id: number; readonly special?: boolean }[];
    special = new Set(added.flatMap(({ id, special: isSpecial }) => (isSpecial === true ? [id] : [])));
    segmented = (file.post_processor as { readonly type?: string } | null | undefined)?.type !== 'RobertaProcessing';
    tokenizer = new Tokenizer({ ...file, normalizer: rest, truncation: null, padding: null }, {});
    const lower = preparation(rest);
    prepare = rewrite === undefined ? lower : (text) => lower(rewrite(text));
  } catch (error) {
    throw new FinetoothError('E_MODEL_FAILED', `cannot read the tokenizer ${path}: ${messageOf(error)}`, { cause: error });
  }
  const idsOf = (text: string): number[] => tokenizer.encode(prepare(text), { add_special_tokens: false }).ids;
  const unknown = unknownToken === undefined ? undefined : tokenizer.token_to_id(unknownToken);
  const probe = idsOf('a');
  const whole = tokenizer.encode('a', { add_special_tokens: true }).ids;
  const at = indexOfBody(whole, probe);
  if (at < 0) throw new FinetoothError('E_MODEL_FAILED', `the tokenizer ${path} has a template that puts nothing around a text as it is`);
  const before = whole.slice(0, at);
  const after = [...whole.slice(at + probe.length)];
  if (endToken !== undefined) {
    const end = tokenizer.token_to_id(endToken);
    if (end === undefined)
      throw new FinetoothError('E_MODEL_FAILED', `the tokenizer ${path} has no token "${endToken}", which is to end every text`);
    if (after.at(-1) !== end) after.push(end);
  }
  let pairs: PairTemplate | undefined;

  /** `enough`: tokens up to which they are counted one by one, however many characters that takes. */
  const counted = (text: string, maxTokens: number, enough: number): { readonly ids: number[]; readonly truncated: number } => {
    const ids: number[] = [];
    let truncated = 0;
    let read = 0;
    for (const piece of pieces(text)) {
      if (read >= COUNTED && ids.length >= maxTokens && ids.length + truncated >= enough)
        return { ids, truncated: truncated + wordsAfter(text, read) };
      read += piece.length;
      const found = idsOf(piece);
      const fits = Math.min(found.length, Math.max(0, maxTokens - ids.length));
      for (let i = 0; i < fits; i++) ids.push(found[i] as number);
      truncated += found.length - fits;
    }
    return { ids, truncated };
  };
  const plain = (text: string, maxTokens: number) => counted(text, maxTokens, 0);
  /** The query is the same for text after text. */
  let asked: { readonly query: string; readonly room: number; readonly tokens: ReturnType<typeof counted> } | undefined;
  const queryTokens = (query: string, room: number): ReturnType<typeof counted> => {
    if (asked?.query !== query || asked.room !== room) asked = { query, room, tokens: counted(query, room, Number.POSITIVE_INFINITY) };
    return asked.tokens;
  };
  return {
    before,
    after,
    plain,
    special,
    unknown,
    idOf: (token) => tokenizer.token_to_id(token),
    nameOf: (id) => tokenizer.id_to_token(id) ?? '',
    names: (text, maxTokens) => {
      const names: string[] = [];
      for (const piece of pieces(text)) {
        if (names.length >= maxTokens) break;
        names.push(...tokenizer.encode(prepare(piece), { add_special_tokens: false }).tokens.slice(0, maxTokens - names.length));
      }
      return names;
    },
    encode: (text, maxTokens) => {
      const { ids, truncated } = plain(text, maxTokens - before.length - after.length);
      return { ids: [...before, ...ids, ...after], truncated };
    },
    encodePair: (query, text, maxTokens) => {
      pairs ??= pairTemplateOf(tokenizer, idsOf, segmented);
      if (pairs === undefined)
        throw new FinetoothError(
          'E_MODEL_FAILED',
          `the tokenizer ${path} has no template for a query and a text; it is not one of a cross-encoder`,
        );
      const { parts, partTypes, types } = pairs;
      const room = maxTokens - parts[0].length - parts[1].length - parts[2].length;
      const first = queryTokens(query, room);
      // Which of two texts that do not fit is the longer one must be known, not guessed.
      const second = counted(text, room, first.ids.length + first.truncated);
      const kept = longestFirst(first.ids.length + first.truncated, second.ids.length + second.truncated, room);
      const bodies = [first.ids.slice(0, kept[0]), second.ids.slice(0, kept[1])] as const;
      return {
        ids: [...parts[0], ...bodies[0], ...parts[1], ...bodies[1], ...parts[2]],
        types: [...partTypes[0], ...bodies[0].map(() => types[0]), ...partTypes[1], ...bodies[1].map(() => types[1]), ...partTypes[2]],
        truncated: second.truncated + second.ids.length - kept[1],
        queryTruncated: first.truncated + first.ids.length - kept[0],
      };
    },
  };
}

/** The rewriting of characters that a file begins its normalising with, perhaps after a strip, and the rest of it. */
function splitCharsmap(normalizer: Normalizer | null): { readonly rewrite?: (text: string) => string; readonly rest: Normalizer | null } {
  const steps = normalizer?.type === 'Sequence' ? (normalizer.normalizers ?? []) : normalizer === null ? [] : [normalizer];
  const at = steps.findIndex(({ precompiled_charsmap: charsmap }) => typeof charsmap === 'string');
  if (at < 0 || steps.slice(0, at).some(({ type }) => type !== 'Strip')) return { rest: normalizer };
  const rewrite = readCharsmap(steps[at]?.precompiled_charsmap as string);
  const strip = (text: string): string =>
    steps.slice(0, at).reduce((stripped, { strip_left: left, strip_right: right }) => {
      const begun = left ? stripped.replace(/^\p{White_Space}+/u, '') : stripped;
      return right ? begun.replace(/\p{White_Space}+$/u, '') : begun;
    }, text);
  const rest = steps.slice(at + 1);
  return { rewrite: (text) => rewrite(strip(text)), rest: rest.length === 0 ? null : { type: 'Sequence', normalizers: rest } };
}

/** Applies a rewriting to what stands between the tokens of the file's own, which are found in the text as it is. */
function betweenTokens(
  rewrite: (text: string) => string,
  tokens: readonly { readonly content: string; readonly normalized?: boolean }[],
): (text: string) => string {
  const raw = tokens.filter(({ content, normalized }) => content !== '' && normalized !== true).map(({ content }) => content);
  if (raw.length === 0) return rewrite;
  const escaped = raw.toSorted((a, b) => b.length - a.length).map((content) => content.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'));
  const pattern = new RegExp(`(${escaped.join('|')})`);
  // Of a split with one group, every second piece is what matched.
  return (text) =>
    text
      .split(pattern)
      .map((piece, at) => (at % 2 === 1 ? piece : rewrite(piece)))
      .join('');
}

/**
 * Two steps of the reference library that its JavaScript twin takes otherwise: capital sigma is lowered letter by letter, never to the
 * form at the end of a word, and ideographs beyond U+FFFF are words of their own as the others are.
 */
function preparation(normalizerOfFile: Normalizer | null): (text: string) => string {
  const normalizer = JSON.stringify(normalizerOfFile);
  const lowers = /"lowercase":true|"type":"Lowercase"/.test(normalizer);
  const splitsIdeographs = normalizer.includes('"handle_chinese_chars":true');
  return (text) => {
    const lowered = lowers && text.includes('Σ') ? text.replaceAll('Σ', 'σ') : text;
    return splitsIdeographs ? lowered.replace(farIdeographs, ' $& ') : lowered;
  };
}

function indexOfBody(whole: readonly number[], body: readonly number[], from = 0): number {
  for (let at = from; at + body.length <= whole.length; at++) if (body.every((id, i) => whole[at + i] === id)) return at;
  return -1;
}

/** Words behind a place in a text: runs between spaces that hold a letter or digit. */
function wordsAfter(text: string, from: number): number {
  let words = 0;
  let counted = false;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 0x20) counted = false;
    else if (!counted && isLetter(code)) {
      counted = true;
      words++;
    }
  }
  return words;
}

/** Reads the template off a pair of one-letter texts; undefined when they do not stand in it one after the other. */
function pairTemplateOf(tokenizer: Tokenizer, plain: (text: string) => number[], segmented: boolean): PairTemplate | undefined {
  const whole = tokenizer.encode('a', { text_pair: 'b', add_special_tokens: true, return_token_type_ids: true });
  const [first, second] = [plain('a'), plain('b')];
  const a = indexOfBody(whole.ids, first);
  const b = a < 0 ? -1 : indexOfBody(whole.ids, second, a + first.length);
  if (b < 0) return undefined;
  const parted = (values: readonly number[]) =>
    [values.slice(0, a), values.slice(a + first.length, b), values.slice(b + second.length)] as const;
  // RoBERTa knows one segment only; the JavaScript twin of the tokenizers' library numbers two all the same.
  const types = segmented ? whole.token_type_ids : whole.ids.map(() => 0);
  return { parts: parted(whole.ids), partTypes: parted(types), types: [types[a] ?? 0, types[b] ?? 0] };
}

/** Tokens that each of two texts keeps: `truncate_encodings` with `LongestFirst` in huggingface/tokenizers, utils/truncation.rs. */
function longestFirst(query: number, text: number, room: number): readonly [number, number] {
  if (query + text <= room) return [query, text];
  const short = Math.min(query, text);
  const [less, more] = short > Math.floor(room / 2) ? [Math.floor(room / 2), room - Math.floor(room / 2)] : [short, room - short];
  return query <= text ? [less, more] : [more, less];
}

/** Whether a character is a letter or digit that every tokenizer makes a token of, alone or with its neighbours. */
const isLetter = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x41 && code <= 0x5a) ||
  (code >= 0x30 && code <= 0x39) ||
  (code >= 0xc0 && code <= 0x24f) ||
  (code >= 0x370 && code <= 0x52f) ||
  (code >= 0x4e00 && code <= 0x9fff) ||
  (code >= 0xac00 && code <= 0xd7a3);
