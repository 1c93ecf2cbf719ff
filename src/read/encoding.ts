/** Encodings that text is taken for where two fit its bytes about equally well: Western European is by far the most frequent. */
const USUAL = 'windows-1252';
/** Of 100: another encoding must fit better by so much. Short texts fit several. */
const CLEARLY = 15;
/** Of 100: where every other letter is foreign, a wrong guess leaves nothing to read. */
const LEAST_SURE = 15;
/** Share of control characters from which bytes are no text. */
const MOST_CONTROLS = 0.01;
/** Pairs of bytes that are looked at for UTF-16 without a byte order mark. */
const PAIRS = 512;

/** What the `TextDecoder` calls an encoding that the file's first bytes name: a byte order mark, or the zeros of ASCII in UTF-16. */
export function wideEncodingOf(head: Uint8Array): 'utf-16le' | 'utf-16be' | 'utf-32' | undefined {
  const [a, b, c, d] = head;
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff)) return 'utf-32';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  const pairs = Math.min(PAIRS, Math.floor(head.length / 2));
  let [even, odd] = [0, 0];
  for (let at = 0; at < pairs; at++) {
    if (head[2 * at] === 0) even++;
    if (head[2 * at + 1] === 0) odd++;
  }
  // Half of them: a text of another script still has spaces and line ends, binary data has zeros in both places.
  if (pairs >= 4 && odd > pairs / 2 && even === 0) return 'utf-16le';
  if (pairs >= 4 && even > pairs / 2 && odd === 0) return 'utf-16be';
  return undefined;
}

/**
 * The 8-bit or East Asian encoding that these bytes are most likely in, which are not UTF-8; nothing where they are damaged UTF-8 or no text.
 *
 * @param sample from the first byte that is not ASCII on
 * @param declared what the text says of itself
 * @param isAll whether the text ends with the sample
 */
export async function encodingOf(
  sample: Uint8Array,
  { declared, isAll }: { readonly declared?: string; readonly isAll: boolean },
): Promise<string | undefined> {
  if (isDamagedUtf8(sample, isAll) || isBinary(sample)) return undefined;
  const label = declared === undefined ? undefined : labelOf(declared);
  if (label !== undefined && label !== 'utf-8' && decodes(sample, label)) return label;
  const { analyse } = await import('chardet');
  const found = analyse(sample).flatMap(({ name, confidence }) => {
    const one = labelOf(name);
    return one === undefined || one.startsWith('utf-') || !decodes(sample, one) ? [] : [{ name: one, confidence }];
  });
  const [best] = found;
  const least = isMostlyForeign(sample) ? LEAST_SURE : 0;
  const usual = found.find(({ name }) => name === USUAL);
  const isUsual = best === undefined || (usual !== undefined && best.confidence - usual.confidence < CLEARLY);
  if (isUsual) return (usual?.confidence ?? 0) < least ? undefined : USUAL;
  return best.confidence < least ? undefined : best.name;
}

/** As the Encoding standard calls it; nothing where the decoder does not know it. */
export function labelOf(encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding).encoding;
  } catch {
    return undefined;
  }
}

/** Sequences of UTF-8, well formed or not, are at least as frequent as other bytes: some were damaged. */
function isDamagedUtf8(bytes: Uint8Array, isAll: boolean): boolean {
  let [sequences, others] = [0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at] as number;
    if (lead < 0x80) continue;
    const length = lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 0;
    let end = at + 1;
    while (end < at + length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end++;
    const isTorn = end === bytes.length && end > at + 1;
    if (length > 0 && (end === at + length || isTorn)) {
      sequences++;
      at = end - 1;
    } else if (!(end === bytes.length && !isAll)) others++;
  }
  return sequences > 0 && sequences >= others;
}

function isBinary(bytes: Uint8Array): boolean {
  let controls = 0;
  for (const byte of bytes) {
    if (byte === 0) return true;
    // Tab, line feed, form feed, carriage return and escape are in texts.
    if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) controls++;
  }
  return controls > bytes.length * MOST_CONTROLS;
}

/** Many bytes that are not ASCII, as no Western European text has them. */
function isMostlyForeign(bytes: Uint8Array): boolean {
  let foreign = 0;
  for (const byte of bytes) if (byte >= 0x80) foreign++;
  return bytes.length >= 32 && foreign > bytes.length / 3;
}

function decodes(bytes: Uint8Array, encoding: string): boolean {
  try {
    // Its last character may be torn.
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
