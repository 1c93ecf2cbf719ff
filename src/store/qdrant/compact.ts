import { throwIfStopped } from '../../errors.ts';
import type { EngineCompacted, EngineOptions } from '../engine.ts';
import { readAddress, shownAddress } from './address.ts';
import { collectionsOf, createIndexes, type Opened } from './collection.ts';
import { aliasesOf, leasesIn } from './lease.ts';
import { optimizeWords } from './optimize.ts';
import { connectNodes, type Requests } from './requests.ts';
import { keptCollections, removeCollection, sweepStaged } from './stage.ts';
import { measure } from './stats.ts';

/** Weighs words again where the mean length has changed, makes indexes that are missing, and removes what rebuilds have kept. */
export async function compactIndex(address: string, { signal, onProgress }: EngineOptions = {}): Promise<EngineCompacted> {
  const parsed = readAddress(address);
  const { name } = parsed;
  const shown = shownAddress(address);
  const requests = connectNodes(parsed, shown);
  try {
    const collections = collectionsOf(requests, name, shown, parsed);
    const opened = await collections.here();
    const steps = ['indexes', 'words', 'kept'];
    const told = (done: number): void => {
      throwIfStopped(signal);
      onProgress?.({ done, total: steps.length, unit: 'steps' });
    };
    const before = (await measure(requests, opened)).bytes;
    told(0);
    await createIndexes(requests, opened.collection, opened.manifest, parsed);
    told(1);
    await optimizeWords(requests, collections, opened, { always: true });
    told(2);
    const isMade = leasesIn(await aliasesOf(requests, opened.collection), name).length > 0;
    // Who makes the index again just now has staged it.
    const staged = isMade ? [] : await sweepStaged(requests, name);
    const kept = await keptCollections(requests, name);
    let bytes = 0;
    for (const collection of kept) {
      bytes += await bytesOf(requests, opened, collection);
      await removeCollection(requests, collection);
    }
    told(3);
    const after = (await measure(requests, await collections.here())).bytes;
    return { before: before + bytes, after, removed: [...staged, ...kept] };
  } finally {
    requests.close();
  }
}

/** Of a collection that may be any other's. */
async function bytesOf(requests: Requests, like: Opened, collection: string): Promise<number> {
  const { points_count } = await requests.ask((client) => client.getCollection(collection));
  const { bytes } = await measure(requests, { ...like, collection, points: points_count ?? 0 });
  return bytes;
}
