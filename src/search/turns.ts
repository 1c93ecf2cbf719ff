import type { Turn } from '../time/turn.ts';

/** The words of a text, piece by piece. */
export interface Analysis {
  /** Pieces whose words, one piece after the other, are the words of the text: a few milliseconds each. */
  pieces(text: string): Iterable<string>;
  words(piece: string): readonly string[];
}

/** The words of a text in turns, a space between each two: millions of words are one text then, and not millions. */
export async function wordsInTurns({ pieces, words }: Analysis, text: string, turn: Turn): Promise<string> {
  const parts: string[] = [];
  for (const piece of pieces(text)) {
    await turn();
    const found = words(piece);
    if (found.length > 0) parts.push(found.join(' '));
  }
  return parts.join(' ');
}
