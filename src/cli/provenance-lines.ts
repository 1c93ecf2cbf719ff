import type { Provenance } from '../search/results.ts';
import type { Usage } from '../types.ts';
import { counted, dollars } from '../wording/numbers.ts';
import { harmless } from '../wording/terminal-text.ts';

/** What hosted models used: `2 requests to hosted models, $0.0002`. */
export function billLine({ requests = 0, cost, estimated, unpriced }: Usage): string {
  const parts = [
    `${counted(requests, 'request')} to hosted models`,
    ...(cost === undefined ? [] : [`${estimated ? 'about ' : ''}${dollars(cost)}`]),
    ...(unpriced ? [cost === undefined ? 'at a price that is not known' : 'and some at a price that is not known'] : []),
  ];
  return `${parts.join(', ')}.`;
}

/** How an answer came about, one line per fact, where there is anything to say. */
export function provenanceLines(answer: Provenance & { readonly rankedBy: string | null; readonly usage: Usage }): readonly string[] {
  const { passedOver = [], notes = [], truncated, rankedBy, usage } = answer;
  const order =
    rankedBy === 'first-stage'
      ? 'the order is that of the first stage, which no one reranked'
      : `ranked by "${harmless(rankedBy ?? '')}" instead`;
  return [
    ...passedOver.map(({ code, why }) => `note: ${code}: ${harmless(why)}`),
    ...(passedOver.length > 0 ? [`note: ${order}.`] : []),
    ...notes.map((note) => `note: ${harmless(note)}.`),
    ...(truncated === undefined
      ? []
      : [`note: ${counted(truncated.query, 'token')} of the query did not fit the model's window; its end was not read. Shorten it.`]),
    ...(usage.requests === undefined ? [] : [billLine(usage)]),
  ];
}
