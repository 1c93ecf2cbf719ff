/**
 * How do I say "nothing found" rather than show the least bad? Fit probabilities to some of your own judged queries, then keep what is likely.
 * Real fits want dozens of queries; ask some that nothing answers, and look at what they get, before you choose the threshold.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createReranker, rerank } from 'finetooth';
import { calibrate } from 'finetooth/tasks';

const answers = [
  ['A parcel that is lost is sent again at our cost.', 'is a lost parcel sent again', 'my parcel did not come'],
  ['Your money is back five days after the return.', 'when do I get my money back', 'how long does a refund take'],
  ['Gift cards do not expire.', 'do gift cards expire', 'how long is a gift card valid'],
  ['You can change your address in your account.', 'how do I change my address', 'I have moved to a new address'],
  ['The shop is open from nine to six.', 'when is the shop open', 'what are your opening hours'],
  ['We take all credit cards.', 'can I pay by credit card', 'which cards do you take'],
  ['Students get a discount of ten per cent.', 'is there a discount for students', 'what do students pay'],
];
const queries = answers.flatMap(([, ...asked], at) => asked.map((text, which) => ({ _id: `q${at}-${which}`, text, answer: `a${at}` })));
const lines = (values: readonly object[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');
mkdirSync('judged', { recursive: true });
writeFileSync('judged/corpus.jsonl', lines(answers.map(([text], at) => ({ _id: `a${at}`, text }))));
writeFileSync('judged/queries.jsonl', lines(queries.map(({ _id, text }) => ({ _id, text }))));
writeFileSync('judged/qrels.tsv', `query-id\tcorpus-id\tscore\n${queries.map(({ _id, answer }) => `${_id}\t${answer}\t1\n`).join('')}`);

const { file, heldOut } = await calibrate({ data: './judged', workFolder: './calibration' });
console.log('error of the stated probabilities, on queries that had no part in the fit:', heldOut.calibrationError.toFixed(2));
const model = createReranker('default', { calibration: file });
const texts = answers.map(([text]) => text as string);
for (const query of ['was my parcel lost', 'who won the world cup in 1954']) {
  const { results } = await rerank(query, texts, { model, minScore: 0.5 });
  console.log(`${query}:`, results[0]?.document ?? 'nothing found');
}
await model.close?.();
