import { FinetoothError } from '../../errors.ts';
import { type BiEncoder, fingerprintOf, openBiEncoder } from '../bi-encoder.ts';
import type { BiEncoderEntry, CrossEncoderEntry, ModelFiles, SparseEncoderEntry } from '../catalog/model-entry.ts';
import { type CrossEncoder, openCrossEncoder } from '../cross-encoder.ts';
import { openSparseEncoder, type SparseEncoder } from '../sparse-encoder.ts';
import type { PoolOptions } from './open-pool.ts';

/**
 * Models that are open, each once: whoever asks for one that somebody holds gets the same workers, as the first one opened them. What is
 * given is closed by whoever got it; the workers end with the last.
 */
export interface ModelSessions {
  biEncoder(files: ModelFiles<BiEncoderEntry>, options?: PoolOptions): Promise<BiEncoder>;
  crossEncoder(files: ModelFiles<CrossEncoderEntry>, options?: PoolOptions): CrossEncoder;
  sparseEncoder(files: ModelFiles<SparseEncoderEntry>, options?: PoolOptions): SparseEncoder;
}

interface Held<Model> {
  readonly model: Model;
  holders: number;
}

/**
 * Models that several share: see `ModelSessions`.
 *
 * @example
 * import { createModelSessions, openModel } from 'finetooth/embedders';
 *
 * const sessions = createModelSessions();
 * const one = await openModel('bge-small-en-v1.5', { sessions });
 * const other = await openModel('bge-small-en-v1.5', { sessions }); // the same workers
 * await Promise.all([one.close(), other.close()]);
 */
export function createModelSessions(): ModelSessions {
  const biEncoders = createRegistry<Promise<BiEncoder>>(async (opening) => (await opening.catch(() => undefined))?.close());
  const crossEncoders = createRegistry<CrossEncoder>((model) => model.close());
  const sparseEncoders = createRegistry<SparseEncoder>((model) => model.close());
  const keyOf = ({ modelPath, sha256, entry }: ModelFiles, { runtime = 'auto', threads, device = 'cpu' }: PoolOptions): string =>
    JSON.stringify([modelPath, sha256, entry, runtime, threads ?? null, device]);
  return {
    biEncoder: async (files, options = {}) => {
      const { model, isClosed, close } = biEncoders(keyOf(files, options), () => openBiEncoder(files, options));
      try {
        return { ...guarded(await model, fingerprintOf(files), isClosed), close };
      } catch (error) {
        await close();
        throw error;
      }
    },
    crossEncoder: (files, options = {}) => {
      const { model, isClosed, close } = crossEncoders(keyOf(files, options), () => openCrossEncoder(files, options));
      return { ...guarded(model, model.fingerprint, isClosed), close };
    },
    sparseEncoder: (files, options = {}) => {
      const { model, isClosed, close } = sparseEncoders(keyOf(files, options), () => openSparseEncoder(files, options));
      return { ...guarded(model, model.fingerprint, isClosed), close };
    },
  };
}

/** Counts who holds what; `part` makes what a holder sees of the model, refused after its own close. */
function createRegistry<Model>(close: (model: Model) => Promise<void>) {
  const held = new Map<string, Held<Model>>();
  return (key: string, open: () => Model): { readonly model: Model; isClosed(): boolean; close(): Promise<void> } => {
    const one = held.get(key) ?? { model: open(), holders: 0 };
    one.holders++;
    held.set(key, one);
    let closed = false;
    return {
      model: one.model,
      isClosed: () => closed,
      close: async () => {
        if (closed) return;
        closed = true;
        if (--one.holders > 0) return;
        held.delete(key);
        await close(one.model);
      },
    };
  };
}

/** Every function of a part, refused once its holder has closed it. */
const guarded = <Part extends object>(part: Part, name: string, isClosed: () => boolean): Part =>
  Object.fromEntries(
    Object.entries(part).map(([key, value]) => [
      key,
      typeof value !== 'function'
        ? value
        : async (...words: unknown[]): Promise<unknown> => {
            if (isClosed()) throw closedError(name);
            return (value as (...all: unknown[]) => unknown)(...words);
          },
    ]),
  ) as Part;

const closedError = (name: string): FinetoothError =>
  new FinetoothError('E_STOPPED', `the model ${name} was closed before it was asked for more`);
