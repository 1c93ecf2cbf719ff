import { unknownLanguage } from '../text/unknown-language.ts';
import { unknownScripts } from '../text/unknown-scripts.ts';
import { counted, grouped } from './numbers.ts';
import { rerankerName } from './reranker-name.ts';

interface Part {
  readonly fingerprint: string;
  readonly languages?: readonly string[];
}

/** Whoever reads texts, and what is known of its languages. */
export type LetterReader = { readonly embedder: Part } | { readonly reranker: Part };

/** Texts in letters or languages that a model does not know, counted while they come. */
export interface LetterWatch {
  see(text: string): void;
  /** Sentences without their full stops: of letters, and of languages. `what`: the noun of the texts, and its plural. */
  notes(what: string, many?: string): readonly string[];
}

/** Models of the catalog that read many languages. */
export const multilingual = { embedder: 'multilingual-e5-small', reranker: 'mmarco-mminilmv2-l12-h384-v1' } as const;

/** Says of a query, and of the texts beside it, that a model does not know their letters, or their language. */
export function letterNotes(reader: LetterReader, query: string, texts: readonly string[] = []): readonly string[] {
  const asked = unreadIn(query, partOf(reader).languages);
  const given = texts.map((text) => unreadIn(text, partOf(reader).languages));
  const noteOf = (kind: keyof Unread, sentence: typeof letterSentence): readonly string[] => {
    const ofTexts = given.filter((one) => one[kind].length > 0);
    if (asked[kind].length + ofTexts.length === 0) return [];
    const some = `${grouped(ofTexts.length)} of ${counted(texts.length, 'text')}`;
    const subjects = [...(asked[kind].length > 0 ? ['the query'] : []), ...(ofTexts.length > 0 ? [some] : [])];
    const isOne = subjects.length === 1 && ofTexts.length < 2;
    return [
      sentence(reader, `${subjects.join(' and ')} ${isOne ? 'is' : 'are'}`, [...asked[kind], ...ofTexts.flatMap((one) => one[kind])]),
    ];
  };
  return [...noteOf('scripts', letterSentence), ...noteOf('languages', languageSentence)];
}

export function watchLetters(reader: LetterReader): LetterWatch {
  const { languages } = partOf(reader);
  const found = { scripts: new Set<string>(), languages: new Map<string, number>() };
  const counts = { all: 0, scripts: 0, languages: 0 };
  return {
    see: (text) => {
      const unread = unreadIn(text, languages);
      counts.all++;
      for (const script of unread.scripts) found.scripts.add(script);
      for (const language of unread.languages) found.languages.set(language, (found.languages.get(language) ?? 0) + 1);
      if (unread.scripts.length > 0) counts.scripts++;
      if (unread.languages.length > 0) counts.languages++;
    },
    notes: (what, many) => {
      const { all, scripts, languages: foreign } = counts;
      const share = all === 1 ? '' : ` of ${counted(all, what, many)} (${shareOf(foreign, all)})`;
      const byCount = [...found.languages].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1)).map(([name]) => name);
      return [
        ...(scripts === 0
          ? []
          : [letterSentence(reader, `${counted(scripts, what, many)} ${scripts === 1 ? 'is' : 'are'}`, [...found.scripts])]),
        ...(foreign === 0
          ? []
          : [
              languageSentence(
                reader,
                `${share === '' ? counted(foreign, what, many) : grouped(foreign)}${share} ${foreign === 1 ? 'is' : 'are'}`,
                byCount,
              ),
            ]),
      ];
    },
  };
}

/** Whether a note says that a model does not read what it is given, and another would. */
export const namesAnother = (note: string): boolean => note.endsWith(END);

const END = ' reads many languages';

interface Unread {
  readonly scripts: readonly string[];
  readonly languages: readonly string[];
}

/** A text in letters that a model cannot read is told by those. */
function unreadIn(text: string, languages: readonly string[] | undefined): Unread {
  const scripts = unknownScripts(text, languages);
  const language = scripts.length > 0 ? undefined : unknownLanguage(text, languages);
  return { scripts, languages: language === undefined ? [] : [language] };
}

const shareOf = (some: number, all: number): string => {
  const percent = (100 * some) / all;
  return percent < 1 ? 'less than 1 %' : `${Math.round(percent)} %`;
};

const partOf = (reader: LetterReader) => ('embedder' in reader ? reader.embedder : reader.reranker);

/** Scripts that a sentence names. */
const NAMED = 4;

function letterSentence(reader: LetterReader, subject: string, scripts: readonly string[]): string {
  const letters = [...new Set(scripts)].filter((script) => script !== 'emoji');
  const named = letters.length === 0 ? [] : [`${listOf(letters)} letters`];
  const [who, gives, other] = namesOf(reader);
  const what = [...named, ...(scripts.includes('emoji') ? ['emoji'] : [])].join(', or ');
  return `${subject} in ${what}, which ${who} does not know (English only): its ${gives} mean little there, "${other}"${END}`;
}

function languageSentence(reader: LetterReader, subject: string, languages: readonly string[]): string {
  const [who, gives, other] = namesOf(reader);
  const own = (partOf(reader).languages ?? []).map((code) => display.of(code) ?? code);
  return `${subject} in ${listOf([...new Set(languages)])}, which ${who} was not trained on (${own.join(' and ')} only): its ${gives} tell less there, "${other}"${END}`;
}

const display = new Intl.DisplayNames('en', { type: 'language' });

const namesOf = (reader: LetterReader) =>
  'embedder' in reader
    ? ([`the embedder "${reader.embedder.fingerprint.split('@')[0]}"`, 'vectors', multilingual.embedder] as const)
    : ([`the reranker "${rerankerName(reader.reranker.fingerprint)}"`, 'scores', multilingual.reranker] as const);

const listOf = (names: readonly string[]): string =>
  names.length > NAMED ? `${names.slice(0, NAMED).join(', ')} and other` : names.join(', ').replace(/, ([^,]*)$/, ' and $1');
