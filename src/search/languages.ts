import { FinetoothError } from '../errors.ts';
import { peer } from '../fetch/peer.ts';
import type { Document } from '../types.ts';
import { nearestName } from '../wording/nearest-name.ts';

interface Stemmer {
  stemmer(word: string): string;
}

/** Languages with a stemmer by their code of ISO 639-1: that of ISO 639-3, by which franc has them, their name, and where the stemmer is. */
const languages = {
  ar: ['arb', 'arabic', () => import('@orama/stemmers/arabic')],
  bg: ['bul', 'bulgarian', () => import('@orama/stemmers/bulgarian')],
  da: ['dan', 'danish', () => import('@orama/stemmers/danish')],
  de: ['deu', 'german', () => import('@orama/stemmers/german')],
  el: ['ell', 'greek', () => import('@orama/stemmers/greek')],
  en: ['eng', 'english', () => import('@orama/stemmers/english')],
  es: ['spa', 'spanish', () => import('@orama/stemmers/spanish')],
  fi: ['fin', 'finnish', () => import('@orama/stemmers/finnish')],
  fr: ['fra', 'french', () => import('@orama/stemmers/french')],
  ga: ['gle', 'irish', () => import('@orama/stemmers/irish')],
  hi: ['hin', 'hindi', () => import('@orama/stemmers/indian')],
  hu: ['hun', 'hungarian', () => import('@orama/stemmers/hungarian')],
  hy: ['hye', 'armenian', () => import('@orama/stemmers/armenian')],
  id: ['ind', 'indonesian', () => import('@orama/stemmers/indonesian')],
  it: ['ita', 'italian', () => import('@orama/stemmers/italian')],
  lt: ['lit', 'lithuanian', () => import('@orama/stemmers/lithuanian')],
  ne: ['nep', 'nepali', () => import('@orama/stemmers/nepali')],
  nl: ['nld', 'dutch', () => import('@orama/stemmers/dutch')],
  no: ['nob', 'norwegian', () => import('@orama/stemmers/norwegian')],
  pt: ['por', 'portuguese', () => import('@orama/stemmers/portuguese')],
  ro: ['ron', 'romanian', () => import('@orama/stemmers/romanian')],
  ru: ['rus', 'russian', () => import('@orama/stemmers/russian')],
  sr: ['srp', 'serbian', () => import('@orama/stemmers/serbian')],
  sv: ['swe', 'swedish', () => import('@orama/stemmers/swedish')],
  ta: ['tam', 'tamil', () => import('@orama/stemmers/tamil')],
  tr: ['tur', 'turkish', () => import('@orama/stemmers/turkish')],
  uk: ['ukr', 'ukrainian', () => import('@orama/stemmers/ukrainian')],
} as const satisfies Readonly<Record<string, readonly [iso: string, name: string, load: () => Promise<Stemmer>]>>;

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
  const { stemmer } = await peer<Stemmer>('@orama/stemmers', languages[language][2]);
  return stemmer;
}

/** The language that a field of a document names, as de, deu, de-AT or German. */
export function languageIn(document: Document, field: string): Language | undefined {
  const value = Object.hasOwn(document, field) ? document[field] : undefined;
  if (typeof value !== 'string') return undefined;
  const [name = ''] = value.trim().toLowerCase().split(/[-_]/);
  return languageCodes.find((code) => code === name || languages[code].some((one) => one === name));
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
