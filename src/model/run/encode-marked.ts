import { type LateInteraction, tokenSizeOf } from '../catalog/model-entry.ts';
import { markedTokenizer } from '../tokenize/marked-texts.ts';
import { batchesOf, tokenBudget } from './batches.ts';
import type { EncodeRequest, EncodeResult, OpenedBiEncoder } from './encode.ts';
import { disposeAll, feedsOf } from './feeds.ts';
import { hiddenStates } from './hidden-states.ts';
import { gatherTokens, packDocument, writeUnit } from './token-rows.ts';

/**
 * Runs texts through a model that was trained for late interaction. A text's own vector is the mean of its tokens', which are of length 1: with it a first stage
 * finds documents roughly, and MaxSim over the tokens puts them in order.
 */
export async function encodeMarked(
  request: EncodeRequest,
  model: OpenedBiEncoder & { readonly form: LateInteraction },
): Promise<EncodeResult> {
  const { runtime, session, tokenizer, entry, project, form } = model;
  const size = tokenSizeOf(entry);
  const width = entry.dense?.[0]?.from ?? size;
  const encode = markedTokenizer(tokenizer, form)[request.role ?? 'document'];
  const texts = request.texts.map(encode);
  const vectors = new Float32Array(texts.length * size);
  const lengths = new Float32Array(texts.length);
  const rows: Float32Array[] = texts.map(() => new Float32Array(0));
  const packs: Uint8Array[] = texts.map(() => new Uint8Array(0));
  const counts = texts.map(({ ids }) => ids.length);
  for (const batch of batchesOf(counts, request.exact ? 0 : tokenBudget[entry.precision])) {
    const run = batch.map((i) => texts[i] as (typeof texts)[number]);
    const feeds = feedsOf(runtime, session, run);
    const outputs = await session.run(feeds);
    const hidden = hiddenStates(outputs, width);
    run.forEach(({ kept }, row) => {
      const i = batch[row] as number;
      const own = new Float32Array(kept.length * width);
      for (const [at, token] of kept.entries()) {
        const from = (row * hidden.width + token) * width;
        own.set(hidden.data.subarray(from, from + width), at * width);
      }
      const projected = project === undefined ? own : project(own, kept.length);
      const units = new Float32Array(kept.length * size);
      const mean = new Float32Array(size);
      for (let at = 0; at < kept.length; at++) {
        writeUnit(units, at * size, projected, at * size, size);
        for (let k = 0; k < size; k++) mean[k] = (mean[k] as number) + (units[at * size + k] as number) / kept.length;
      }
      lengths[i] = writeUnit(vectors, i * size, mean, 0, size);
      if (request.tokens === 'rows') rows[i] = units;
      else if (request.tokens !== undefined) packs[i] = packDocument(units, kept.length, request.tokens);
    });
    disposeAll(feeds, outputs);
  }
  return {
    vectors,
    lengths,
    tokens: Uint32Array.from(counts),
    truncated: Uint32Array.from(texts, ({ truncated }) => truncated),
    ...gatherTokens(rows, packs, size),
  };
}
