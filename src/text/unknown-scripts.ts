/** Characters of a text that are looked at. */
const SAMPLE = 2000;

/** Scripts by their Unicode names; others are "other". */
const scripts = (
  'Arabic Armenian Bengali Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul Hebrew Hiragana Kannada Katakana Khmer Lao ' +
  'Latin Malayalam Mongolian Myanmar Oriya Sinhala Tamil Telugu Thai Tibetan'
)
  .split(' ')
  .map((name) => ({ name, pattern: new RegExp(`^\\p{Script=${name}}`, 'u') }));

const word = /[\p{L}\p{M}]+/gu;
/** Written without spaces: a letter is a word, or part of one. */
const unspaced = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
/** Marks, and signs that several scripts share. */
const NONE = '';
const ofNoScript = /^[\p{M}\p{Script=Common}\p{Script=Inherited}]/u;
const pictures = /[\p{Extended_Pictographic}\p{Regional_Indicator}]/u;

/**
 * The scripts that most of a text is in, the commonest first and two at most, by their Unicode names, where a model of these languages cannot read
 * them; `emoji` of a text without words. Empty where it can read it, or nothing is known of its languages. English models have no words of other
 * scripts: they read single letters, or nothing at all. A letter that stands alone (π, Δ) is a symbol, which they know.
 */
export function unknownScripts(text: string, languages: readonly string[] = []): readonly string[] {
  // Below are Latin letters, their accents, and what all languages write.
  if (languages.join() !== 'en' || !/[\u0370-\u{10ffff}]/u.test(text)) return [];
  const sample = text.slice(0, SAMPLE);
  const counts = new Map<string, number>();
  let read = 0;
  let unknown = 0;
  let hasWords = false;
  for (const [letters] of sample.matchAll(word)) {
    hasWords = true;
    const isAlone = [...letters].length === 1 && !unspaced.test(letters);
    for (const letter of letters) {
      const script = scriptOf(letter);
      if (script === 'Latin') read++;
      else if (!isAlone && script !== NONE) {
        unknown++;
        counts.set(script, (counts.get(script) ?? 0) + 1);
      }
    }
  }
  if (!hasWords) return pictures.test(sample) && !/\p{N}/u.test(sample) ? ['emoji'] : [];
  if (unknown <= read) return [];
  const most = [...counts].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).map(([name]) => name);
  return most.slice(0, 2);
}

/** Of each letter that was seen: looked up a hundred times faster than asked for. */
const known = new Map<string, string>();

function scriptOf(letter: string): string {
  const before = known.get(letter);
  if (before !== undefined) return before;
  const script = ofNoScript.test(letter) ? NONE : (scripts.find(({ pattern }) => pattern.test(letter))?.name ?? 'other');
  known.set(letter, script);
  return script;
}
