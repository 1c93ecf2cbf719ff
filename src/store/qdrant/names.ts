import { createHash } from 'node:crypto';

/** What is a UUID of ours and no one else's (RFC 9562, 5.5): drawn once. */
const NAMESPACE = Buffer.from('5a7f2b0e94c14d3c8a6e1f0d7b52c963', 'hex');

/** Points are named by UUIDs only: the one of a passage of a document, from 0, by the document's id. */
export function pointId(id: string, at: number): string {
  // As JSON, in which half a character is kept.
  const hash = createHash('sha1')
    .update(NAMESPACE)
    .update(`${at} ${JSON.stringify(id)}`)
    .digest();
  hash[6] = ((hash[6] as number) & 0x0f) | 0x50;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

const MARK = '\u0001';

/** A text as Qdrant can hold it, which refuses half a character: as it is, or as JSON behind a character that no text begins with that is as it is. */
export function heldText(text: string): string {
  return text.isWellFormed() && !text.startsWith(MARK) ? text : `${MARK}${JSON.stringify(text)}`;
}

export function textHeld(held: string): string {
  return held.startsWith(MARK) ? (JSON.parse(held.slice(1)) as string) : held;
}

/** The number of a word in a sparse vector, in 32 bits: FNV-1a over its UTF-16 units, mixed as MurmurHash3 ends. Two words may share one. */
export function wordIndex(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
