import { catalog } from '../model/catalog/catalog.ts';
import type { ModelEntry } from '../model/catalog/model-entry.ts';

type Scores = NonNullable<ModelEntry['scores']>;

/** The figure by which models of a kind are compared: of rerankers one table that has them all, of embedders SciFact, and what stands first where neither is there. */
export function headline({ kind, scores = [] }: Pick<ModelEntry, 'kind' | 'scores'>): Scores[number] | undefined {
  const set = kind === 'cross-encoder' ? 'MTEB(eng, v2) retrieval, reranked' : 'SciFact';
  return scores.find((score) => score.set === set);
}

/** Whether a model reads all that another reads. */
export const readsAll = (model: Pick<ModelEntry, 'languages'>, languages: readonly string[]): boolean =>
  languages.every((language) => model.languages.includes(language) || model.languages.includes('multilingual'));

/**
 * The best model of the catalogue that is no larger than another, reads its languages, may be used as freely, and has better figures wherever both have some;
 * undefined where there is none.
 */
export function betterAndNoLarger(
  model: Pick<ModelEntry, 'kind' | 'scores' | 'parameters' | 'languages' | 'licence'>,
): ModelEntry | undefined {
  const own = headline(model);
  if (own === undefined) return undefined;
  const better = catalog.filter((other) => {
    const theirs = headline(other);
    if (other.kind !== model.kind || theirs === undefined || theirs.value <= own.value || other.parameters > model.parameters) return false;
    return readsAll(other, model.languages) && (isFree(other) || !isFree(model)) && neverWorse(other.scores ?? [], model.scores ?? []);
  });
  return better.toSorted((a, b) => (headline(b)?.value ?? 0) - (headline(a)?.value ?? 0) || a.parameters - b.parameters)[0];
}

/** Whether anyone may use it for anything: licences that forbid commerce do not count. */
export const isFree = ({ licence }: Pick<ModelEntry, 'licence'>): boolean => /^(Apache-2\.0|MIT|BSD)/.test(licence);

const neverWorse = (theirs: Scores, own: Scores): boolean =>
  own.every(({ set, value }) => (theirs.find((score) => score.set === set)?.value ?? value) >= value);
