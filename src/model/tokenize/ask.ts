import { FinetoothError, messageOf } from '../../errors.ts';
import type { Prompt } from '../catalog/model-entry.ts';
import type { TextTokenizer, TokenizedText } from './tokenizer.ts';

/** A query and a text as the tokens of a prompt, at most `maxTokens`. */
export type Ask = (query: string, text: string, maxTokens: number) => TokenizedText;

/** Most tokens of one piece of a prompt that is never cut. */
const MOST_FIXED = 4096;

/** The reference code of mxbai-rerank-v2 and of FlagEmbedding leaves a query three quarters of the window. */
const QUERY_SHARE = 3 / 4;

/**
 * Puts queries and texts into a prompt. What the prompt itself says is never cut; of query and text, the text's end is cut first.
 * Throws E_MODEL_FAILED for a template that cannot be read or leaves out the query or the text.
 */
export async function askWith(prompt: Prompt, tokenizer: TextTokenizer): Promise<Ask> {
  return prompt.kind === 'segments' ? askInSegments(prompt, tokenizer) : askInChat(prompt, tokenizer);
}

function askInSegments({ segments, instruction, trims }: Prompt & { kind: 'segments' }, tokenizer: TextTokenizer): Ask {
  const instructed = instruction?.words ? instruction.frame.replace('{instruction}', () => instruction.words) : '';
  const pieces = segments.map((segment) => segment.replace('{instruction}', () => instructed));
  const fixed = pieces.map((piece) => (/\{(query|document)\}/.test(piece) ? undefined : tokenizer.plain(piece, MOST_FIXED).ids));
  const taken = fixed.reduce((sum, ids) => sum + (ids?.length ?? 0), 0);
  const own = pieces.findIndex((piece) => piece.includes('{document}'));
  return (givenQuery, givenText, maxTokens) => {
    const [query, text] = trims ? [givenQuery.trim(), givenText.trim()] : [givenQuery, givenText];
    const room = maxTokens - taken;
    const asked = pieces.map((piece, i) =>
      i === own || fixed[i] !== undefined ? undefined : tokenizer.plain(filled(piece, query), Math.floor(room * QUERY_SHARE)),
    );
    const left = room - asked.reduce((sum, tokens) => sum + (tokens?.ids.length ?? 0), 0);
    const [before = '', after = ''] = (pieces[own] as string).split('{document}').map((part) => filled(part, query));
    const { ids, truncated, queryTruncated = 0 } = aroundText(tokenizer, { before, text, after }, left);
    return {
      ids: pieces.flatMap((_, i) => (i === own ? ids : (fixed[i] ?? asked[i]?.ids ?? []))),
      truncated,
      queryTruncated: queryTruncated + asked.reduce((sum, tokens) => sum + (tokens?.truncated ?? 0), 0),
    };
  };
}

const filled = (piece: string, query: string): string => piece.replaceAll('{query}', () => query);

interface Around {
  readonly before: string;
  readonly text: string;
  readonly after: string;
}

/** One string of three, and where it is too long the text's end cut; what stands before it only when nothing of the text is left. */
function aroundText(tokenizer: TextTokenizer, { before, text, after }: Around, room: number): TokenizedText {
  const whole = tokenizer.plain(before + text + after, room);
  if (whole.truncated === 0) return { ids: whole.ids, truncated: 0, queryTruncated: 0 };
  const end = after === '' ? [] : tokenizer.plain(after, MOST_FIXED).ids;
  const begun = tokenizer.plain(before + text, room - end.length);
  const queryTruncated = tokenizer.plain(before, room - end.length).truncated;
  const truncated = queryTruncated === 0 ? begun.truncated : tokenizer.plain(text, 0).truncated;
  return { ids: [...begun.ids, ...end], truncated, queryTruncated };
}

/** Stands for a text while a template is filled in, so that what is around it is seen. */
const MARK = 'finetoothMarksTheTextHere';

async function askInChat(prompt: Prompt & { kind: 'chat' }, tokenizer: TextTokenizer): Promise<Ask> {
  const render = await renderer(prompt);
  let last: { readonly query: string; readonly before: string; readonly after: string } | undefined;
  return (query, text, maxTokens) => {
    if (last?.query !== query) {
      const parts = render(query, MARK).split(MARK);
      if (parts.length !== 2)
        throw new FinetoothError('E_MODEL_FAILED', `the model's chat template shows a text ${parts.length - 1} times in place of once`);
      last = { query, before: parts[0] as string, after: parts[1] as string };
    }
    const { before, after } = last;
    const rendered = render(query, text);
    if (!rendered.startsWith(before) || !rendered.endsWith(after) || rendered.length < before.length + after.length)
      throw new FinetoothError(
        'E_MODEL_FAILED',
        "the model's chat template changes with the text that stands in it; that is not supported",
      );
    return aroundText(tokenizer, { before, text: rendered.slice(before.length, rendered.length - after.length), after }, maxTokens);
  };
}

/** Fills in a chat template. Throws E_MODEL_FAILED where it cannot be read, or a query or a text does not come through. */
export async function renderer({
  template,
  variables,
  instruction,
}: Prompt & { kind: 'chat' }): Promise<(query: string, text: string) => string> {
  const { Template } = await openJinja();
  const run = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (cause) {
      throw new FinetoothError('E_MODEL_FAILED', `the model's chat template cannot be filled in: ${messageOf(cause)}`, { cause });
    }
  };
  const parsed = run(() => new Template(template));
  const render = (query: string, text: string, words = instruction?.words): string =>
    run(() =>
      parsed.render({
        ...variables,
        messages: [
          ...(words ? [{ role: 'system', content: words }] : []),
          { role: 'query', content: query },
          { role: 'document', content: text },
        ],
      }),
    );
  const missing = (['query', 'document'] as const).find((role) => {
    const [one, other] = ['left', 'right'].map((word) => (role === 'query' ? render(word, 'text') : render('words', word)));
    return one === other;
  });
  if (missing !== undefined) {
    const advice =
      'It is one for conversations. State the prompt that the model was trained on in "scoring" of a finetooth.json beside it.';
    throw new FinetoothError('E_MODEL_FAILED', `the model's chat template shows no message of the role "${missing}". ${advice}`);
  }
  return render;
}

/** Of the library: what a filter gives is a method that it keeps to itself. */
type Filters = { applyFilter(...given: readonly unknown[]): unknown };

/**
 * Jinja's `first` and `last` of an empty list are undefined, for which templates have a `default`; the library's are no value at all (0.5.11,
 * runtime.ts, applyFilter), over which it falls.
 */
async function openJinja(): Promise<typeof import('@huggingface/jinja')> {
  const jinja = await import('@huggingface/jinja');
  const filters = jinja.Interpreter.prototype as unknown as Filters;
  if (!mended.has(filters)) {
    const { applyFilter } = filters;
    const nothing = new jinja.Environment().lookupVariable('nothing');
    filters.applyFilter = function (...given) {
      return applyFilter.apply(this, [...given]) ?? nothing;
    };
    mended.add(filters);
  }
  return jinja;
}

const mended = new WeakSet<Filters>();

/** Whether a chat template shows a message of the role system. Throws as `renderer` does. */
export async function showsSystem(prompt: Prompt & { kind: 'chat' }): Promise<boolean> {
  await renderer(prompt);
  const [one, other] = await Promise.all(
    ['left', 'right'].map(async (words) => (await renderer({ ...prompt, instruction: { words } }))('query', 'text')),
  );
  return one !== other;
}

/** The number of a token that a model may answer with, given as it is written or by its number. Throws E_MODEL_FAILED where it is not one token. */
export function answerOf(tokenizer: TextTokenizer, answer: string | number): number {
  if (typeof answer === 'number') return answer;
  const { ids } = tokenizer.plain(answer, 2);
  if (ids.length === 1) return ids[0] as number;
  throw new FinetoothError(
    'E_MODEL_FAILED',
    `the tokenizer makes ${ids.length === 0 ? 'no token' : 'several tokens'} of the answer "${answer}"; the prompt is of another model`,
  );
}
