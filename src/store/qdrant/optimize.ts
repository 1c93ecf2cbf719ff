import { type Collections, MEAN, OPTIMIZED, type Opened } from './collection.ts';
import { Unfinished } from './faults.ts';
import { allOf } from './filter.ts';
import { buildGraph } from './graph.ts';
import { isOff } from './mean-length.ts';
import { pointId, textHeld } from './names.ts';
import { WORDS, weightsOf, wordsIn } from './points.ts';
import { countPoints, retrieve, scroll } from './reading.ts';
import type { Requests } from './requests.ts';

/** A writer that began with another mean length is done by then. */
const STALE_MS = 600_000;

/** Words are weighed again where passages have become longer or shorter; says that counts are to be taken again. Vectors that were loaded first have their graph from then on. */
export async function optimizeWords(
  requests: Requests,
  collections: Collections,
  opened: Opened,
  options: { readonly always?: boolean } = {},
): Promise<number> {
  const { hits } = await requests.ask((client) => client.facet(opened.collection, { key: 'length', limit: 100_000, exact: true }));
  const passages = hits.reduce((sum, { count }) => sum + count, 0);
  const words = hits.reduce((sum, { value, count }) => sum + Number(value) * count, 0);
  let rewritten = 0;
  if (passages > 0) rewritten = await weighAgain(requests, collections, opened, Math.max(1, Math.round((100 * words) / passages)), options);
  await buildGraph(requests, opened);
  await collections.describe(opened, { [OPTIMIZED]: new Date().toISOString() });
  return rewritten;
}

async function weighAgain(requests: Requests, collections: Collections, opened: Opened, now: number, { always = false }): Promise<number> {
  const [current = now] = opened.means;
  const isNew = isOff(current, now, always ? 0 : undefined);
  const mean = isNew ? now : current;
  const near = [mean, ...(always ? [] : opened.means.filter((one) => one !== mean && !isOff(one, now)))];
  const others = allOf({ must_not: [{ key: 'mean', match: { any: near } }] });
  if (isNew) await collections.describe(opened, { [`${MEAN}${mean}`]: new Date().toISOString() });
  else if (opened.means.every((one) => near.includes(one))) return 0;
  let rewritten = 0;
  // Who writes beside may weigh by the old one still.
  for (let left = await countPoints(requests, opened, others); left > 0; left = await countPoints(requests, opened, others)) {
    for await (const page of scroll(requests, opened, others, { payload: ['id', 'at', 'terms', 'written'] })) {
      for (let at = 0; at < page.length; at += 500)
        await rewrite(
          requests,
          opened,
          page.slice(at, at + 500).map(({ payload }) => payload),
          mean,
        );
      rewritten += page.length;
    }
  }
  await forgetMeans(collections, opened, near);
  return rewritten;
}

interface Weighed {
  readonly id: string;
  readonly at: number;
  readonly terms: string;
  readonly written: number;
}

/** What was written between reading its words and weighing them is weighed once more: it must not have the weights of what it replaced. */
async function rewrite(requests: Requests, opened: Opened, passages: readonly Weighed[], mean: number): Promise<void> {
  for (let left = passages; left.length > 0; ) {
    const ids = left.map(({ id, at }) => pointId(textHeld(id), at));
    const points = left.map(({ terms }, place) => ({ id: ids[place] as string, words: wordsIn(textHeld(terms)) }));
    const weighed = points
      .filter(({ words }) => words.length > 0)
      .map(({ id, words }) => ({ id, vector: { [WORDS]: weightsOf(words, mean / 100) } }));
    const operations = [
      ...(weighed.length === 0 ? [] : [{ update_vectors: { points: weighed } }]),
      { set_payload: { payload: { mean }, points: ids } },
    ];
    await requests.ask(async (client) => {
      const results = await client.batchUpdate(opened.collection, { wait: true, ordering: 'medium', operations });
      if (results.some(({ status }) => status !== 'completed')) throw new Unfinished('an update was not done in time');
    });
    const before = new Map(left.map(({ id, at, written }) => [`${at} ${id}`, written]));
    const after = await retrieve(requests, opened, ids, { payload: ['id', 'at', 'terms', 'written'] });
    left = after.map(({ payload }) => payload).filter(({ id, at, written }) => before.get(`${at} ${id}`) !== written);
  }
}

/** Mean lengths that no passage was weighed by any more, once whoever began with one is done. */
async function forgetMeans(collections: Collections, opened: Opened, kept: readonly number[]): Promise<void> {
  const metadata = (opened.info.config as { readonly metadata?: Readonly<Record<string, unknown>> }).metadata ?? {};
  const old = opened.means.filter((one) => !kept.includes(one) && Date.now() - Date.parse(String(metadata[`${MEAN}${one}`])) > STALE_MS);
  if (old.length > 0) await collections.describe(opened, Object.fromEntries(old.map((one) => [`${MEAN}${one}`, null])));
}
