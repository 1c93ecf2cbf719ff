import { FinetoothError } from '../errors.ts';
import type { Manifest } from '../store/store.ts';
import { textOf } from '../text/recipe.ts';
import type { Document } from '../types.ts';
import type { CreateOptions } from './create-options.ts';
import { checkLanguages, type Detector, type Language, languageCodes, languageIn, openDetector } from './languages.ts';

/** What a new index says of its languages, by the first of its documents and the fields that make their text. */
export type LanguageChoice = (documents: readonly Document[], fields: readonly string[]) => Pick<Manifest, 'languages' | 'languageField'>;

/** Characters by which a language is told well; shorter texts do not say which there are, where others do. */
const TELLING = 30;
/** One document in so many is a slip of the detector. */
const RARE = 50;

/** Throws E_USAGE for languages that have no stemmer, and E_PACKAGE where what detects them is not installed. */
export async function languageChoice({ languages, languageField }: CreateOptions): Promise<LanguageChoice> {
  checkLanguages(languages);
  if (languages?.[0] === 'detect' && languageField === undefined) {
    const detect = await openDetector();
    return (documents, fields) => ({ languages: detected(documents, fields, detect) });
  }
  if (languages !== undefined && languages[0] !== 'detect') return () => ({ languages: namedLanguages(languages), languageField });
  if (languageField === undefined) return () => ({});
  return (documents) => ({ languages: fieldLanguages(documents, languageField), languageField });
}

/** English alone is what an index has that says nothing. */
function namedLanguages(languages: readonly string[]): readonly string[] | undefined {
  const own = languages[0] === 'none' ? [] : [...new Set(languages)].sort();
  return own.length === 1 && own[0] === 'en' ? undefined : own;
}

function detected(documents: readonly Document[], fields: readonly string[], detect: Detector): readonly string[] | undefined {
  const texts = documents.map((document) => textOf(document, fields));
  const long = texts.filter((text) => text.length >= TELLING);
  const counts = new Map<Language, number>();
  for (const text of long.length === 0 ? texts : long) {
    const language = detect(text, languageCodes);
    if (language !== undefined) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  const common = [...counts].filter(([, count]) => count >= documents.length / RARE).map(([language]) => language);
  return namedLanguages(common);
}

function fieldLanguages(documents: readonly Document[], field: string): readonly string[] | undefined {
  const met = new Set(documents.map((document) => languageIn(document, field)).filter((one) => one !== undefined));
  if (met.size > 0) return [...met].sort();
  throw new FinetoothError(
    'E_FIELD',
    (say) =>
      `none of the first documents names a language in the field "${field}" that there is a stemmer for. It may hold ${languageCodes.join(', ')}; or name the languages ${say.as('languages')}.`,
  );
}
