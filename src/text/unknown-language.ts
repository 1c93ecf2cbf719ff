import { foreignLanguage, languageCodes } from './latin-languages.ts';

/** Norwegian and Danish are told as one. */
const alike: Readonly<Record<string, readonly string[]>> = { da: ['da', 'no', 'nb', 'nn'], hr: ['hr', 'sr', 'bs'], id: ['id', 'ms'] };

/**
 * The language of a text, by its English name, where a model of these languages was not trained on it; undefined where it was, where nothing is known of the model's
 * languages, and where the text does not say. Letters that a model cannot read at all are for `unknownScripts` to tell.
 */
export function unknownLanguage(text: string, languages: readonly string[] = []): string | undefined {
  if (languages.length === 0 || languages.includes('multilingual')) return undefined;
  const name = foreignLanguage(text);
  const code = name === undefined ? undefined : languageCodes.get(name);
  return code === undefined || (alike[code] ?? [code]).some((one) => languages.includes(one)) ? undefined : name;
}
