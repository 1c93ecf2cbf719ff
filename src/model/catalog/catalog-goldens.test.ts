import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { catalog } from './catalog.ts';
import { type KnownRepository, knownRepositories } from './known-repositories.ts';
import type { ModelEntry, Scoring } from './model-entry.ts';
import { recipes } from './recipes.ts';

const tests = join(import.meta.dirname, '../../../test');
const json = <T>(path: string): T => JSON.parse(readFileSync(join(tests, path), 'utf8')) as T;
const architectureIn = (folder: string): string => json<{ readonly model_type: string }>(`${folder}/config.json`).model_type;

/** Architecture, head and pooling of every tiny model whose numbers a reference library gave: what a test compares. */
function withGoldens(): ReadonlySet<string> {
  const { models: graphs } = json<{ models: object }>('golden/cross_encoders.json');
  const heads = Object.keys(graphs).map((name) => {
    const folder = `tiny-models/${name}`;
    const { id2label, architectures } = json<{ id2label?: object; architectures: readonly string[] }>(`${folder}/config.json`);
    const isCausal = architectures.some((one) => one.endsWith('ForCausalLM'));
    return isCausal
      ? `${architectureIn(folder)}, answer`
      : `${architectureIn(folder)}, ${Object.keys(id2label ?? { 0: '' }).length} labels`;
  });
  const { scores } = json<{ scores: Readonly<Record<string, readonly number[]>> }>('golden/rerankers.json');
  const modular = ['ettin']
    .filter((name) => scores[name] !== undefined)
    .map((name) => `${architectureIn(`tiny-rerankers/${name}`)}, cls, gelu, layer-norm, identity`);
  const { models: embedders } = json<{ models: { poolings: object; whole: object; qwen3: object } }>('golden/embedders.json');
  const pooled = [
    ...Object.keys(embedders.poolings).map((pooling) => `${architectureIn('tiny-embedders/bert')}, ${pooling}`),
    ...(embedders.whole ? [`${architectureIn('tiny-embedders/whole')}, output`] : []),
    ...(embedders.qwen3 ? [`${architectureIn('tiny-embedders/qwen3')}, lasttoken`] : []),
  ];
  const { models: further } = json<{ models: Readonly<Record<string, { architecture: string; pooling: string }>> }>(
    'golden/embedder_architectures.json',
  );
  const others = Object.values(further).map(({ architecture, pooling }) => `${architecture}, ${pooling}`);
  const late = [
    ...(json<{ ways: object }>('golden/late_models.json').ways ? [`${architectureIn('tiny-embedders/colbert')}, late interaction`] : []),
    `${json<{ architecture: string }>('golden/late_modernbert.json').architecture}, late interaction`,
  ];
  const tables = Object.keys(json<{ models: object }>('golden/static_models.json').models).map((name) => `${name}, table`);
  const { ways, architectures } = json<{ ways: object; architectures: object }>('golden/sparse_models.json');
  const sparse = [...(ways ? ['splade'] : []), ...Object.keys(architectures)].map(
    (name) => `${architectureIn(`tiny-embedders/${name}`)}, sparse`,
  );
  return new Set([...sparse, ...heads, ...modular, ...pooled, ...others, ...late, ...tables]);
}

function formOf({ architecture, ...entry }: ModelEntry | KnownRepository): string {
  if ('recipe' in entry) {
    const { recipe } = entry;
    if (recipe.form === 'classifier') return `${architecture}, 1 labels`;
    if (recipe.form === 'sparse') return `${architecture}, sparse`;
    return `${architecture}, ${recipe.form === 'pooled' ? recipe.pooling : recipe.form === 'table' ? 'table' : 'late interaction'}`;
  }
  if (entry.kind === 'sparse-encoder') return `${architecture}, sparse`;
  return `${architecture}, ${entry.kind === 'bi-encoder' ? entry.pooling : headOf(entry.scoring)}`;
}

function headOf(scoring: Scoring): string {
  if (scoring.form === 'answer') return 'answer';
  if (scoring.form === 'classifier') return `${scoring.labels} labels`;
  return [scoring.pooling, ...scoring.layers.map((layer) => (layer.kind === 'dense' ? layer.activation : layer.kind))].join(', ');
}

it('has a golden for every architecture, head and pooling that the catalogue names', () => {
  const has = withGoldens();
  const without = [...catalog, ...knownRepositories].filter((entry) => !has.has(formOf(entry)));
  expect(without.map((entry) => `${entry.name}: ${formOf(entry)}`)).toEqual([]);
  // The comparison itself can fail.
  expect(has.has('t5, mean')).toBe(false);
  expect(has.size).toBeGreaterThan(20);
});

it('has a golden for every prompt of a causal reranker', () => {
  const { scores } = json<{ scores: Readonly<Record<string, readonly number[]>> }>('golden/rerankers.json');
  const { models: graphs } = json<{ models: Readonly<Record<string, object>> }>('golden/cross_encoders.json');
  const without = Object.keys(recipes).filter(
    (name) => scores[name] === undefined && !(name === 'qwen3-reranker' && graphs.qwen3 !== undefined),
  );
  expect(without).toEqual([]);
});
