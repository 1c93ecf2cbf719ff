import { maxSimModule } from './max-sim-module.ts';

/** Query rows are whole numbers of 12 bits: their products with bytes stay exact in 32 bits for up to 4,096 numbers a row of length 1. */
const QUERY_SCALE = 4095;
const PAGE = 65_536;

/** Scores documents' tokens against one query's; memory grows to the longest document seen. */
export interface MaxSim {
  /** `rows`: [count × size] token vectors of length 1. */
  setQuery(rows: Float32Array, count: number): void;
  /**
   * Mean over the query's tokens of the best dot product with any of the document's tokens (MaxSim of ColBERT,
   * https://arxiv.org/abs/2004.12832, as a mean so that long queries do not score higher); 0 when either side has no tokens.
   *
   * @param write puts `count × size` bytes of tokens where it is told
   * @param scale what one step of a byte is worth
   */
  score(count: number, write: (target: Int8Array) => void, scale: number): number;
}

/** The part of the JavaScript API that is used here: neither the language's nor Node's types have it. */
interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Memory: new (size: { readonly initial: number }) => WasmMemory;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: unknown };
};

interface Kernel {
  maxSim(query: number, queryTokens: number, document: number, documentTokens: number, size: number): number;
}

let compiled: object | undefined;

/**
 * MaxSim with 128-bit SIMD, in WebAssembly: a hundred documents of 80 tokens with 384 numbers take about a millisecond.
 *
 * @param size numbers of a token vector; a multiple of 16
 */
export function createMaxSim(size: number): MaxSim {
  compiled ??= new WebAssembly.Module(Buffer.from(maxSimModule, 'base64'));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const kernel = new WebAssembly.Instance(compiled, { max_sim: { memory } }).exports as Kernel;
  const reserve = (bytes: number): void => {
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  };
  let queryTokens = 0;
  let padded = 0;
  return {
    setQuery: (rows, count) => {
      queryTokens = count;
      // The kernel takes four rows at a time; rows of zeros add nothing.
      padded = Math.ceil(count / 4) * 4;
      reserve(padded * size * 2);
      const target = new Int16Array(memory.buffer, 0, padded * size);
      target.fill(0);
      for (let i = 0; i < count * size; i++) target[i] = Math.round((rows[i] as number) * QUERY_SCALE);
    },
    score: (count, write, scale) => {
      if (queryTokens === 0 || count === 0) return 0;
      const from = padded * size * 2;
      reserve(from + count * size);
      write(new Int8Array(memory.buffer, from, count * size));
      return (kernel.maxSim(0, padded, from, count, size) * scale) / (QUERY_SCALE * queryTokens);
    },
  };
}
