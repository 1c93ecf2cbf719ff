/** Tokens without a tokenizer: vendors do not publish theirs. */

/** Letters of a token, on the low side: English has about 4.2 in BERT's and GPT's vocabularies. */
const ASCII_PER_TOKEN = 3;

/** About how many tokens a text is, rather too many than too few: a third of its ASCII characters, and one for each other character. */
export function estimatedTokens(text: string): number {
  let others = 0;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) others++;
  return Math.ceil((text.length - others) / ASCII_PER_TOKEN) + others;
}

/** Tokens that a text surely does not exceed: in every vocabulary in use a token is at least a byte. 8 are for special tokens. */
export const mostTokens = (text: string): number => Buffer.byteLength(text) + 8;

/** Where the chunks of a text begin and end that are about so many tokens each, cut at white space where there is some near the end. */
export function spansWithin(text: string, tokens: number): (readonly [number, number])[] {
  const spans: [number, number][] = [];
  for (let from = 0; from < text.length; ) {
    let to = from + charactersFor(text, from, tokens);
    if (to < text.length) {
      const space = text.lastIndexOf(' ', to);
      to = space > from + (to - from) * 0.8 ? space + 1 : Math.max(from + 1, whole(text, to));
    }
    to = Math.min(to, text.length);
    spans.push([from, to]);
    from = to;
  }
  return spans.length === 0 ? [[0, 0]] : spans;
}

/** A span as two halves. */
export function halved(text: string, [from, to]: readonly [number, number]): readonly (readonly [number, number])[] {
  const middle = Math.max(from + 1, whole(text, Math.floor((from + to) / 2)));
  return [
    [from, middle],
    [middle, to],
  ];
}

/** How many characters from `from` on are about so many tokens; 1 at least. */
function charactersFor(text: string, from: number, tokens: number): number {
  let used = 0;
  let at = from;
  while (at < text.length && used < tokens) used += text.charCodeAt(at++) > 127 ? 1 : 1 / ASCII_PER_TOKEN;
  return Math.max(1, at - from);
}

/** Never between the halves of a surrogate pair. */
const whole = (text: string, at: number): number => (at < text.length && /[\udc00-\udfff]/.test(text[at] as string) ? at - 1 : at);
