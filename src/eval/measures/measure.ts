import { FinetoothError } from '../../errors.ts';
import { checkArguments, oneOf, type ValueCheck, whole } from '../../wording/check-options.ts';
import { anyText, between, listOf, optional, shape } from '../../wording/check-shapes.ts';
import { nearestName } from '../../wording/nearest-name.ts';

/** A measure is data with one name, that of ir-measures (https://ir-measur.es/en/latest/measures.html). */
export interface Measure {
  /** Canonical: `nDCG@10`, `AP(rel=2)@100`, `nDCG(dcg='exp-log2')@10`, `RBP(p=0.5)`. */
  readonly name: string;
  readonly family: Family;
  /** Only the first so many results count; absent: all of them. */
  readonly cutoff?: number;
  /** The minimum relevant grade; for RBP absent means graded gain. */
  readonly rel?: number;
  /** Gain of nDCG: the grade itself (trec_eval) or 2^grade - 1 (Burges et al. 2005). */
  readonly dcg?: 'log2' | 'exp-log2';
  /** RBP: the chance that the reader looks at the next result, between 0 and 1. */
  readonly p?: number;
}

interface FamilySpec {
  readonly parameters: readonly ('rel' | 'dcg' | 'p')[];
  readonly cutoff: 'needed' | 'allowed' | 'none';
  /** Other names that people know it by, in lower case. */
  readonly aliases: readonly string[];
}

const familyTable = {
  nDCG: { parameters: ['dcg'], cutoff: 'allowed', aliases: [] },
  AP: { parameters: ['rel'], cutoff: 'allowed', aliases: ['map'] },
  RR: { parameters: ['rel'], cutoff: 'allowed', aliases: ['mrr'] },
  P: { parameters: ['rel'], cutoff: 'needed', aliases: ['precision'] },
  R: { parameters: ['rel'], cutoff: 'needed', aliases: ['recall'] },
  Success: { parameters: ['rel'], cutoff: 'needed', aliases: ['hit_rate', 'hitrate'] },
  Judged: { parameters: [], cutoff: 'allowed', aliases: [] },
  Bpref: { parameters: ['rel'], cutoff: 'none', aliases: [] },
  RBP: { parameters: ['p', 'rel'], cutoff: 'allowed', aliases: [] },
} as const satisfies Record<string, FamilySpec>;

export type Family = keyof typeof familyTable;

const families = Object.keys(familyTable) as Family[];

const positiveWhole = whole(1, 999_999_999);
/** Whether a value is a measure, as `parseMeasure` gives them. */
export const isMeasure: ValueCheck = shape("a measure, such as parseMeasure('nDCG@10')", {
  name: anyText,
  family: oneOf(families),
  cutoff: optional(positiveWhole),
  rel: optional(positiveWhole),
  dcg: optional(oneOf(['log2', 'exp-log2'])),
  p: optional(between),
});
export const areMeasures: ValueCheck = listOf("a list of measures, such as parseMeasures('nDCG@10,RR@10')", isMeasure);

/**
 * What is measured where no one names measures, with commas between; the first is the primary one.
 *
 * @example
 * import { defaultMeasures, parseMeasures } from 'finetooth/eval';
 *
 * console.log(parseMeasures(defaultMeasures)[0].name); // nDCG@10
 */
export const defaultMeasures = 'nDCG@10,RR@10,AP@100,P@10,R@100,Judged@10';

/**
 * Reads one name; letter case of the family and the names MAP, MRR, Precision, Recall are forgiven. Throws E_USAGE.
 *
 * @example
 * import { parseMeasure } from 'finetooth/eval';
 *
 * const { name, family, cutoff } = parseMeasure('mrr@10');
 * console.log(name, family, cutoff); // RR@10 RR 10
 */
export function parseMeasure(text: string): Measure {
  checkArguments("parseMeasure('nDCG@10')", { text: [text, anyText] });
  const [, word = '', inside, after] = /^\s*([A-Za-z_]+)(?:\(([^)]*)\))?(?:@(\S+))?\s*$/.exec(text) ?? [];
  const family = familyOf(word.toLowerCase());
  if (family === undefined) {
    const near = nearestName(word, families);
    throw wrong(text, `there are ${families.join(', ')}${near === undefined ? '' : `; did you mean ${near}`}`);
  }
  const { parameters, cutoff: needs } = familyTable[family] as FamilySpec;
  if (after !== undefined && !/^[1-9]\d{0,8}$/.test(after)) throw wrong(text, `what follows @ is a whole number from 1; got ${after}`);
  if (after === undefined && needs === 'needed') throw wrong(text, `${family} needs a cut-off, such as ${family}@10`);
  if (after !== undefined && needs === 'none') throw wrong(text, `${family} reads the whole ranking and takes no cut-off`);
  let measure: Omit<Measure, 'name'> = {
    family,
    cutoff: after === undefined ? undefined : Number(after),
    dcg: family === 'nDCG' ? ('log2' as const) : undefined,
    ...(family === 'RBP' ? { p: 0.8 } : parameters.includes('rel') ? { rel: 1 } : {}),
  };
  for (const pair of (inside ?? '').split(',').filter((one) => one.trim() !== '')) {
    const [key = '', value = ''] = pair.split('=').map((part) => part.trim());
    if (!(parameters as readonly string[]).includes(key))
      throw wrong(text, `${family} takes ${parameters.length === 0 ? 'no parameter' : parameters.join(' and ')}; got ${key}`);
    measure = { ...measure, ...parameterOf(text, key, value) };
  }
  return { ...measure, name: nameOf(measure) };
}

/**
 * Names separated by commas; commas inside brackets belong to a name. Each measure comes once.
 *
 * @example
 * import { parseMeasures } from 'finetooth/eval';
 *
 * console.log(parseMeasures('nDCG@10,AP(rel=2)@100').map(({ name }) => name).join(' ')); // nDCG@10 AP(rel=2)@100
 */
export function parseMeasures(text: string): Measure[] {
  checkArguments("parseMeasures('nDCG@10,RR@10')", { text: [text, anyText] });
  const names = (text.match(/(?:\([^)]*\)|[^,(])+/g) ?? []).filter((name) => name.trim() !== '');
  const measures = new Map(names.map((name) => parseMeasure(name)).map((measure) => [measure.name, measure]));
  if (measures.size === 0) throw wrong(text, 'it is empty');
  return [...measures.values()];
}

const familyOf = (word: string): Family | undefined =>
  families.find((family) => family.toLowerCase() === word || (familyTable[family].aliases as readonly string[]).includes(word));

const wrong = (text: string, why: string): FinetoothError =>
  new FinetoothError(
    'E_USAGE',
    `"${text}" is no measure: ${why}. Write it as nDCG@10, AP(rel=2)@100, nDCG(dcg='exp-log2')@10 or RBP(p=0.8).`,
  );

function parameterOf(text: string, key: string, value: string): Partial<Measure> {
  if (key === 'rel') {
    if (!/^[1-9]\d{0,8}$/.test(value)) throw wrong(text, `rel is the least relevant grade, a whole number from 1; got ${value}`);
    return { rel: Number(value) };
  }
  if (key === 'p') {
    const p = Number(value);
    if (value === '' || !(p > 0 && p < 1)) throw wrong(text, `p lies between 0 and 1; got ${value}`);
    return { p };
  }
  const dcg = value.replace(/^(['"])(.*)\1$/, '$2');
  if (dcg !== 'log2' && dcg !== 'exp-log2') throw wrong(text, `dcg is 'log2' or 'exp-log2'; got ${value}`);
  return { dcg };
}

/** Parameters at their defaults are left out of the name, as ir-measures prints it. */
function nameOf({ family, cutoff, rel, dcg, p }: Omit<Measure, 'name'>): string {
  const given = [
    ...(dcg === 'exp-log2' ? [`dcg='exp-log2'`] : []),
    ...(p === undefined || p === 0.8 ? [] : [`p=${p}`]),
    ...(rel === undefined || (rel === 1 && family !== 'RBP') ? [] : [`rel=${rel}`]),
  ];
  return `${family}${given.length === 0 ? '' : `(${given.join(',')})`}${cutoff === undefined ? '' : `@${cutoff}`}`;
}
