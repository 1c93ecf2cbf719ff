/** Embeds texts batch by batch, as adding to an index does, and says how much memory that took. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serve } from '../child.ts';
import { randomFrom, textOfTokens } from '../texts.ts';
import type { MemoryAnswer, MemoryRequest } from '../workloads/memory.ts';

/** As in src/search/add.ts. */
const BATCH_DOCUMENTS = 256;
const FULL_WINDOW_EVERY = 2500;
const SHORTEST = 6;
const LONGEST = 22;

const built = join(import.meta.dirname, '..', '..', 'dist', 'embedders.js');
const source = existsSync(built) ? built : join(import.meta.dirname, '..', '..', 'src', 'embedders.ts');

const peakMegabytes = (): number => (process.resourceUsage().maxRSS * 1024) / 1e6;

serve(async ({ texts, maxMemory }: MemoryRequest): Promise<MemoryAnswer> => {
  const bareMegabytes = process.memoryUsage().rss / 1e6;
  // Built where it can be: workers that strip types from sources hold more.
  const { localEmbedder, openModel } = (await import(pathToFileURL(source).href)) as typeof import('../../src/embedders.ts');
  const encoder = await openModel(undefined, { maxMemory });
  const embedder = localEmbedder(encoder);
  await embedder.load?.();
  const random = randomFrom(1);
  const lengthOf = (at: number): number =>
    at % FULL_WINDOW_EVERY === 0 ? encoder.files.entry.maxTokens : SHORTEST + Math.floor(random() * (LONGEST - SHORTEST + 1));
  const started = performance.now();
  const peaks: number[] = [];
  let tokens = 0;
  for (let done = 0; done < texts; ) {
    const count = Math.min(BATCH_DOCUMENTS, texts - done);
    const batch = Array.from({ length: count }, (_, i) => textOfTokens(lengthOf(done + i), random));
    const vectors = await embedder.embed(batch, 'document');
    for (const one of vectors.tokens ?? []) tokens += one;
    done += count;
    while (peaks.length < Math.floor((10 * done) / texts)) peaks.push(peakMegabytes());
  }
  const seconds = (performance.now() - started) / 1000;
  await embedder.close?.();
  return { built: source === built, texts, workers: encoder.workers, tokens, seconds, bareMegabytes, peaks };
});
