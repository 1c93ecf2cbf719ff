/** WebAssembly against the native runtime: the origin of the sentence in src/model/run/runtime.ts. */
import { type BiEncoder, openModel } from '../../src/embedders.ts';
import { fixed, median, type Table, times, type Workload } from '../report.ts';
import { textsOfTokens } from '../texts.ts';

const ROUNDS = 3;
const LENGTHS = [10, 25, 50, 100, 200, 300, 400, 500];
/** Tokens of one pass: as many texts as make these, at least six. */
const PASS_TOKENS = 3000;

const timed = async (encoder: BiEncoder, texts: readonly string[]): Promise<number> => {
  const started = performance.now();
  await encoder.encode(texts, { prefix: 'document' });
  return performance.now() - started;
};

export const runtimes: Workload = {
  about: 'the bundled model on the native runtime and on WebAssembly, 2 workers each',
  run: async ({ say }) => {
    const native = await openModel(undefined, { runtime: 'native', threads: 2 });
    const wasm = await openModel(undefined, { runtime: 'wasm', threads: 2 });
    await Promise.all([native.ready, wasm.ready]);
    const measured: { readonly tokens: number; readonly count: number; readonly native: number[]; readonly wasm: number[] }[] = [];
    for (const tokens of LENGTHS) {
      const texts = textsOfTokens(Math.max(6, Math.round(PASS_TOKENS / tokens)), tokens);
      const one = { tokens, count: texts.length, native: [] as number[], wasm: [] as number[] };
      for (let round = 0; round <= ROUNDS; round++) {
        say(`${tokens} tokens, round ${round} of ${ROUNDS}`);
        const pass = { native: await timed(native, texts), wasm: await timed(wasm, texts) };
        if (round === 0) continue;
        one.native.push(pass.native);
        one.wasm.push(pass.wasm);
      }
      measured.push(one);
    }
    await Promise.all([native.close(), wasm.close()]);
    const slowdowns = measured.map((one) => median(one.wasm) / median(one.native));
    const table: Table = {
      title: 'texts a second, median',
      columns: ['tokens', 'native', 'wasm', 'native / wasm'],
      rows: [
        ...measured.map(({ tokens, count, native: own, wasm: other }) => [
          tokens,
          fixed((1000 * count) / median(own)),
          fixed((1000 * count) / median(other)),
          times(median(other), median(own)),
        ]),
        ['median of the lengths', '', '', `${fixed(median(slowdowns), 2)} x`],
      ],
    };
    return { tables: [table], bars: [], raw: { milliseconds: measured, slowdown: median(slowdowns) } };
  },
};
