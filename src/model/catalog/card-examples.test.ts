import { expect, it } from 'vitest';
import { cardExamples } from './card-examples.ts';

const fence = (language: string, code: string): string => `# A model\n\`\`\`${language}\n${code}\n\`\`\`\nand more\n`;

it.each([
  [
    'pairs within the call',
    `model = CrossEncoder("a/b")\nscores = model.predict([\n    ("How many?", "It's 3 \\"or\\" 4"),\n    ('Where?', 'Here'),\n])\nprint(scores)\n# [ 8.607138 -4.320078]`,
    [
      { query: 'How many?', document: 'It\'s 3 "or" 4', score: 8.607138 },
      { query: 'Where?', document: 'Here', score: -4.320078 },
    ],
  ],
  [
    'pairs in a list before it',
    `pairs = [["q", "one"], ["q", "two"]]\nscores = model.predict(pairs)\n# tensor([0.75, 2.5e-3])`,
    [
      { query: 'q', document: 'one', score: 0.75 },
      { query: 'q', document: 'two', score: 0.0025 },
    ],
  ],
  [
    'a query and its passages',
    `query = "Which planet?"\npassages = [\n    "Venus, the twin",\n    "Mars",\n]\nscores = model.predict([(query, passage) for passage in passages])\nprint(scores)\n# [-1.5\n#  9.25]`,
    [
      { query: 'Which planet?', document: 'Venus, the twin', score: -1.5 },
      { query: 'Which planet?', document: 'Mars', score: 9.25 },
    ],
  ],
  [
    'a loop over rank, which prints each text behind its score',
    `ranked = model.rank(\n    query="Which planet?",\n    documents=[\n        "Venus, the twin.",\n        "Mars",\n    ],\n    top_k=2,\n)\nfor r in ranked:\n    print(f"({r['score']:.2f}): {r['text']}")\n# (10.82): Mars\n# (-9.5): Venus, the twin.`,
    [
      { query: 'Which planet?', document: 'Mars', score: 10.82 },
      { query: 'Which planet?', document: 'Venus, the twin.', score: -9.5 },
    ],
  ],
])('reads %s', (_, code, wanted) => {
  expect(cardExamples(fence('python', code))).toEqual(wanted);
});

it.each([
  ['no block', 'model.predict([("a", "b")])\n# [1.0]'],
  ['another language', fence('js', 'model.predict([["a", "b"]])\n# [1.0]')],
  ['no scores', fence('python', 'model.predict([("a", "b")])\nprint(scores)\n# (3,)')],
  ['fewer scores than pairs', fence('python', 'model.predict([("a", "b"), ("a", "c")])\n# [1.0]')],
  ['what is no text', fence('python', 'model.predict(pairs)\n# [1.0]')],
  ['a block that never ends', '```python\nmodel.predict([("a", "b")])\n# [1.0]'],
])('finds none in %s', (_, card) => {
  expect(cardExamples(card)).toEqual([]);
});
