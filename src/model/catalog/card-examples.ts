import { literalsIn, pythonBlocks, textsIn } from './card-blocks.ts';
import type { CrossEncoderEntry } from './model-entry.ts';

type Examples = NonNullable<CrossEncoderEntry['examples']>;

const text = `"(?:[^"\\\\\\n]|\\\\.)*"|'(?:[^'\\\\\\n]|\\\\.)*'`;
const pairs = new RegExp(`[([]\\s*(${text})\\s*,\\s*(${text})\\s*,?\\s*[)\\]]`, 'g');
const query = new RegExp(`^\\s*query\\s*=\\s*(${text})`, 'm');
const list = /^\s*(?:passages|documents|docs|texts|sentences)\s*=\s*\[([\s\S]*?)^\s*\]/m;
const numbers = /^\s*#\s*(?:\w+\s*[:=]\s*)?(?:tensor\(|array\()?\[\s*([-+\d.,e\s#]+?)\s*\]/m;
/** `# (10.82): Mars, known for …`, as a loop over `rank` prints them. */
const ranked = /^\s*#\s*\(?([-+]?\d*\.?\d+(?:e[-+]?\d+)?)\)?\s*[:|-]\s*(\S.*?)\s*$/gm;

/**
 * Pairs of a model card's Python blocks with the scores that a comment behind `predict` gives for them, as sentence-transformers' cards print them, or that a loop over
 * `rank` prints before each text; those of the first block that has them.
 */
export function cardExamples(card: string): Examples {
  for (const { code } of pythonBlocks(card)) {
    const found = scoresIn(code);
    if (found.length > 0) return found;
  }
  return [];
}

/** The examples of one block; none where it has pairs and scores that are not equally many. */
export function scoresIn(block: string): Examples {
  const at = block.search(/\.predict\(/);
  if (at < 0) return rankedIn(block);
  const given = numbers.exec(block.slice(at))?.[1];
  if (given === undefined) return [];
  const scores = (given.match(/[-+]?\d*\.?\d+(?:e[-+]?\d+)?/g) ?? []).map(Number);
  const before = block.slice(0, at);
  const inline = [...block.matchAll(pairs)].map(({ 1: one = '', 2: other = '' }) => [plain(one), plain(other)] as const);
  const asked = query.exec(before)?.[1];
  const listed = [...(list.exec(before)?.[1] ?? '').matchAll(new RegExp(text, 'g'))].map(
    ([one]) => [plain(asked ?? ''), plain(one)] as const,
  );
  const found = asked !== undefined && listed.length === scores.length ? listed : inline;
  if (scores.length === 0 || found.length !== scores.length) return [];
  return found.map(([one, document], i) => ({ query: one, document, score: scores[i] as number }));
}

/** `model.rank(query, documents)`, whose texts a comment repeats behind their scores. */
function rankedIn(block: string): Examples {
  const call = /\.rank\(([\s\S]*)/.exec(block)?.[1];
  if (call === undefined) return [];
  const texts = textsIn(block.slice(0, block.length - call.length));
  const argument = (name: string, place: RegExp): readonly string[] | undefined => {
    const value = new RegExp(`\\b${name}\\s*=\\s*(\\[[\\s\\S]*?\\]|${text}|\\w+)`).exec(call)?.[1] ?? place.exec(call)?.[1];
    return value === undefined ? undefined : (literalsIn(value) ?? texts.get(value));
  };
  const [asked] = argument('query', new RegExp(`^\\s*(${text}|\\w+)\\s*,`)) ?? [];
  const documents = argument('documents', new RegExp(`^\\s*(?:${text}|\\w+)\\s*,\\s*(\\[[\\s\\S]*?\\]|\\w+)`)) ?? [];
  if (asked === undefined) return [];
  return [...call.matchAll(ranked)].flatMap(({ 1: score = '', 2: shown = '' }) =>
    documents.includes(shown) ? [{ query: asked, document: shown, score: Number(score) }] : [],
  );
}

/** What stands between the quotes of a text in Python. */
const plain = (quoted: string): string => quoted.slice(1, -1).replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
