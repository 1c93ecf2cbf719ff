import type { Embedder } from '../embed/embedder.ts';
import { createHostedEmbedder, type HostedEmbedderOptions, type HostedEmbedSource } from '../embed/hosted.ts';
import { FinetoothError } from '../errors.ts';
import {
  type EmbeddingModel,
  embedWith,
  isEmbeddingModel,
  isLanguageModel,
  isRerankingModel,
  type RerankingModel,
  rerankWith,
} from '../hosted/ai-sdk.ts';
import { hostedName } from '../hosted/check-answer.ts';
import { addressOf, openConnection } from '../hosted/connection.ts';
import type { HostedOptions, HostedSource } from '../hosted/model.ts';
import type { Connection, LanguageModel, Vendor } from '../hosted/vendor.ts';
import { knownModel } from '../hosted/vendor-model.ts';
import { vendorKnownAs, vendorNamed, vendors } from '../hosted/vendors/index.ts';
import { createHostedReranker, type HostedRerankSource } from '../rerank/parts/hosted.ts';
import { type LanguageModelOptions, languageModelReranker } from '../rerank/parts/language-model.ts';
import type { Reranker } from '../rerank/reranker.ts';
import { named } from '../rerank/short-names.ts';
import { checkArguments, either, text, when } from '../wording/check-options.ts';
import { checkHostedEmbedderOptions, checkHostedOptions } from './check-hosted.ts';

/** Names that make a reranker of a language model, and how it is asked. */
const languageModes = { llm: 'listwise', 'llm-graded': 'graded' } as const;

const isHosted = either(
  'a name like "cohere:rerank-v3.5", or a reranking or language model of the AI SDK',
  text,
  when('a model', isRerankingModel),
  when('a model', isLanguageModel),
);

/**
 * A reranker behind an API: `vendor:model` (`cohere:rerank-v3.5`, see `finetooth providers`), `llm:vendor:model` or `llm-graded:vendor:model` for a
 * language model, or a reranking or language model of the AI SDK as it is. Nothing is asked, and no key looked for, before the first call.
 *
 * @example
 * import { rerank } from 'finetooth';
 * import { createBudget, hosted } from 'finetooth/hosted';
 *
 * const model = hosted('cohere:rerank-v3.5', { budget: createBudget(0.5), deadlineMs: 3000 }); // COHERE_API_KEY
 * const { results, usage } = await rerank('bats', ['Wheat rose.', 'Bats hunt by echo.'], { model });
 * console.log(results[0].document, usage.cost);
 *
 * @throws E_MODEL_UNKNOWN for a vendor that is not known or does not rerank, E_USAGE for a name without a model and for an option that there is not; calls throw as `createHostedReranker`
 */
export function hosted(what: string | RerankingModel | LanguageModel, options: LanguageModelOptions = {}): Reranker {
  checkArguments("hosted('cohere:rerank-v3.5')", { model: [what, isHosted] });
  checkHostedOptions(options);
  if (typeof what === 'string') {
    const at = what.indexOf(':');
    const mode = languageModes[what.slice(0, at) as keyof typeof languageModes];
    return named(
      what,
      mode === undefined
        ? createHostedReranker(rerankSource(what, options), options)
        : languageModelReranker(languageSource(what.slice(at + 1), options), { mode, ...options }),
    );
  }
  if (isRerankingModel(what)) {
    const { name, vendor } = ownNameOf(what);
    const known = vendor?.rerank && knownModel(vendor, 'rerank', what.modelId);
    const { limits = { documents: 1000 }, price, readsList = false } = known ?? {};
    return named(name, createHostedReranker({ name, limits, price, readsList, open: async () => ({ send: rerankWith(what) }) }, options));
  }
  if (isLanguageModel(what)) {
    const { name, vendor } = ownNameOf(what);
    return named(name, languageModelReranker({ name, limits: {}, price: vendor?.price, open: async () => ({ send: what }) }, options));
  }
  throw new FinetoothError('E_BUG', 'hosted was given a model of no kind. This is a mistake of finetooth.');
}

/**
 * An embedder behind an API: `vendor:model` (`together:BAAI/bge-base-en-v1.5`), or an embedding model of the AI SDK as it is. Where the number of
 * dimensions is not known, one text is embedded to find out.
 *
 * @example
 * import { openIndex } from 'finetooth';
 * import { hostedEmbedder } from 'finetooth/hosted';
 *
 * const embedder = await hostedEmbedder('together:BAAI/bge-base-en-v1.5'); // TOGETHER_API_KEY
 * const index = await openIndex('./hosted', { create: { fields: ['text'] }, embedder });
 * await index.close();
 *
 * @throws as `hosted`
 */
export async function hostedEmbedder(what: string | EmbeddingModel, options: HostedEmbedderOptions = {}): Promise<Embedder> {
  checkHostedEmbedderOptions(options);
  checkArguments("hostedEmbedder('together:BAAI/bge-base-en-v1.5')", {
    what: [
      what,
      either(
        'a name such as "together:BAAI/bge-base-en-v1.5", or an embedding model of the AI SDK',
        text,
        when('a model', isEmbeddingModel),
      ),
    ],
  });
  if (typeof what === 'string') return createHostedEmbedder(embedSource(what, options), options);
  const most = await what.maxEmbeddingsPerCall;
  const { name, vendor } = ownNameOf(what);
  const known = vendor?.embed && knownModel(vendor, 'embed', what.modelId);
  const limits = { ...known?.limits, documents: most ?? known?.limits.documents };
  return createHostedEmbedder({ name, limits, price: known?.price, open: async () => ({ send: embedWith(what) }) }, options);
}

/** Whether a reranker's name, as `hosted` takes it, is that of a server of one's own, which bills no one. Throws E_MODEL_UNKNOWN. */
export function isOfOneself(name: string): boolean {
  const [first = '', second = ''] = name.split(':');
  return vendorNamed(first in languageModes ? second : first).keyless === true;
}

function rerankSource(name: string, options: HostedOptions): HostedRerankSource {
  const [vendor, model] = parted(name);
  const { rerank } = vendor;
  if (rerank === undefined) throw cannot(vendor, 'rerank', 'rerank API: "llm:" before the name makes a reranker of a language model');
  const { row, limits, price, readsList, servedBy } = knownModel(vendor, 'rerank', model);
  return sourceOf(vendor, model, options, { limits, price, readsList, servedBy }, (connection) => rerank.open(model, connection, row));
}

function languageSource(name: string, options: HostedOptions): HostedSource<LanguageModel> {
  const [vendor, model] = parted(name);
  const { languageModel } = vendor;
  if (languageModel === undefined) throw cannot(vendor, 'languageModel', 'language models that are known here');
  return sourceOf(vendor, model, options, { limits: {}, price: vendor.price }, (connection) => languageModel(model, connection));
}

/** The vendor of a model of the AI SDK, whose provider is called `cohere.reranking` and the like, and the model's name here. */
function ownNameOf({ provider, modelId }: { readonly provider: string; readonly modelId: string }) {
  const [first = provider] = provider.split('.');
  const vendor = vendorKnownAs(first);
  return { name: `${vendor?.name ?? first}:${modelId}`, vendor };
}

/** `vendor:model` in its two parts; a model may have colons of its own. */
function parted(name: string): readonly [Vendor, string] {
  const at = name.indexOf(':');
  const vendor = vendorNamed(at < 0 ? name : name.slice(0, at));
  const model = at < 0 ? '' : name.slice(at + 1);
  hostedName(vendor.name, model);
  return [vendor, model];
}

function cannot(vendor: Vendor, what: 'rerank' | 'embed' | 'languageModel', words: string): FinetoothError {
  const others = vendors.filter((one) => one[what] !== undefined).map(({ name }) => name);
  return new FinetoothError('E_MODEL_UNKNOWN', `${vendor.title} has no ${words}; ${others.join(', ')} have.`);
}

/** Everything that is known of a vendor's model, and how it is opened: with the vendor's key and address, on first use. */
const sourceOf = <Known extends Pick<HostedSource<never>, 'limits' | 'price'>, Send>(
  vendor: Vendor,
  model: string,
  options: HostedOptions,
  known: Known,
  connect: (connection: Connection) => Send | Promise<Send>,
): HostedSource<Send> & Known => ({
  ...known,
  name: `${vendor.name}:${model}`,
  address: addressOf(vendor, options),
  keyVariable: vendor.keyVariables[0],
  baseVariable: vendor.baseVariable,
  open: async () => {
    const connection = openConnection(vendor, options);
    return { send: await connect(connection), key: connection.key };
  },
});

function embedSource(name: string, options: HostedOptions): HostedEmbedSource {
  const [vendor, model] = parted(name);
  const { embed } = vendor;
  if (embed === undefined) throw cannot(vendor, 'embed', 'embedding API');
  const { row, limits, price, dimensions } = knownModel(vendor, 'embed', model);
  return sourceOf(vendor, model, options, { limits, price, dimensions }, (connection) => embed.open(model, connection, row));
}
