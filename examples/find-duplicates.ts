/** Which of my texts say the same thing? Vectors find them in other words too: the most alike pairs first, for a person to look at. */
import { createEmbedder } from 'finetooth';

const texts = [
  'How do I reset my password?',
  'Where can I see my invoices?',
  'I forgot my password, how can I set a new one?',
  'Do you ship to Norway?',
  'Is delivery to Norway possible?',
];

const embedder = await createEmbedder();
const { data, dimensions } = await embedder.embed(texts, 'document');
await embedder.close?.();

/** Vectors have length 1, so this is their cosine. */
const likeness = (a: number, b: number): number => {
  let sum = 0;
  for (let i = 0; i < dimensions; i++) sum += (data[a * dimensions + i] as number) * (data[b * dimensions + i] as number);
  return sum;
};

const pairs = texts.flatMap((_, a) => texts.slice(a + 1).map((_, after) => ({ a, b: a + 1 + after, cosine: likeness(a, a + 1 + after) })));
pairs.sort((one, other) => other.cosine - one.cosine);
for (const { a, b, cosine } of pairs.slice(0, 2)) console.log(`${cosine.toFixed(2)}  ${texts[a]}  =  ${texts[b]}`);
