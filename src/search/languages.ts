import { FinetoothError } from '../errors.ts';
import { importFirst } from '../fetch/import-first.ts';
import { peer } from '../fetch/peer.ts';
import type { Document } from '../types.ts';
import { nearestName } from '../wording/nearest-name.ts';

/** All have the same shape. */
type Stemmer = typeof import('@orama/stemmers/english');

/** Languages with a stemmer by their code of ISO 639-1: that of ISO 639-3, by which franc has them, their name, and that of the stemmer in @orama/stemmers where it is another. */
const languages = {
  ar: ['arb', 'arabic'],
  bg: ['bul', 'bulgarian'],
  da: ['dan', 'danish'],
  de: ['deu', 'german'],
  el: ['ell', 'greek'],
  en: ['eng', 'english'],
  es: ['spa', 'spanish'],
  fi: ['fin', 'finnish'],
  fr: ['fra', 'french'],
  ga: ['gle', 'irish'],
  hi: ['hin', 'hindi', 'indian'],
  hu: ['hun', 'hungarian'],
  hy: ['hye', 'armenian'],
  id: ['ind', 'indonesian'],
  it: ['ita', 'italian'],
  lt: ['lit', 'lithuanian'],
  ne: ['nep', 'nepali'],
  nl: ['nld', 'dutch'],
  no: ['nob', 'norwegian'],
  pt: ['por', 'portuguese'],
  ro: ['ron', 'romanian'],
  ru: ['rus', 'russian'],
  sr: ['srp', 'serbian'],
  sv: ['swe', 'swedish'],
  ta: ['tam', 'tamil'],
  tr: ['tur', 'turkish'],
  uk: ['ukr', 'ukrainian'],
} as const satisfies Readonly<Record<string, readonly [iso: string, name: string, stemmer?: string]>>;

export type Language = keyof typeof languages;

/** In alphabetical order. */
export const languageCodes = Object.keys(languages) as readonly Language[];

/** Characters of a text by which its language is told. */
const BEGINNING = 2000;
/** Below so many characters it cannot be told. */
const SHORTEST = 3;

/** Tells the language of a text, the likeliest of some; undefined where it has no words of any. */
export type Detector = (text: string, among: readonly Language[]) => Language | undefined;

/** Throws E_PACKAGE where franc is not installed. */
export async function openDetector(): Promise<Detector> {
  const { franc } = await peer('franc', () => import('franc'));
  return (text, among) => {
    const found = franc(text.slice(0, BEGINNING), { only: among.map((code) => languages[code][0]), minLength: SHORTEST });
    return among.find((code) => languages[code][0] === found);
  };
}

/** Stems of a language, of words in lowercase. Throws E_PACKAGE where @orama/stemmers is not installed. */
export async function openStemmer(language: Language): Promise<(word: string) => string> {
  const [, inEnglish, name = inEnglish] = languages[language];
  const load = () => importFirst(`@finetooth/stemmers/${name}`, `@orama/stemmers/${name}`) as Promise<Stemmer>;
  const { stemmer } = await peer<Stemmer>('@orama/stemmers', load);
  return stemmer;
}

/** The language that a field of a document names, as de, deu, de-AT or German. */
export function languageIn(document: Document, field: string): Language | undefined {
  const value = Object.hasOwn(document, field) ? document[field] : undefined;
  if (typeof value !== 'string') return undefined;
  const [name = ''] = value.trim().toLowerCase().split(/[-_]/);
  return languageCodes.find((code) => code === name || languages[code].slice(0, 2).some((one) => one === name));
}

/** Throws E_USAGE for what is no list of codes. */
export function checkLanguages(given: readonly string[] | undefined): void {
  if (given === undefined) return;
  const alone = given.find((one) => one === 'none' || one === 'detect');
  if (alone !== undefined && given.length > 1)
    throw new FinetoothError('E_USAGE', (say) => `${say.option('languages')} takes "${alone}" alone; got ${given.join(',')}.`);
  const wrong = alone === undefined && given.find((one) => !(languageCodes as readonly string[]).includes(one));
  if (!wrong) return;
  const near = nearestName(wrong, languageCodes);
  throw new FinetoothError(
    'E_USAGE',
    (say) =>
      `there is no stemmer for the language "${wrong}"${near === undefined ? '' : ` (did you mean ${near}?)`}. ${say.option('languages')} takes ${languageCodes.join(', ')}, and alone none or detect.`,
  );
}
