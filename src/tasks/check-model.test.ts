import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkModel } from './check-model.ts';

const made = mkdtempSync(join(tmpdir(), 'finetooth-check-'));
afterAll(() => rmSync(made, { recursive: true, force: true }));
const tests = join(import.meta.dirname, '../../test');
const golden = JSON.parse(readFileSync(join(tests, 'golden', 'cross_encoders.json'), 'utf8')) as {
  readonly pairs: readonly { readonly query: string; readonly document: string }[];
  readonly models: { readonly bert: { readonly scores: readonly number[] } };
};
const [one, other] = [0, 1].map((i) => ({
  ...(golden.pairs[i] as (typeof golden.pairs)[number]),
  logit: golden.models.bert.scores[i] as number,
}));
const folderWith = (name: string, file: string, content: string): string => {
  const folder = join(made, name);
  cpSync(join(tests, 'tiny-models', 'bert'), folder, { recursive: true });
  writeFileSync(join(folder, file), content);
  return folder;
};
const card = (scores: readonly (number | undefined)[]): string =>
  `# Card\n\`\`\`python\nscores = model.predict([\n  (${JSON.stringify(one?.query)}, ${JSON.stringify(one?.document)}),\n  (${JSON.stringify(other?.query)}, ${JSON.stringify(other?.document)}),\n])\nprint(scores)\n# [${scores.join(' ')}]\n\`\`\`\n`;
const sigmoid = (x = 0): number => 1 / (1 + Math.exp(-x));

describe('checkModel', () => {
  it('agrees with a card that prints logits, and with one that prints what the activation makes of them', async () => {
    for (const [name, scores] of [
      ['logits', [one?.logit, other?.logit]],
      ['shares', [sigmoid(one?.logit), sigmoid(other?.logit)]],
    ] as const) {
      const { examples, sameOrder } = await checkModel(folderWith(name, 'README.md', card(scores)));
      expect(examples.map(({ agrees }) => agrees)).toEqual([true, true]);
      expect(sameOrder).toBe(true);
    }
  });

  it('says which scores differ, and whether their order does', async () => {
    const { examples, sameOrder } = await checkModel(folderWith('other', 'README.md', card([one?.logit, (one?.logit as number) + 9])));
    expect(examples.map(({ agrees }) => agrees)).toEqual([true, false]);
    // Two queries: nothing is said of their order.
    expect(sameOrder).toBe(true);
    const stated = [one, other].map((pair, i) => ({ query: one?.query, document: pair?.document, score: i * 50 - 100 }));
    const swapped = await checkModel(
      folderWith(
        'swapped',
        'finetooth.json',
        JSON.stringify({ examples: stated.map((pair, i) => ({ ...pair, score: i === 0 ? -100 : 100 })) }),
      ),
    );
    const again = await checkModel(
      folderWith(
        'again',
        'finetooth.json',
        JSON.stringify({ examples: stated.map((pair, i) => ({ ...pair, score: i === 0 ? 100 : -100 })) }),
      ),
    );
    expect([swapped.sameOrder, again.sameOrder].toSorted()).toEqual([false, true]);
  });

  it('asks for examples where there are none, and names those that it could not read', async () => {
    await expect(checkModel(join(tests, 'tiny-models', 'roberta'))).rejects.toThrow(/hold no examples with scores\. .*"examples"/);
    await expect(checkModel('bge-small-en-v1.5')).rejects.toMatchObject({ code: 'E_USAGE' });
    const unread =
      '```python\nscores = model.predict(load())\nprint(scores)\n# [0.5 0.25]\n```\n```python\nmodel.rank(query, documents)\n```\n';
    const { unread: told } = await checkModel(folderWith('unread', 'README.md', `${unread}${card([one?.logit, other?.logit])}`));
    expect(told).toEqual([
      { where: 'README.md, line 2', why: 'its pairs and its scores are not equally many, or not written out' },
      { where: 'README.md, line 7', why: 'it prints no scores' },
    ]);
    await expect(checkModel(folderWith('wrong', 'finetooth.json', '{"examples": [{"query": "a"}]}'))).rejects.toThrow(
      /"examples\.0\.document"/,
    );
  });

  it('agrees with the card of the bundled reranker', async () => {
    const { examples, sameOrder } = await checkModel('ms-marco-minilm-l-12-v2');
    expect(examples.map(({ agrees }) => agrees)).toEqual([true, true]);
    expect(sameOrder).toBe(true);
  });
});
