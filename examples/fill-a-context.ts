/** What do I put into the prompt of a language model? The best passages that its budget has room for, numbered so that the answer can cite them. */
import { rerank } from 'finetooth';

/** About four characters of English are one token; where it must be exact, count with your model's tokenizer. */
const tokensOf = (text: string): number => Math.ceil(text.length / 4);

function contextOf(passages: readonly string[], budget: number): string {
  const kept: string[] = [];
  let left = budget;
  for (const passage of passages) {
    const numbered = `[${kept.length + 1}] ${passage}`;
    // One that is too long does not keep out a shorter one below it.
    if (tokensOf(numbered) > left) continue;
    left -= tokensOf(numbered);
    kept.push(numbered);
  }
  return kept.join('\n');
}

const passages = [
  'Our offices are closed between Christmas and the first working day of January.',
  'Employees may carry over five days of leave into the next year; they end on 31 March.',
  'Leave is asked for in the portal, at least two weeks before it begins.',
  'The canteen is open from eleven to two.',
];
const question = 'until when can I take leave that is left over from last year?';
const { results } = await rerank(question, passages);
const context = contextOf(
  results.map(({ document }) => document),
  45,
);
console.log(`Answer from these passages alone, and cite their numbers.\n${context}\n\nQuestion: ${question}`);
