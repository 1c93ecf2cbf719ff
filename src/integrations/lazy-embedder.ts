import { openEmbedder } from '../assemble/embedder.ts';
import type { ModelOptions } from '../assemble/model-options.ts';
import { warnOfPrecision } from '../assemble/unused-precision.ts';
import type { Embedder } from '../embed/embedder.ts';
import { FinetoothError } from '../errors.ts';
import type { EmbeddingModel } from '../hosted/ai-sdk.ts';
import { checkVectors } from '../search/check.ts';
import { unlessStopped } from '../time/time-limit.ts';
import type { CallOptions, Vectors } from '../types.ts';
import { checkValue, list, oneOf, shown, type ValueCheck } from '../wording/check-options.ts';

/** A model by name, `vendor:model`, an embedder of the caller's, or an embedding model of the AI SDK. */
export type EmbedderPart = string | Embedder | EmbeddingModel;

/** What the texts are: many models put other words before a query than before a document. */
export type Role = 'query' | 'document';

export interface LazyEmbedder {
  /** Vectors that were held against the embedder's promises, and its fingerprint. Throws E_USAGE for what is no text, E_STOPPED once it is closed. */
  embed(texts: readonly string[], role: Role, options?: CallOptions): Promise<{ readonly vectors: Vectors; readonly fingerprint: string }>;
  close(): Promise<void>;
}

export const isRole: ValueCheck = oneOf(['query', 'document']);

/** An embedder that is opened when it is first asked, once; what could not be opened is tried again. One of the caller's is not closed. */
export function lazyEmbedder(name: string, what: EmbedderPart | undefined, models: ModelOptions | undefined): LazyEmbedder {
  let opened: Promise<Embedder> | undefined;
  let isClosed = false;
  const open = (): Promise<Embedder> => {
    if (isClosed) throw new FinetoothError('E_STOPPED', `the model "${name}" was closed before it was asked for more`);
    if (opened !== undefined) return opened;
    const opening = openEmbedder(what, models).then((made) => {
      warnOfPrecision(what, made, models);
      return made.embedder;
    });
    opened = opening;
    opening.catch(() => {
      opened = undefined;
    });
    return opening;
  };
  return {
    embed: async (texts, role, { signal } = {}) => {
      checkTexts(texts);
      const embedder = await unlessStopped(open(), signal);
      const vectors = await unlessStopped(embedder.embed(texts, role, { signal }), signal);
      checkVectors(vectors, texts.length, embedder.dimensions, embedder.fingerprint);
      return { vectors, fingerprint: embedder.fingerprint };
    },
    close: async () => {
      isClosed = true;
      const embedder = await opened?.catch(() => undefined);
      if (embedder !== what) await embedder?.close?.();
    },
  };
}

/** The vectors as lists of numbers, which frameworks pass around. */
export function rowsOf({ data, dimensions, count }: Vectors): number[][] {
  return Array.from({ length: count }, (_, row) => Array.from(data.subarray(row * dimensions, (row + 1) * dimensions)));
}

function checkTexts(texts: readonly unknown[]): void {
  checkValue('what is embedded', texts, list);
  const at = texts.findIndex((text) => typeof text !== 'string');
  if (at >= 0) throw new FinetoothError('E_USAGE', `what is embedded must be texts; number ${at + 1} is ${shown(texts[at])}.`);
}
