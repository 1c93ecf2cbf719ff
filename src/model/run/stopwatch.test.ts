import { expect, it } from 'vitest';
import { openModel } from '../../assemble/models.ts';
import { currentStopwatch, measureRuns } from './stopwatch.ts';

it('says where the time of model runs went, of the work that it watches alone', async () => {
  const model = await openModel(undefined, { threads: 1 });
  try {
    await model.ready;
    const texts = Array.from({ length: 40 }, (_, i) => `text ${i} of several that wait for one worker`);
    const [[, watch]] = await Promise.all([
      measureRuns(() => model.encode(texts, { prefix: 'document' })),
      model.encode(texts, { prefix: 'document' }),
    ]);
    expect(watch.runs).toBeGreaterThan(1);
    for (const part of ['queued', 'inferred', 'tokenised'] as const) expect(watch[part], part).toBeGreaterThan(0);
    expect(currentStopwatch()).toBeUndefined();
  } finally {
    await model.close();
  }
});
