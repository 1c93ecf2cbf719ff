/** The peer: the feature-extraction pipeline of @huggingface/transformers, texts in batches in the order in which they come. */
import { pathToFileURL } from 'node:url';
import { peerModelName, peerModels, peerModule } from '../install-peer.ts';
import { serveContender, threads } from './contender.ts';

/** The part of @huggingface/transformers that is used. */
interface Transformers {
  readonly env: { allowRemoteModels: boolean; allowLocalModels: boolean; localModelPath: string };
  pipeline(
    task: 'feature-extraction',
    model: string,
    options: { readonly dtype: 'q8'; readonly device: 'cpu'; readonly session_options: { readonly intraOpNumThreads: number } },
  ): Promise<
    (texts: readonly string[], options: { readonly pooling: 'mean'; readonly normalize: true }) => Promise<{ readonly data: Float32Array }>
  >;
}

const batch = Number(process.argv[3]);
const { env, pipeline } = (await import(pathToFileURL(peerModule).href)) as Transformers;
env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = peerModels;
const extract = await pipeline('feature-extraction', peerModelName, {
  dtype: 'q8',
  device: 'cpu',
  session_options: { intraOpNumThreads: threads },
});

serveContender(async (texts) => {
  const parts: Float32Array[] = [];
  for (let at = 0; at < texts.length; at += batch) {
    const { data } = await extract(texts.slice(at, at + batch), { pooling: 'mean', normalize: true });
    parts.push(data);
  }
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
});
