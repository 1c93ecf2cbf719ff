/** Ranks with the AI SDK on this machine. */
import { rerank } from 'ai';
import { finetooth } from 'finetooth/ai-sdk';

const documents = ['Wheat is ground and baked.', 'Bats find their way by echolocation.'];
const { ranking } = await rerank({ model: finetooth.rerankingModel('default'), query: 'how do bats find their way', documents, topN: 1 });
console.log(ranking[0]?.document);
