import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { catalog } from './catalog.ts';
import { recipes } from './recipes.ts';

const golden = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../test/golden', name), 'utf8')) as Record<string, object>;

/** The tiny model of whose form each cross-encoder is, by the class in its config.json where the graph has the head. */
const architectures: Readonly<Record<string, string>> = {
  'ms-marco': 'bert',
  'ms-marco-multibert': 'bert-two-labels',
  'bge-reranker': 'xlm-roberta',
  'mxbai-rerank': 'deberta-v2',
  'jina-reranker-v1': 'bert',
  'jina-reranker-v2': 'xlm-roberta',
  'gte-reranker-modernbert': 'modernbert',
  mmarco: 'xlm-roberta',
  'qwen3-reranker': 'qwen3',
};

it('has a golden for every way of scoring that the catalogue names', () => {
  const graphs = golden('cross_encoders.json').models as Readonly<Record<string, object>>;
  const { scores } = golden('rerankers.json') as { scores: Record<string, readonly number[]> };
  const without = catalog.flatMap((entry) => {
    if (entry.kind !== 'cross-encoder') return [];
    if (entry.scoring.form === 'head') {
      const layers = entry.scoring.layers.map((layer) => (layer.kind === 'dense' ? layer.activation : layer.kind)).join();
      return entry.scoring.pooling === 'cls' && layers === 'gelu,layer-norm,identity' && scores.ettin !== undefined ? [] : [entry.name];
    }
    const prefix = Object.keys(architectures)
      .toSorted((a, b) => b.length - a.length)
      .find((start) => entry.name.startsWith(start));
    return prefix !== undefined && graphs[architectures[prefix] as string] !== undefined ? [] : [entry.name];
  });
  expect(without).toEqual([]);
  const named = Object.keys(recipes).filter(
    (name) => scores[name] === undefined && !(name === 'qwen3-reranker' && graphs.qwen3 !== undefined),
  );
  expect(named).toEqual([]);
});
