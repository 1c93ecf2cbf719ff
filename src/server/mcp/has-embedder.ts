import type { SearchIndex } from '../../index.ts';

/** Whether an index embeds queries: one whose documents brought their vectors does not, and is searched by words. */
export function hasEmbedder(index: SearchIndex): boolean {
  try {
    index.embedder();
    return true;
  } catch {
    return false;
  }
}
