/** Words that are one token each in the vocabulary of BERT, so that a text of n words has n + 2 tokens. */
const words = (
  'water river mountain forest island ocean valley desert winter summer spring autumn morning evening night city village street house ' +
  'garden kitchen window door table chair bridge tower castle church school hospital factory station market library museum theatre ' +
  'teacher doctor lawyer engineer farmer soldier sailor painter writer singer actor pilot driver captain king queen prince child ' +
  'mother father brother sister friend enemy stranger neighbor leader member group team company council court government army market ' +
  'bread butter cheese meat fish fruit apple orange sugar salt coffee wine beer paper glass metal iron steel silver gold stone wood ' +
  'engine train plane ship boat truck bicycle machine computer software network signal system method theory model experiment energy ' +
  'history science music language culture religion politics economy trade industry travel sport game battle war peace law crime justice ' +
  'story novel poem letter message report article book page chapter question answer reason purpose problem solution idea plan project ' +
  'red green blue white black yellow bright dark large small long short high low early late young old strong weak quick slow hot cold ' +
  'run walk jump swim climb carry build break open close begin finish find lose keep give take send bring buy sell teach learn read write ' +
  'the a of and to in for with on at from by about under over between through during before after against without within across near'
).split(' ');

/** mulberry32: the same numbers in [0, 1) on every machine. */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** A draw from the normal distribution with mean 0 and standard deviation 1 (Box and Muller 1958, https://doi.org/10.1214/aoms/1177706645). */
export const normalFrom = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** A text of exactly that many tokens of a BERT tokeniser, the two special ones included. */
export const textOfTokens = (tokens: number, random: () => number): string =>
  Array.from({ length: tokens - 2 }, () => words[Math.floor(random() * words.length)] as string).join(' ');

export const textsOfTokens = (count: number, tokens: number, seed = 1): readonly string[] => {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => textOfTokens(tokens, random));
};

/** Log-normal lengths, as passages of the web have: most short, a few long. `median`, `least` and `most` are tokens. */
export const textsOfMixedLength = (
  count: number,
  {
    median,
    spread = 0.8,
    least = 8,
    most = 400,
    seed = 1,
  }: { median: number; spread?: number; least?: number; most?: number; seed?: number },
): readonly string[] => {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => {
    const drawn = Math.round(median * Math.exp(spread * normalFrom(random)));
    return textOfTokens(Math.max(least, Math.min(most, drawn)), random);
  });
};
