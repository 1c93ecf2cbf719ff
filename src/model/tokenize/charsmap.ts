/**
 * Characters as SentencePiece models rewrite them (`precompiled_charsmap`, a double-array trie from UTF-8 bytes to replacements), as the
 * reference does it: huggingface/spm_precompiled, lib.rs, over the trie of s-yata/darts-clone. The JavaScript twin of the tokenizers'
 * library replaces a fixed list of characters instead, which breaks emoji of several parts, among others.
 */
export function readCharsmap(base64: string): (text: string) => string {
  const bytes = Buffer.from(base64, 'base64');
  const trieBytes = bytes.readUInt32LE(0);
  const units = new Uint32Array(trieBytes / 4);
  for (let i = 0; i < units.length; i++) units[i] = bytes.readUInt32LE(4 + 4 * i);
  const replacements = bytes.subarray(4 + trieBytes);
  const unit = (at: number): number => units[at] ?? 0;
  const offsetOf = (value: number): number => (value >>> 10) << ((value & (1 << 9)) >>> 6);

  /** The replacement of the shortest known beginning of these bytes. */
  const replacementOf = (key: Uint8Array): string | undefined => {
    let at = offsetOf(unit(0));
    for (const byte of key) {
      if (byte === 0) return undefined;
      at ^= byte;
      const value = unit(at);
      if ((value & 0x8000_00ff) >>> 0 !== byte) return undefined;
      at ^= offsetOf(value);
      if (((value >>> 8) & 1) === 1) {
        const from = unit(at) & 0x7fff_ffff;
        const to = replacements.indexOf(0, from);
        return replacements.toString('utf8', from, to < 0 ? undefined : to);
      }
    }
    return undefined;
  };
  const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
  return (text) => {
    let out = '';
    for (const { segment } of graphemes.segment(text)) {
      const whole = Buffer.from(segment);
      const replaced = whole.length < 6 ? replacementOf(whole) : undefined;
      if (replaced !== undefined) out += replaced;
      else for (const character of segment) out += replacementOf(Buffer.from(character)) ?? character;
    }
    return out;
  };
}
