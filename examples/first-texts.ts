/** Ranks texts with the models that come with the package. */
import { rerank } from 'finetooth';

const texts = ['Wheat is ground and baked.', 'Bats find their way by echolocation.', 'Owls see well at night.'];
const { results } = await rerank('how do bats find their way', texts, { top: 2 });
for (const { document, relevanceScore } of results) console.log(relevanceScore.toFixed(2), document);
