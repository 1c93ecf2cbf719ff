/** The peer: a sequence classifier of @huggingface/transformers with the same int8 file, the list as one batch, as its model cards show it. */
import { pathToFileURL } from 'node:url';
import { peerModels, peerModule, peerRerankerName } from '../install-peer.ts';
import { threads } from './contender.ts';
import { serveList } from './list.ts';

/** The part of @huggingface/transformers that is used. */
interface Loaded {
  from_pretrained(name: string, options?: unknown): Promise<unknown>;
}
interface Transformers {
  readonly env: { allowRemoteModels: boolean; allowLocalModels: boolean; localModelPath: string };
  readonly AutoTokenizer: Loaded;
  readonly AutoModelForSequenceClassification: Loaded;
}

const { env, AutoTokenizer, AutoModelForSequenceClassification } = (await import(pathToFileURL(peerModule).href)) as Transformers;
env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = peerModels;
const tokenizer = (await AutoTokenizer.from_pretrained(peerRerankerName)) as (
  texts: readonly string[],
  options: { readonly text_pair: readonly string[]; readonly padding: true; readonly truncation: true },
) => unknown;
const model = (await AutoModelForSequenceClassification.from_pretrained(peerRerankerName, {
  dtype: 'q8',
  device: 'cpu',
  session_options: { intraOpNumThreads: threads },
})) as (inputs: unknown) => Promise<{ readonly logits: { readonly data: Float32Array } }>;

serveList(async (query, texts) => {
  const inputs = tokenizer(
    texts.map(() => query),
    { text_pair: texts, padding: true, truncation: true },
  );
  return [...(await model(inputs)).logits.data];
});
