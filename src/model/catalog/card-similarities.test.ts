import { describe, expect, it } from 'vitest';
import { cardSimilarities } from './card-similarities.ts';
import { widgetExamples } from './card-widgets.ts';

const fence = (code: string): string => `# A model\n\`\`\`python\n${code}\n\`\`\`\nand more\n`;
const plain = (text: string) => ({ text, prompt: 'none' });

it('reads sentences against themselves, as every card of sentence-transformers has them', () => {
  const { examples, unread } = cardSimilarities(
    fence(`from sentence_transformers import SentenceTransformer

model = SentenceTransformer("owner/name")
sentences = [
    "The weather is lovely today.",  # a comment
    'It\\'s so sunny '
    "outside!",
]
embeddings = model.encode(sentences)
print(embeddings.shape)
# [2, 384]

similarities = model.similarity(embeddings, embeddings)
print(similarities)
# tensor([[1.0000, 0.6660],
#         [0.6660, 1.0000]])`),
  );
  expect(unread).toEqual([]);
  expect(examples).toHaveLength(4);
  expect(examples[1]).toEqual({ query: plain('The weather is lovely today.'), document: plain("It's so sunny outside!"), score: 0.666 });
});

it.each<[string, string, unknown, unknown]>([
  [
    'a query and documents',
    `query = "Which planet?"\ndocuments = ["Venus", "Mars"]\nquery_embedding = model.encode_query(query)\ndocument_embeddings = model.encode_document(documents)\nsimilarities = model.similarity(query_embedding, document_embeddings)\nprint(similarities)\n# tensor([[0.3011, 0.6359]])`,
    { text: 'Which planet?', prompt: 'query' },
    { text: 'Mars', prompt: 'document' },
  ],
  [
    'a prompt by its name, and a product',
    `queries = ["Which planet?"]\ndocuments = ["Venus", "Mars"]\nq = model.encode(queries, prompt_name="s2p_query", normalize_embeddings=True)\nd = model.encode(documents, normalize_embeddings=True)\nscores = q @ d.T\nprint(scores.tolist())\n# [[0.3011, 0.6359]]`,
    { text: 'Which planet?', prompt: { name: 's2p_query' } },
    plain('Mars'),
  ],
  [
    'a prompt in words, texts in the call, and cos_sim',
    `q = model.encode(["Which planet?"], prompt="find: ")\nd = model.encode(["Venus", "Mars"])\nprint(util.cos_sim(q, d))\n# tensor([[0.3011, 0.6359]])`,
    { text: 'Which planet?', prompt: { words: 'find: ' } },
    plain('Mars'),
  ],
  [
    'PyLate, and numbers on the same line',
    `queries = ["Which planet?"]\ndocuments = ["Venus", "Mars"]\nq = model.encode(queries, is_query=True)\nd = model.encode(documents, is_query=False)\nmodel.similarity(q, d)  # tensor([[0.3011, 0.6359]])`,
    { text: 'Which planet?', prompt: 'query' },
    { text: 'Mars', prompt: 'document' },
  ],
  [
    'one list that is cut in two',
    `input_texts = ["query: Which planet?", "passage: Venus", "passage: Mars"]\nembeddings = model.encode(input_texts)\nscores = embeddings[:1] @ embeddings[1:].T\nprint(scores)\n# [[0.3011 0.6359]]`,
    plain('query: Which planet?'),
    plain('passage: Mars'),
  ],
  [
    'a column for a query',
    `query = "Which planet?"\ndocuments = ["Venus", "Mars"]\nq = model.encode_query(query)\nd = model.encode_document(documents)\nprint(model.similarity(q, d))\n# [[0.3011],\n#  [0.6359]]`,
    { text: 'Which planet?', prompt: 'query' },
    { text: 'Mars', prompt: 'document' },
  ],
])('reads %s', (_, code, query, document) => {
  const { examples, unread } = cardSimilarities(fence(code));
  expect(unread).toEqual([]);
  expect(examples).toHaveLength(2);
  expect(examples[1]).toEqual({ query, document, score: 0.6359 });
});

describe('says of a block that it cannot read', () => {
  const encoded = 'sentences = ["one", "two"]\ne = model.encode(sentences)\n';
  it.each([
    ['no numbers', `${encoded}print(model.similarity(e, e).shape)\nx = 1`, 'it prints no numbers'],
    [
      'shortened numbers',
      `${encoded}print(model.similarity(e, e))\n# tensor([[1.0, ...,\n#  0.5]])`,
      'its numbers are shortened, or no matrix',
    ],
    ['a shape', `${encoded}print(model.similarity(e, e).shape)\n# torch.Size([2, 2])`, 'it has 2 × 2 texts, and 1 × 2 numbers'],
    ['texts that are not shown', 'e = model.encode(load())\nprint(model.similarity(e, e))\n# [[1.0]]', 'it does not show the texts of e'],
    [
      'a prompt that is computed',
      'e = model.encode(["one"], prompt=make())\nprint(model.similarity(e, e))\n# [[1.0]]',
      'it does not show the texts of e',
    ],
    ['other numbers than texts', `${encoded}print(model.similarity(e, e))\n# [[1.0, 0.5, 0.2]]`, 'it has 2 × 2 texts, and 1 × 3 numbers'],
  ])('%s', (_, code, why) => {
    expect(cardSimilarities(fence(code))).toEqual({ examples: [], unread: [{ where: 'README.md, line 3', why }] });
  });

  it('and nothing of blocks that compare nothing', () => {
    expect(cardSimilarities(fence('pip install sentence-transformers'))).toEqual({ examples: [], unread: [] });
  });
});

it('reads widgets of the front matter that state what comes out', async () => {
  const card = `---
license: mit
widget:
- source_sentence: A cat
  sentences: [A dog, A kitten]
  output: [0.25, 0.75]
- source_sentence: A cat
  sentences: [A dog]
  output:
  - {label: similarity, score: 0.25}
- source_sentence: A cat
  sentences: [A dog]
- text: A cat
  output: [1]
---
# Card`;
  const { examples, unread } = await widgetExamples(card);
  expect(examples.map(({ document, score }) => [document.text, score])).toEqual([
    ['A dog', 0.25],
    ['A kitten', 0.75],
    ['A dog', 0.25],
  ]);
  expect(unread).toEqual([
    { where: 'widget of README.md, 3', why: 'it states no scores' },
    { where: 'widget of README.md, 4', why: 'it has no number for each of its sentences' },
  ]);
  expect(await widgetExamples('# Card')).toEqual({ examples: [], unread: [] });
  expect((await widgetExamples('---\nwidget: [\n---\n')).unread).toEqual([
    { where: 'widget of README.md', why: 'the front matter is not YAML' },
  ]);
});
