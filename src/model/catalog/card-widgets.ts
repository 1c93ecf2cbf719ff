import type { CardSimilarities } from './card-similarities.ts';

/**
 * Examples of the widgets in a card's front matter: `source_sentence` and `sentences` with an `output` of numbers, or of objects with a `score`. Those without one are
 * told: there is nothing to compare with.
 */
export async function widgetExamples(card: string): Promise<CardSimilarities> {
  const front = /^---\r?\n([\s\S]*?)\r?\n---/.exec(card)?.[1];
  if (front === undefined || !/^widget:/m.test(front)) return { examples: [], unread: [] };
  const [{ parse }, { z }] = await Promise.all([import('yaml'), import('zod')]);
  const output = z.array(z.union([z.number(), z.object({ score: z.number() }).transform(({ score }) => score)]));
  const one = z.object({ source_sentence: z.string(), sentences: z.array(z.string()), output });
  const where = 'widget of README.md';
  let listed: unknown;
  try {
    listed = (parse(front) as { readonly widget?: unknown }).widget;
  } catch {
    return { examples: [], unread: [{ where, why: 'the front matter is not YAML' }] };
  }
  const widgets = (Array.isArray(listed) ? listed : []).map((widget: { readonly output?: unknown } | null) => {
    const { data } = one.safeParse(widget);
    if (data !== undefined && data.output.length === data.sentences.length) return data;
    return widget?.output === undefined ? 'it states no scores' : 'it has no number for each of its sentences';
  });
  return {
    examples: widgets.flatMap((each) =>
      typeof each === 'string'
        ? []
        : each.sentences.map((text, i) => ({
            query: { text: each.source_sentence, prompt: 'none' as const },
            document: { text, prompt: 'none' as const },
            score: each.output[i] as number,
          })),
    ),
    unread: widgets.flatMap((each, i) => (typeof each === 'string' ? [{ where: `${where}, ${i + 1}`, why: each }] : [])),
  };
}
