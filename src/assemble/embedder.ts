import { cachedEmbedder } from '../embed/cached.ts';
import type { Embedder } from '../embed/embedder.ts';
import { localEmbedder } from '../embed/local.ts';
import { FinetoothError } from '../errors.ts';
import { type EmbeddingModel, isEmbeddingModel } from '../hosted/ai-sdk.ts';
import { looksHosted } from '../hosted/vendors/index.ts';
import type { BiEncoder } from '../model/bi-encoder.ts';
import type { EmbeddingForm } from '../types.ts';
import { hostedEmbedder } from './hosted.ts';
import type { LocalModelOptions, ModelOptions } from './model-options.ts';
import { openModelInForm } from './models.ts';

export interface OpenedEmbedder {
  readonly embedder: Embedder;
  /** Of a local model: what late interaction needs. */
  readonly encoder?: BiEncoder;
  /** The name under which it is opened again; absent for an object. */
  readonly model?: string;
}

export interface EmbedderOptions {
  /** Sees the fingerprint before a local model is loaded, and throws where another is needed. */
  readonly accept?: (fingerprint: string) => void;
  /** Numbers of a vector, those of an index that was made with it. @default what is known of the model */
  readonly dimensions?: number;
  /** How a local model is used. @default as it is */
  readonly form?: EmbeddingForm;
}

/** The one place where an embedder is made: of the name of a local model (the bundled one without), of `vendor:model`, of a model of the AI SDK; an embedder is taken as it is. */
export async function openEmbedder(
  what?: string | Embedder | EmbeddingModel,
  models: ModelOptions = {},
  { accept, dimensions, form }: EmbedderOptions = {},
): Promise<OpenedEmbedder> {
  if (what === undefined || (typeof what === 'string' && !looksHosted(what))) return openLocalEmbedder(what, models, { accept, form });
  if (form !== undefined)
    throw new FinetoothError(
      'E_USAGE',
      (say) =>
        `${say.option('dimensions')}, ${say.option('queryPrompt')} and ${say.option('documentPrompt')} are of a local model by name; this embedder has its own.`,
    );
  const isHosted = typeof what === 'string' || isEmbeddingModel(what);
  const embedder = isHosted ? await hostedEmbedder(what, { ...models.hosted, dimensions }) : what;
  accept?.(embedder.fingerprint);
  const { vectorCache: at } = models;
  return {
    embedder: !isHosted || at === undefined ? embedder : cachedEmbedder(embedder, { at }),
    model: typeof what === 'string' ? what : undefined,
  };
}

/** A local model by name as an embedder, with the model itself. */
export async function openLocalEmbedder(
  name: string | undefined,
  models: LocalModelOptions = {},
  { accept, form }: Pick<EmbedderOptions, 'accept' | 'form'> = {},
) {
  const encoder = await openModelInForm(name, models, { accept, form });
  return { embedder: localEmbedder(encoder), encoder, model: encoder.files.entry.name };
}

/** The name of a model that is on this machine; nothing for a hosted one. */
export function localName(name: string | undefined): string | undefined {
  return name !== undefined && looksHosted(name) ? undefined : name;
}
