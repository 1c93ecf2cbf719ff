import type { Facet } from '../store/facets.ts';
import { counted, grouped } from '../wording/numbers.ts';
import { harmless } from '../wording/terminal-text.ts';
import { valueText } from './text.ts';

/** Of each facet its values with their counts, one line per facet. */
export function facetLines(facets: readonly Facet[] = []): string {
  return facets.map((facet) => `\n${harmless(facet.field)}: ${partsOf(facet).join('; ')}\n`).join('');
}

function partsOf({ values, moreValues, missing, min, max }: Facet): readonly string[] {
  const all = values.map(({ value, count }) => `${harmless(valueText(value))} ${grouped(count)}`).join(', ');
  const parts = [
    ...(all === '' ? [] : [all]),
    ...(moreValues === null ? ['more than 100,000 values, not counted'] : moreValues > 0 ? [counted(moreValues, 'more value')] : []),
    ...(min === undefined || max === undefined ? [] : [`${min} to ${max}`]),
    ...(missing > 0 ? [`${grouped(missing)} without a value`] : []),
  ];
  return parts.length === 0 ? ['no documents'] : parts;
}
