import { unknownScripts } from '../text/unknown-scripts.ts';
import { counted, grouped } from './numbers.ts';
import { rerankerName } from './reranker-name.ts';

interface Part {
  readonly fingerprint: string;
  readonly languages?: readonly string[];
}

/** Whoever reads texts, and what is known of its languages. */
export type LetterReader = { readonly embedder: Part } | { readonly reranker: Part };

/** Texts in letters that a model does not know, counted while they come. */
export interface LetterWatch {
  see(text: string): void;
  /** One sentence without its full stop, or none. `what`: the noun of the texts, and its plural. */
  notes(what: string, many?: string): readonly string[];
}

/** Models of the catalog that read many languages. */
export const multilingual = { embedder: 'multilingual-e5-small', reranker: 'mmarco-mminilmv2-l12-h384-v1' } as const;

/** Says of a query, and of the texts beside it, that a model does not know their letters. */
export function letterNotes(reader: LetterReader, query: string, texts: readonly string[] = []): readonly string[] {
  const { languages } = partOf(reader);
  const ofQuery = unknownScripts(query, languages);
  const ofTexts = texts.map((text) => unknownScripts(text, languages)).filter((scripts) => scripts.length > 0);
  if (ofQuery.length + ofTexts.length === 0) return [];
  const some = `${grouped(ofTexts.length)} of ${counted(texts.length, 'text')}`;
  const subjects = [...(ofQuery.length > 0 ? ['the query'] : []), ...(ofTexts.length > 0 ? [some] : [])];
  const isOne = subjects.length === 1 && ofTexts.length < 2;
  return [sentence(reader, `${subjects.join(' and ')} ${isOne ? 'is' : 'are'}`, [...ofQuery, ...ofTexts.flat()])];
}

export function watchLetters(reader: LetterReader): LetterWatch {
  const { languages } = partOf(reader);
  const all = new Set<string>();
  let count = 0;
  return {
    see: (text) => {
      const scripts = unknownScripts(text, languages);
      if (scripts.length === 0) return;
      for (const script of scripts) all.add(script);
      count++;
    },
    notes: (what, many) => (count === 0 ? [] : [sentence(reader, `${counted(count, what, many)} ${count === 1 ? 'is' : 'are'}`, [...all])]),
  };
}

const partOf = (reader: LetterReader) => ('embedder' in reader ? reader.embedder : reader.reranker);

/** Scripts that a sentence names. */
const NAMED = 4;

function sentence(reader: LetterReader, subject: string, scripts: readonly string[]): string {
  const letters = [...new Set(scripts)].filter((script) => script !== 'emoji');
  const named = letters.length === 0 ? [] : [`${listOf(letters)} letters`];
  const [who, gives, other] =
    'embedder' in reader
      ? [`the embedder "${reader.embedder.fingerprint.split('@')[0]}"`, 'vectors', multilingual.embedder]
      : [`the reranker "${rerankerName(reader.reranker.fingerprint)}"`, 'scores', multilingual.reranker];
  const what = [...named, ...(scripts.includes('emoji') ? ['emoji'] : [])].join(', or ');
  return `${subject} in ${what}, which ${who} does not know (English only): its ${gives} mean little there, "${other}" reads many languages`;
}

const listOf = (names: readonly string[]): string =>
  names.length > NAMED ? `${names.slice(0, NAMED).join(', ')} and other` : names.join(', ').replace(/, ([^,]*)$/, ' and $1');
