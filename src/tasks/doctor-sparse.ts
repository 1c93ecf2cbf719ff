import type { ModelOptions } from '../assemble/model-options.ts';
import { openSparseEmbedder } from '../assemble/sparse.ts';
import { manifestOf } from '../assemble/store.ts';
import { messageOf } from '../errors.ts';
import { shortName } from '../store/index-changes.ts';
import type { Manifest } from '../store/store.ts';
import type { Finding } from './doctor-index.ts';

const NAME = 'sparse model';

/** Whether the sparse model of an index, where it has one, is here, is the one that it was made with, and answers. */
export async function sparseFindings(where: string, options: ModelOptions): Promise<readonly Finding[]> {
  const { sparse } = (await manifestOf(where).catch(() => undefined)) ?? ({} as Partial<Manifest>);
  if (sparse === undefined) return [];
  const { embedder, model } = sparse;
  if (model === undefined)
    return [{ name: NAME, state: 'ok', found: `${shortName(embedder)}, of your own: it is passed to openIndex, and cannot be tried here` }];
  try {
    const opened = await openSparseEmbedder(model, options);
    try {
      if (opened.fingerprint !== embedder)
        return [
          {
            name: NAME,
            state: 'broken',
            found: `${shortName(opened.fingerprint)} has other weights or settings than the index was made with`,
            advice: 'put back the files of the model, or rebuild the index',
          },
        ];
      await opened.load?.();
      const started = performance.now();
      await opened.embed(['a film about a whale'], 'query');
      return [
        {
          name: NAME,
          state: 'ok',
          found: `${shortName(embedder)} (checksum right), a query takes ${(performance.now() - started).toFixed(1)} ms`,
        },
      ];
    } finally {
      await opened.close?.();
    }
  } catch (error) {
    const found = messageOf(error).split('\n')[0] ?? '';
    return [{ name: NAME, state: 'broken', found, advice: 'other first stages work; the sentence above says what to do' }];
  }
}
