import { looksHosted } from '../hosted/vendors/index.ts';
import type { ModelEntry, Precision } from '../model/catalog/model-entry.ts';
import { type PrecisionChoice, type PrecisionName, precisionOfName } from '../model/catalog/precision.ts';
import { firstStageName } from '../rerank/parts/first-stage-order.ts';
import type { RerankerPart } from '../rerank/reranker-plan.ts';
import type { OpenedEmbedder } from './embedder.ts';
import type { ModelOptions } from './model-options.ts';
import { defaultCrossEncoder } from './models.ts';

/**
 * A local model that was opened: in the form that was asked for (or it would have been refused), or in its own, since no one named it. `isKept`: it has several, and the index keeps the one
 * that it was made with.
 */
export type OpenedForm = 'asked' | OwnForm;

interface OwnForm {
  readonly name: string;
  readonly precision: Precision;
  readonly isKept?: boolean;
}

/** A sentence without its full stop where a form of weights was asked for and no model that is opened could be had in it. */
export function unusedPrecision(asked: PrecisionChoice | undefined, opened: readonly OpenedForm[]): readonly string[] {
  if (asked === undefined || asked === 'auto') return [];
  if (opened.includes('asked')) return [];
  const byName = new Map(opened.map((one) => [(one as OwnForm).name, one as OwnForm]));
  const forms = [...byName.values()];
  const others = forms.filter(({ precision }) => precision !== precisionOfName(asked as PrecisionName));
  if (others.length === 0 && forms.length > 0) return [];
  const [kept, fixed] = [others.filter(({ isKept }) => isKept === true), others.filter(({ isKept }) => isKept !== true)];
  const why = [
    ...(fixed.length === 0 ? [] : [`${namesOf(fixed)} ${fixed.length === 1 ? 'has' : 'have'} one form of weights, ${formsOf(fixed)}`]),
    ...(kept.length === 0 ? [] : [`the index keeps the form that it was made with, ${formsOf(kept)} of ${namesOf(kept)}`]),
  ];
  const reason = why.length === 0 ? 'no local model reads here' : why.join(', and ');
  return [`precision ${asked} has no effect: ${reason}; it is for models that are named, and have several forms`];
}

/** The same of a server that serves no model by name: whatever its clients ask, nothing has a form to choose. */
export const unservedPrecision = (asked: PrecisionChoice | undefined): readonly string[] =>
  asked === undefined || asked === 'auto'
    ? []
    : [`precision ${asked} has no effect: it is for models that are served by name, and have several forms`];

/** What a reranker of these parts opens; `encoder` is the model of late interaction. */
export function openedBy(parts: readonly RerankerPart[], encoder: OpenedForm): readonly OpenedForm[] {
  return parts.flatMap((part): readonly OpenedForm[] => {
    if (part === 'default' || part === 'local') return [encoder, { name: defaultCrossEncoder, precision: 'int8' }];
    if (part === 'late-interaction') return [encoder];
    // What was opened by its caller was told there.
    return typeof part !== 'string' || part === firstStageName || looksHosted(part) ? [] : ['asked'];
  });
}

/** Of a model that no one named. */
export const ownForm = ({ name, precision, bundled }: ModelEntry, isKept: boolean): OpenedForm => ({
  name,
  precision,
  isKept: isKept && bundled === undefined,
});

/** Of an embedder that is opened by itself. */
export function unusedOf(what: unknown, { encoder }: Pick<OpenedEmbedder, 'encoder'>, models: ModelOptions = {}): readonly string[] {
  const named = typeof what === 'string' && encoder !== undefined;
  const own = encoder === undefined ? [] : [ownForm(encoder.files.entry, false)];
  return unusedPrecision(models.precision, named ? ['asked'] : own);
}

/** The same where there is no answer that could tell it. */
export function warnOfPrecision(...of: Parameters<typeof unusedOf>): void {
  for (const sentence of unusedOf(...of)) process.emitWarning(`${sentence}.`, { code: 'FINETOOTH_PRECISION' });
}

const namesOf = (forms: readonly OwnForm[]): string => forms.map(({ name }) => name).join(' and ');
const formsOf = (forms: readonly OwnForm[]): string => [...new Set(forms.map(({ precision }) => precision))].join(' and ');
