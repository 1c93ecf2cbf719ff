/** What the words are for: those of a document are all by which it may be found, those of a query only what is asked. */
export type Role = 'document' | 'query';

let dictionary: Intl.Segmenter | undefined;
const han = /[\p{scx=Han}--[\p{scx=Hira}\p{scx=Kana}]]+/gv;
const hanOrKatakana = /([\p{scx=Han}--[\p{scx=Hira}\p{scx=Kana}]]+)|[\p{scx=Kana}--\p{sc=Hira}]+/gv;
const clusters = /\P{M}\p{M}*|\p{M}+/gu;

/** The words of a run without spaces, by the dictionaries of ICU that Node has (https://www.unicode.org/reports/tr29). */
export function* segmentsOf(run: string): Generator<string> {
  dictionary ??= new Intl.Segmenter('und', { granularity: 'word' });
  for (const { segment } of dictionary.segment(run)) yield segment;
}

/**
 * The words of a run of Han and kana. Where a word ends depends on what stands beside it, so a document also has each ideograph and each two that
 * are neighbours; a query has longer words in pairs too, and pairs of single ideographs, which are often a name.
 */
export function* cjkWords(run: string, role: Role): Generator<string> {
  let single = '';
  for (const segment of segmentsOf(run)) {
    const letters = [...segment];
    const isHan = segment.match(han)?.[0] === segment;
    if (role === 'query' || !isHan || letters.length > 2) yield segment;
    if (single !== '' && isHan && letters.length === 1) yield single + segment;
    single = role === 'query' && isHan && letters.length === 1 ? segment : '';
    if (!isHan) yield* partsOf(segment, role);
    else if (role === 'query' && letters.length > 2) yield* pairsOf(letters, 'none');
  }
  if (role === 'document') for (const [part] of run.matchAll(han)) yield* pairsOf([...part], 'each');
}

/** 東京タワー is found by タワー, and 食べた by 食べる. The ideographs of a document are there already. */
function* partsOf(segment: string, role: Role): Generator<string> {
  for (const [part, ideographs] of segment.matchAll(hanOrKatakana)) {
    if (ideographs === undefined && part !== segment) yield part;
    if (ideographs !== undefined && role === 'query') yield* pairsOf([...part], 'alone');
  }
}

/** A run of Hangul: pairs of syllables. The first syllable may be a word of one that has a particle behind it. */
export function* hangulWords(run: string, role: Role): Generator<string> {
  yield* pairsOf([...run], role === 'document' ? 'first' : 'alone');
}

/** Pairs of letters with their marks, of scripts without spaces that have no dictionary. */
export function* clusterWords(run: string, role: Role): Generator<string> {
  yield* pairsOf(run.match(clusters) ?? [], role === 'document' ? 'each' : 'alone');
}

/** Each two neighbours, and which of them also stand by themselves. */
function* pairsOf(letters: readonly string[], singles: 'each' | 'first' | 'alone' | 'none'): Generator<string> {
  for (const [at, letter] of letters.entries()) {
    if (singles === 'each' || (singles === 'first' && at === 0) || (singles === 'alone' && letters.length === 1)) yield letter;
    const next = letters[at + 1];
    if (next !== undefined) yield letter + next;
  }
}
