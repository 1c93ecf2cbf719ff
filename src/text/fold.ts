/** Marks that writers may leave out. The vowels of other scripts are letters, and so are the voicing of kana and the breve of й. */
const optionalMarks =
  /(?<!\p{sc=Cyrl})\u0306|[[\p{M}&&[\p{sc=Zinh}\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Hebr}\p{sc=Arab}\p{sc=Syrc}]]--[\u0306\u3099\u309a]]/gv;
const beyondAscii = /[^\0-\x7f]/;
const strangeLatin = /[\p{sc=Latn}&&[^\0-\x7f]]/gv;
const digit = /[\p{Nd}&&[^\0-\x7f]]/gv;

/** Full case folding, accents dropped, and letters such as ł and ø as the letters that Unicode's collation sorts them with. */
export function fold(word: string): string {
  if (!beyondAscii.test(word)) return word.toLowerCase();
  return word
    .normalize('NFD')
    .replace(optionalMarks, '')
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFC')
    .replace(strangeLatin, baseOf)
    .replace(digit, (one) => String(valueOfDigit(one.codePointAt(0) as number)));
}

const bases = new Map<string, string>();
const letters = [...'abcdefghijklmnopqrstuvwxyz'];
const collator = new Intl.Collator('en', { sensitivity: 'base' });

/** The letters of a-z, at most two, that differ from this one by no more than an accent does: https://www.unicode.org/reports/tr10 */
function baseOf(letter: string): string {
  const known = bases.get(letter);
  if (known !== undefined) return known;
  const isSame = (other: string): boolean => collator.compare(other, letter) === 0;
  const base = letters.find(isSame) ?? letters.flatMap((first) => letters.map((second) => first + second)).find(isSame) ?? letter;
  bases.set(letter, base);
  return base;
}

/** Unicode keeps the ten digits of a script in a row, from its zero on. */
function valueOfDigit(code: number): number {
  let zero = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return (code - zero) % 10;
}
