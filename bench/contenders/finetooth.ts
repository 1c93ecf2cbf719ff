/** Ours: the embedder that an index uses. */
import { localEmbedder, openModel } from '../../src/embedders.ts';
import { serveContender, threads } from './contender.ts';

const embedder = localEmbedder(await openModel('all-MiniLM-L6-v2', { threads, offline: true }));
await embedder.load?.();

serveContender(async (texts) => (await embedder.embed(texts, 'document')).data);
