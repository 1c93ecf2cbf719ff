import { join } from 'node:path';
import { placeOf, pythonBlocks, type UnreadExample } from '../model/catalog/card-blocks.ts';
import { scoresIn } from '../model/catalog/card-examples.ts';
import { readJson } from '../model/catalog/modules.ts';
import { readCard } from '../model/catalog/read-card.ts';

/** Blocks of a reranker's card that score and could not be read; none where a finetooth.json states examples, for then no one looks at the card. */
export async function unreadScores(folder: string): Promise<readonly UnreadExample[]> {
  const stated = (await readJson(join(folder, 'finetooth.json'))) as { readonly examples?: unknown } | undefined;
  if (stated?.examples !== undefined) return [];
  const card = await readCard(folder);
  return pythonBlocks(card).flatMap((block) => {
    if (!/\.(?:predict|rank)\(/.test(block.code) || scoresIn(block.code).length > 0) return [];
    const why = /^\s*#.*\d/m.test(block.code) ? 'its pairs and its scores are not equally many, or not written out' : 'it prints no scores';
    return [{ where: placeOf(block), why }];
  });
}
