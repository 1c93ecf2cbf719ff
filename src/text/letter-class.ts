/** What a letter is to the analysis; the order has no meaning. */
export const Letter = {
  other: 0,
  lower: 1,
  upper: 2,
  /** Of a script other than Latin that puts spaces between its words. */
  letter: 3,
  digit: 4,
  /** Belongs to the letter before it. */
  mark: 5,
  /** Han and kana, which stand without spaces. */
  cjk: 6,
  /** Thai, Lao, Khmer and Myanmar, which stand without spaces. */
  southeast: 7,
  hangul: 8,
  /** Of a script that stands without spaces and has no dictionary. */
  cluster: 9,
  emoji: 10,
  /** Half of a flag. */
  flag: 11,
} as const;

export type LetterClass = (typeof Letter)[keyof typeof Letter];

/** By Unicode's own properties; the first that fits. */
const classes: readonly (readonly [LetterClass, RegExp])[] = [
  [Letter.digit, /\p{Nd}/u],
  [Letter.cjk, /[[\p{L}\p{M}\p{N}]&&[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}]]/v],
  [Letter.southeast, /[[\p{L}\p{M}]&&[\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]]/v],
  [Letter.hangul, /[\p{L}&&\p{sc=Hang}]/v],
  [Letter.cluster, /[[\p{L}\p{M}]&&[\p{sc=Java}\p{sc=Bali}\p{sc=Lana}\p{sc=Talu}\p{sc=Tale}\p{sc=Tavt}]]/v],
  [Letter.mark, /\p{M}/u],
  [Letter.upper, /[\p{Lu}&&\p{sc=Latn}]/v],
  [Letter.lower, /[\p{L}&&\p{sc=Latn}]/v],
  [Letter.letter, /\p{L}/u],
  [Letter.digit, /\p{N}/u],
  [Letter.flag, /\p{Regional_Indicator}/u],
  [Letter.emoji, /\p{Extended_Pictographic}/u],
];

/** Signs such as © and ‼, which Unicode lets stand as pictures too, are no words. */
const FIRST_PICTURE = 0x2190;

const UNKNOWN = 255;
const ofPlane = new Uint8Array(0x10000).fill(UNKNOWN);
const beyond = new Map<number, LetterClass>();

/** Of a code point. */
export function classOf(code: number): LetterClass {
  if (code < 0x10000) {
    const known = ofPlane[code] as number;
    if (known !== UNKNOWN) return known as LetterClass;
  }
  const known = beyond.get(code);
  if (known !== undefined) return known;
  const letter = String.fromCodePoint(code);
  const found = classes.find(([, pattern]) => pattern.test(letter))?.[0] ?? Letter.other;
  const own = found === Letter.emoji && code < FIRST_PICTURE ? Letter.other : found;
  if (code < 0x10000) ofPlane[code] = own;
  else beyond.set(code, own);
  return own;
}
