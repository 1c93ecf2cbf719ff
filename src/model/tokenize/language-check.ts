import type { ModelEntry } from '../catalog/model-entry.ts';

/** Characters of a text that are looked at, texts of a call, and calls of a model: enough to notice, too few to cost. */
const SAMPLE_CHARACTERS = 200;
const SAMPLE_TEXTS = 2;
const CALLS = 20;
/** With fewer tokens chance decides. */
const LEAST_TOKENS = 8;
/**
 * Share of tokens that are pieces of one letter or unknown from which on a text is in no language of the model. bge-small-en-v1.5's
 * tokenizer: English 0, French .06, German .16, Polish .17, Python functions of CoSQA .23 at the 99th percentile and .35 at most; Russian, Greek,
 * Arabic, Hindi, Chinese and Japanese .93 and more. A byte-level tokenizer's pieces look like Latin letters and are not noticed.
 */
const SHATTERED = 0.5;

/** Multilingual models of the catalog that take the place of an English one. */
const instead = { 'bi-encoder': 'multilingual-e5-small', 'cross-encoder': 'mmarco-mminilmv2-l12-h384-v1' } as const;

const warned = new Set<string>();

/** Share of the tokens with letters that are splinters or unknown, 0 to 1; 0 where there are too few to tell. */
export function shatteredShare(tokens: readonly string[]): number {
  const words = tokens.filter((token) => /[\p{L}\p{M}]/u.test(token));
  return words.length < LEAST_TOKENS ? 0 : words.filter(isSplinter).length / words.length;
}

/**
 * Looks at the first texts that an English model is given and says once in a process that it cannot read them, naming a model that can.
 * Never throws and is never waited for.
 */
export function createLanguageCheck(
  entry: ModelEntry,
  nameTokens: (texts: readonly string[]) => Promise<readonly (readonly string[])[]>,
  warn: (sentence: string) => void = (sentence) => process.emitWarning(sentence, { code: 'FINETOOTH_LANGUAGE' }),
): (texts: readonly string[]) => void {
  let calls = entry.languages.join() === 'en' ? CALLS : 0;
  return (texts) => {
    if (calls <= 0 || texts.length === 0 || warned.has(entry.name)) return;
    calls--;
    const samples = texts.slice(0, SAMPLE_TEXTS).map((text) => text.slice(0, SAMPLE_CHARACTERS));
    nameTokens(samples).then(
      (names) => {
        if (warned.has(entry.name) || !names.some((tokens) => shatteredShare(tokens) > SHATTERED)) return;
        warned.add(entry.name);
        warn(
          `the model ${entry.name} knows English only, and cuts a text that it was given into single letters; its scores mean little there. "${instead[entry.kind]}" reads many languages.`,
        );
      },
      () => {},
    );
  };
}

/** A letter that stands alone in Latin script is a word or a variable; elsewhere, and as the rest of a word, it is a splinter. */
function isSplinter(token: string): boolean {
  const rest = token.replace(/^##/, '');
  if (/^\[?UNK\]?$|^<unk>$/.test(token)) return true;
  return [...rest].length === 1 && (rest !== token || !/\p{Script=Latin}/u.test(rest));
}
