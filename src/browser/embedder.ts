import { FinetoothError } from '../errors.ts';
import type { EncodeResult } from '../model/run/encode.ts';
import type { CallOptions } from '../types.ts';
import { callback, callChecks, checkArguments, type OptionChecks, oneOf } from '../wording/check-options.ts';
import { anyTexts } from '../wording/check-shapes.ts';
import { modelSource } from './model-source.ts';
import { type BrowserModelOptions, checkBrowserOptions, openWorker } from './open-worker.ts';

export interface BrowserEmbedOptions extends CallOptions {
  /** Which of the model's prefixes stands before each text. @default document */
  readonly role?: 'document' | 'query';
  /** Called after each slice of texts. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number; readonly unit: 'texts' }) => void;
}

export interface BrowserEmbedder {
  /** Resolves when the model is loaded. */
  readonly ready: Promise<void>;
  /** Numbers of a vector. */
  readonly dimensions: number;
  /** What an index that was made with the same model holds, so that its vectors may be compared with these. */
  readonly fingerprint: Promise<string>;
  /** A vector of length 1 for each text, in their order. Throws E_USAGE, E_STOPPED. */
  embed(texts: readonly string[], options?: BrowserEmbedOptions): Promise<readonly Float32Array[]>;
  close(): void;
}

const embedChecks: OptionChecks<BrowserEmbedOptions> = { ...callChecks, role: oneOf(['document', 'query']), onProgress: callback };

const SLICE = 8;

/**
 * An embedder in a web worker of this page.
 *
 * @example
 * import { createBrowserEmbedder } from 'finetooth/browser';
 *
 * const embedder = createBrowserEmbedder({ model: '/models/bge-small-en-v1.5/' });
 * const [vector] = await embedder.embed(['how do bats find their way'], { role: 'query' });
 * console.log(vector.length === embedder.dimensions);
 *
 * @throws E_USAGE, E_MODEL_UNKNOWN; `ready` and `embed` reject with E_DOWNLOAD, E_MODEL_CHANGED, E_MODEL_FAILED, E_RUNTIME, E_PACKAGE
 */
export function createBrowserEmbedder(options: BrowserModelOptions): BrowserEmbedder {
  checkBrowserOptions("createBrowserEmbedder({ model: '/models/bge-small-en-v1.5/' })", options);
  const source = modelSource(options.model, 'bi-encoder');
  const { dimensions, prefix } = source.entry;
  const worker = openWorker(source, options);
  return {
    ready: worker.ready,
    dimensions,
    fingerprint: worker.fingerprint,
    embed: async (texts, given = {}) => {
      checkArguments("embed(['Bats hunt by echo.'])", {
        texts: [texts, anyTexts],
        options: [given, embedChecks],
      });
      const { role = 'document', signal, onProgress } = given;
      const rows: Float32Array[] = [];
      for (let from = 0; from < texts.length; from += SLICE) {
        const slice = texts.slice(from, from + SLICE).map((text) => prefix[role] + text);
        const { vectors } = await worker.run<EncodeResult>({ texts: slice }, { signal });
        if (!vectors.every(Number.isFinite))
          throw new FinetoothError(
            'E_MODEL_FAILED',
            `the model ${source.entry.name} gave a number that is not finite. Ask for runtime: 'wasm'.`,
          );
        for (let row = 0; row < slice.length; row++) rows.push(vectors.slice(row * dimensions, (row + 1) * dimensions));
        onProgress?.({ done: rows.length, total: texts.length, unit: 'texts' });
      }
      return rows;
    },
    close: worker.close,
  };
}
