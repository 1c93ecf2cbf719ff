import { readCollection } from '../src/eval/collection.ts';
import type { Judgments } from '../src/eval/measures/judged-ranking.ts';
import type { Document } from '../src/index.ts';
import { randomFrom } from '../src/math/random.ts';

export interface JoinedCollection {
  /** The documents as they are, and joined to long ones. */
  readonly single: readonly Document[];
  readonly joined: readonly Document[];
  readonly queries: ReadonlyMap<string, string>;
  readonly judgments: { readonly single: Judgments; readonly joined: Judgments };
}

/** Characters of 3,000 tokens of SciFact, about. */
const LONG = 14_000;

/** Long documents of unrelated ones, in a drawn order: the relevant ones are anywhere. Every document that is judged is in one of them. */
export async function joinCollection(
  folder: string,
  { documents = 200, queries: most = Number.POSITIVE_INFINITY } = {},
): Promise<JoinedCollection> {
  const { documents: all, queries: asked, judgments } = await readCollection(folder);
  const { below } = randomFrom(16);
  const shuffled = <T>(items: readonly T[]): T[] => {
    const drawn = [...items];
    for (let i = drawn.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [drawn[i], drawn[j]] = [drawn[j] as T, drawn[i] as T];
    }
    return drawn;
  };
  const judged = new Set([...judgments.values()].flatMap((grades) => [...grades.keys()].map(String)));
  const entries = [...all].map(([id, document]) => ({ id, document, text: `${document.title} ${document.text}` }));
  const [needed, others] = [entries.filter(({ id }) => judged.has(id)), shuffled(entries.filter(({ id }) => !judged.has(id)))];
  let characters = needed.reduce((sum, { text }) => sum + text.length, 0);
  const taken = [...needed];
  for (const one of others) {
    if (characters >= documents * LONG) break;
    taken.push(one);
    characters += one.text.length;
  }
  const groups: (typeof taken)[] = [[]];
  let length = 0;
  for (const one of shuffled(taken)) {
    if (length >= LONG) length = groups.push([]) * 0;
    (groups.at(-1) as typeof taken).push(one);
    length += one.text.length;
  }
  const homes = new Map(groups.flatMap((group, at) => group.map(({ id }) => [id, `long-${at}`] as const)));
  const queries = new Map([...asked].filter(([id]) => judgments.has(id)).slice(0, most));
  const kept = new Map([...judgments].filter(([id]) => queries.has(id)));
  return {
    single: taken.map(({ id, document }) => ({ ...document, _id: id })),
    joined: groups.map((group, at) => ({ _id: `long-${at}`, text: group.map(({ text }) => text).join('\n\n') })),
    queries,
    judgments: {
      single: kept,
      joined: new Map(
        [...kept].map(([query, grades]) => [query, new Map([...grades].map(([id, grade]) => [homes.get(String(id)) as string, grade]))]),
      ),
    },
  };
}
