import assert from 'node:assert/strict';
import type { Embedder, EmbedOptions } from '../embed/embedder.ts';
import { checkTokens, checkVectors } from '../search/check.ts';
import { passageTexts } from '../text/passages.ts';
import type { Vectors } from '../types.ts';
import { callback, checkArguments } from '../wording/check-options.ts';
import { type ContractCase, casesOf, checkCloses, checkStops, type Make } from './contract-case.ts';

const texts = Object.freeze([
  'The price of wheat rose by a tenth this year.',
  'Bats find their way in the dark by the echo of their calls.',
  'A captain hunts a white whale across the sea.',
  'Two words',
]);
const roles = ['document', 'query'] as const;
/** How far a number of a vector may be from the same one in another batch: models calculate in single precision. */
const TOLERANCE = 1e-4;

const checks: Readonly<Record<string, (embedder: Embedder) => Promise<void>>> = {
  'gives each text one vector of length 1': async (embedder) => {
    const { dimensions } = embedder;
    assert.ok(
      Number.isInteger(dimensions) && dimensions >= 1 && dimensions <= 65_536,
      `"dimensions" is a whole number from 1 to 65,536; got ${dimensions}`,
    );
    for (const role of roles) for (const count of [1, 2, texts.length]) await embedSoundly(embedder, texts.slice(0, count), role);
  },
  'gives no vectors for no texts': async (embedder) => {
    for (const role of roles) await embedSoundly(embedder, [], role);
  },
  'embeds a text without words like any other': async (embedder) => {
    for (const role of roles) await embedSoundly(embedder, ['', texts[0] as string, ' '], role);
  },
  'gives a text one vector, whatever else is in the call and wherever it stands': async (embedder) => {
    for (const role of roles) {
      const together = await embedSoundly(embedder, texts, role);
      const turned = await embedSoundly(embedder, texts.toReversed(), role);
      const twice = await embedSoundly(embedder, [texts[1] as string, ...texts, texts[1] as string], role);
      for (const [i, text] of texts.entries()) {
        checkAlike(embedder, `${role} ${i} alone`, rowOf(await embedSoundly(embedder, [text], role), 0), rowOf(together, i));
        checkAlike(embedder, `${role} ${i} in the list turned round`, rowOf(turned, texts.length - 1 - i), rowOf(together, i));
        checkAlike(embedder, `${role} ${i} beside a text that stands there three times`, rowOf(twice, i + 1), rowOf(together, i));
      }
    }
  },
  'changes nothing that it was given': async (embedder) => {
    const given = [...texts];
    await embedder.embed(given, 'document', {});
    assert.deepEqual(given, texts, `${nameOf(embedder)} changed the texts that it was given`);
  },
  'gives calls that meet what it gives them one by one': async (embedder) => {
    const calls = roles.flatMap((role) => texts.map((_, i) => [texts.slice(i), role] as const));
    const met = await Promise.all(calls.map(([list, role]) => embedSoundly(embedder, list, role)));
    for (const [i, [list, role]] of calls.entries())
      checkAlike(
        embedder,
        `call ${i}, asked beside other calls,`,
        (met[i] as Vectors).data,
        (await embedSoundly(embedder, list, role)).data,
      );
  },
  'keeps nothing that it gave': async (embedder) => {
    const first = await embedSoundly(embedder, texts, 'document');
    const copy = first.data.slice();
    first.data.fill(9);
    const again = await embedSoundly(embedder, texts, 'document');
    checkAlike(embedder, 'the same texts, after their first vectors were overwritten,', again.data, copy);
  },
  'has a fingerprint that stays': async (embedder) => {
    const { fingerprint } = embedder;
    assert.ok(
      typeof fingerprint === 'string' && fingerprint.trim() !== '',
      `the fingerprint of an embedder is a text; got ${JSON.stringify(fingerprint)}`,
    );
    await embedder.load?.();
    await embedder.embed(texts, 'query');
    assert.equal(embedder.fingerprint, fingerprint, 'the fingerprint changed by a call');
  },
  'gives token vectors of whole tokens, where it has them': async (embedder) => {
    const { tokenSize: size } = embedder;
    if (size === undefined) return;
    const form = { size, bits: 8, pool: 1 } as const;
    const vectors = await embedSoundly(embedder, texts, 'document', { tokens: form });
    checkTokens(vectors, form, embedder.fingerprint);
    assert.ok(
      vectors.tokenVectors?.every(({ length }) => length > 0),
      `${nameOf(embedder)} gave a text with words no token`,
    );
  },
  'splits long texts into passages that it reads whole, where it splits': async (embedder) => {
    const long = { text: `A title ${texts.join(' ').concat('\n\n').repeat(60)}`, title: 'A title' };
    const short = { text: texts[0] as string, title: '' };
    const [spans = [], whole] = (await embedder.split?.([long, short])) ?? [];
    if (whole === undefined) return;
    assert.deepEqual(whole, [[0, short.text.length]], `${nameOf(embedder)} split a short text`);
    const ends = [spans[0]?.[0], spans.at(-1)?.[1]];
    assert.deepEqual(ends, [0, long.text.length], `the passages of ${nameOf(embedder)} begin and end with the text`);
    for (const [i, [from]] of spans.entries())
      assert.equal(
        long.text.slice(spans[i - 1]?.[1] ?? 0, from).trim(),
        '',
        `${nameOf(embedder)} left out what stands before passage ${i}`,
      );
    const { truncatedTokens } = await embedSoundly(embedder, passageTexts(long, spans), 'document');
    assert.ok(
      truncatedTokens === undefined || truncatedTokens.every((tokens) => tokens === 0),
      `${nameOf(embedder)} did not read its own passages whole`,
    );
  },
  'ends with the reason of its signal, or with an answer': async (embedder) => {
    const call = (signal: AbortSignal): Promise<Vectors> => embedder.embed(texts, 'document', { signal });
    await checkStops(nameOf(embedder), call, (vectors) => checkSound(embedder, vectors, texts.length));
  },
  'loads as often as it is asked to': async (embedder) => {
    await embedder.load?.();
    await embedder.load?.();
    await embedSoundly(embedder, texts, 'query');
  },
  'refuses calls once it is closed, where it closes': async (embedder) => {
    await embedSoundly(embedder, texts, 'query');
    await checkCloses(nameOf(embedder), embedder, () => embedder.embed(['A text that it has not seen before.'], 'query'));
  },
};

/**
 * What every embedder promises. `make` is asked for a new one by each case.
 *
 * @example
 * import { it } from 'node:test';
 * import { createEmbedder } from 'finetooth';
 * import { embedderContract } from 'finetooth/contracts';
 *
 * for (const { name, run } of embedderContract(() => createEmbedder())) it(name, run);
 */
export function embedderContract(make: Make<Embedder>): readonly ContractCase[] {
  checkArguments('embedderContract(() => yourEmbedder())', { make: [make, callback] });
  return casesOf(make, checks);
}

async function embedSoundly(
  embedder: Embedder,
  given: readonly string[],
  role: (typeof roles)[number],
  options?: EmbedOptions,
): Promise<Vectors> {
  const vectors = await embedder.embed(given, role, options);
  checkSound(embedder, vectors, given.length);
  return vectors;
}

function checkAlike(embedder: Embedder, what: string, got: Float32Array, wanted: Float32Array): void {
  const most = got.reduce((far, value, i) => Math.max(far, Math.abs(value - (wanted[i] as number))), 0);
  assert.ok(most <= TOLERANCE, `${nameOf(embedder)} gave ${what} another vector: numbers differ by up to ${most}`);
}

function rowOf({ data, dimensions }: Vectors, row: number): Float32Array {
  return data.slice(row * dimensions, (row + 1) * dimensions);
}

function nameOf({ fingerprint }: Embedder): string {
  return `the embedder "${fingerprint}"`;
}

/** Throws for anything that an answer may not be. */
function checkSound(embedder: Embedder, vectors: Vectors, count: number): void {
  checkVectors(vectors, count, embedder.dimensions, embedder.fingerprint);
  for (const what of ['truncatedTokens', 'tokens'] as const) {
    const given = vectors[what]?.length ?? count;
    assert.equal(given, count, `${nameOf(embedder)} gave ${given} of "${what}" for ${count} texts`);
  }
}
