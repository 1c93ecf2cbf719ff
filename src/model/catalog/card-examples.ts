import type { CrossEncoderEntry } from './model-entry.ts';

type Examples = NonNullable<CrossEncoderEntry['examples']>;

const text = `"(?:[^"\\\\\\n]|\\\\.)*"|'(?:[^'\\\\\\n]|\\\\.)*'`;
const pairs = new RegExp(`[([]\\s*(${text})\\s*,\\s*(${text})\\s*,?\\s*[)\\]]`, 'g');
const query = new RegExp(`^\\s*query\\s*=\\s*(${text})`, 'm');
const list = /^\s*(?:passages|documents|docs|texts|sentences)\s*=\s*\[([\s\S]*?)^\s*\]/m;
const numbers = /^\s*#\s*(?:\w+\s*[:=]\s*)?(?:tensor\(|array\()?\[\s*([-+\d.,e\s#]+?)\s*\]/m;

/**
 * Pairs of a model card's Python blocks with the scores that a comment behind `predict` gives for them, as sentence-transformers' cards print them; none
 * where a block has pairs and scores that are not equally many.
 */
export function cardExamples(card: string): Examples {
  for (const { 1: block = '' } of card.matchAll(/^```(?:python|py)\n([\s\S]*?)^```/gm)) {
    const at = block.search(/\.predict\(/);
    const given = at < 0 ? undefined : numbers.exec(block.slice(at))?.[1];
    if (given === undefined) continue;
    const scores = (given.match(/[-+]?\d*\.?\d+(?:e[-+]?\d+)?/g) ?? []).map(Number);
    const before = block.slice(0, at);
    const inline = [...block.matchAll(pairs)].map(({ 1: one = '', 2: other = '' }) => [plain(one), plain(other)] as const);
    const asked = query.exec(before)?.[1];
    const listed = [...(list.exec(before)?.[1] ?? '').matchAll(new RegExp(text, 'g'))].map(
      ([one]) => [plain(asked ?? ''), plain(one)] as const,
    );
    const found = asked !== undefined && listed.length === scores.length ? listed : inline;
    if (scores.length === 0 || found.length !== scores.length) continue;
    return found.map(([asked, document], i) => ({ query: asked, document, score: scores[i] as number }));
  }
  return [];
}

/** What stands between the quotes of a text in Python. */
const plain = (quoted: string): string => quoted.slice(1, -1).replaceAll(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
