import { afterAll, beforeAll, describe, it } from 'vitest';
import { openCrossEncoder } from '../../src/assemble/models.ts';
import { createRerankerBuilder, openCrossEncoderReranker, openLateInteraction } from '../../src/assemble/reranker.ts';
import { rerankerContract, rerankerWrapperContract } from '../../src/contracts/reranker.ts';
import { createModelSessions, openModel } from '../../src/embedders.ts';
import type { LanguageModel } from '../../src/hosted/vendor.ts';
import { hosted } from '../../src/hosted.ts';
import { createReranker, FinetoothError, type Reranker, type RerankingModel } from '../../src/index.ts';
import { sigmoid } from '../../src/rerank/calibration.ts';
import { calibrated } from '../../src/rerank/wrappers/calibrated.ts';
import { chunked } from '../../src/rerank/wrappers/chunked.ts';
import { lazyReranker } from '../../src/rerank/wrappers/lazy.ts';
import { remembering } from '../../src/rerank/wrappers/remembering.ts';
import { cached, cascade, fallback, firstStageOrder } from '../../src/rerankers.ts';
import { workFolder } from '../finetooth.ts';
import { cohere } from '../vendors/protocols/cohere.ts';
import { jina } from '../vendors/protocols/jina.ts';
import { startVendor, type VendorServer } from '../vendors/server.ts';

const halves = async (_: string, list: readonly string[]) =>
  list.map((text) => [[0, Math.ceil(text.length / 2)] as const, [Math.ceil(text.length / 2), text.length] as const]);
const other: Reranker = { fingerprint: 'other@1', score: async (_, list) => ({ scores: new Float32Array(list.length) }) };

const wrappers: Readonly<Record<string, (inner: Reranker) => Reranker | Promise<Reranker>>> = {
  cached: (inner) => cached(inner),
  'cached in a folder': (inner) => cached(inner, { at: workFolder() }),
  remembering: (inner) => remembering(inner),
  calibrated: (inner) => calibrated(inner, sigmoid),
  chunked: (inner) => chunked(inner, halves),
  lazy: (inner) => lazyReranker('lazy@1', async () => inner),
  fallback: (inner) => fallback([inner]),
  'the second of a fallback': (inner) => fallback([failing, inner]),
  'a cascade of one': (inner) => cascade([inner]),
  'the first of a cascade': (inner) => cascade([inner, other]),
  'the second of a cascade': (inner) => cascade([other, inner]),
  'all of them': (inner) => cached(lazyReranker('lazy@1', async () => fallback([calibrated(cascade([inner, other]), sigmoid)]))),
};
const failing: Reranker = { fingerprint: 'failing@1', score: () => Promise.reject(new FinetoothError('E_VENDOR_DOWN', 'out of order')) };

describe.each(Object.entries(wrappers))('%s', (_, wrap) => {
  for (const { name, run } of rerankerWrapperContract(wrap)) it(name, run);
});

/** Held for all cases, so that each opens a model that runs already. */
const sessions = createModelSessions();
const held: { close(): Promise<unknown> }[] = [];
const vendors: Record<string, VendorServer> = {};
beforeAll(async () => {
  held.push(await openModel(undefined, { sessions }), await openCrossEncoder('ms-marco-minilm-l-12-v2', { sessions }));
  for (const protocol of [cohere, jina]) vendors[protocol.vendor] = await startVendor(protocol, 8);
});
afterAll(async () => {
  for (const one of [...held, ...Object.values(vendors)]) await one.close();
});
const variables = (protocol: typeof cohere) => protocol.variables((vendors[protocol.vendor] as VendorServer).url);

const sdkModel: RerankingModel = {
  specificationVersion: 'v4',
  provider: 'fake',
  modelId: 'ranker',
  doRerank: async ({ documents }) => ({ ranking: documents.values.map((text, index) => ({ index, relevanceScore: text.length })) }),
};
/** Ranks by length, or grades all alike. */
const languageModel: LanguageModel = {
  specificationVersion: 'v4',
  provider: 'fake',
  modelId: 'thinker',
  doGenerate: async ({ prompt }) => {
    const user = (prompt[1].content as readonly { readonly text: string }[])[0]?.text as string;
    const { documents } = JSON.parse(/<data>(.*)<\/data>/s.exec(user)?.[1] as string) as { documents?: { number: number; text: string }[] };
    const answer =
      documents === undefined
        ? { grade: 5 }
        : { ranking: documents.toSorted((a, b) => b.text.length - a.text.length).map(({ number }) => number) };
    return { content: [{ type: 'text', text: JSON.stringify(answer) }], usage: { inputTokens: 10, outputTokens: 5 } };
  },
};

const makers: Readonly<Record<string, () => Reranker | Promise<Reranker>>> = {
  'the order of the first stage': firstStageOrder,
  'late interaction': async () => openLateInteraction(await openModel(undefined, { sessions })),
  'late interaction over chunks': async () => openLateInteraction(await openModel(undefined, { sessions }), { longDocuments: 'chunk' }),
  'a cross-encoder': () => openCrossEncoderReranker(undefined, { sessions }),
  'a cross-encoder over chunks': () => openCrossEncoderReranker(undefined, { sessions, longDocuments: 'chunk' }),
  'a cross-encoder over sentences': () => openCrossEncoderReranker(undefined, { sessions, longDocuments: 'sentences' }),
  'one that is opened on first use': () => createReranker(undefined, { sessions }),
  'what the builder makes': () =>
    createRerankerBuilder({ models: { sessions } }).build(['late-interaction', 'default'], {
      fallback: ['first-stage'],
      scoreCache: workFolder(),
    }),
  'a hosted one': () => hosted(`cohere:${cohere.rerank?.model}`, { variables: variables(cohere) }),
  'a hosted one that reads lists': () => hosted('jina:jina-reranker-v3', { variables: variables(jina) }),
  'one of the AI SDK': () => hosted(sdkModel),
  'a language model that sorts lists': () => hosted(languageModel),
  'a language model that grades': () => hosted(languageModel, { mode: 'graded' }),
};

describe.each(Object.entries(makers))('%s', (_, make) => {
  for (const { name, run } of rerankerContract(make)) it(name, run);
});
