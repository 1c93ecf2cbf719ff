import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { knownModel, namesOf } from '../vendor-model.ts';
import { vendorKnownAs, vendors } from './index.ts';

const rows = vendors.flatMap((vendor) => vendor.models.map((model) => ({ vendor, model })));

describe('the table of models', () => {
  it.each(rows.map((one) => [`${one.vendor.name}:${one.model.name}, ${one.model.task}`, one] as const))('%s', (_, { vendor, model }) => {
    const { name, task, price, dimensions, limits, source, date, readsList, nameOnly } = model;
    const known = knownModel(vendor, task, name);
    expect(known.row).toBe(model);
    expect(vendor[task], 'the vendor does the task').toBeDefined();
    expect(known.limits).toEqual({ ...vendor[task]?.limits, ...limits });
    expect(source).not.toBe('');
    expect(date).toMatch(/^\d{4}-\d\d(-\d\d)?$/);
    if (price !== undefined) {
      expect(price.source).not.toBe('');
      expect(price.seen).toMatch(/^\d{4}-\d\d-\d\d$/);
      expect([price.tokens, price.written, price.searches].some((amount) => amount !== undefined && amount >= 0)).toBe(true);
      expect(nameOnly ?? false, 'what has a price is offered').toBe(false);
    }
    for (const limit of [dimensions, ...Object.values(limits ?? {})]) expect(limit === undefined || limit > 0).toBe(true);
    expect(task === 'embed' || dimensions === undefined).toBe(true);
    expect(task === 'rerank' || readsList === undefined).toBe(true);
  });

  it('has what vendors sell now', () => {
    const current = {
      cohere: ['rerank-v5.0-pro', 'rerank-v5.0-fast', 'embed-v5.0-pro', 'embed-v5.0-fast'],
      voyage: ['rerank-3', 'rerank-3-lite'],
      jina: ['jina-reranker-v3.5', 'jina-embeddings-v5-text-small', 'jina-embeddings-v5-text-nano'],
      pinecone: ['cohere-rerank-4-fast'],
      google: ['gemini-embedding-2'],
      openrouter: ['cohere/rerank-5-pro', 'cohere/rerank-5-fast', 'mongodb/rerank-3', 'mongodb/rerank-3-lite'],
    };
    for (const [vendor, names] of Object.entries(current)) {
      const offered = vendorKnownAs(vendor)?.models.filter(({ nameOnly }) => nameOnly !== true) ?? [];
      expect(offered.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    }
    expect(knownModel(vendorKnownAs('jina') as (typeof vendors)[number], 'rerank', 'jina-reranker-v3.5').readsList).toBe(true);
  });

  it('begins each name of a family as a row of its vendor does', () => {
    for (const vendor of vendors)
      for (const task of ['rerank', 'embed'] as const)
        for (const family of vendor.families?.[task] ?? []) {
          expect(family).toBe(family.toLowerCase());
          const names = vendor.models.filter((one) => one.task === task).flatMap(namesOf);
          if (family !== 'jina-clip-')
            expect(
              names.some((name) => name.startsWith(family)),
              `${vendor.name} ${family}`,
            ).toBe(true);
        }
  });

  it('has each name once for a vendor and a task', () => {
    for (const vendor of vendors)
      for (const task of ['rerank', 'embed'] as const) {
        const names = vendor.models.filter((one) => one.task === task).flatMap(namesOf);
        expect(names).toEqual([...new Set(names)]);
      }
  });

  it('is asked without regard to case, and by every name', () => {
    const of = (vendor: string, task: 'rerank' | 'embed', name: string) =>
      knownModel(vendorKnownAs(vendor) as (typeof vendors)[number], task, name);
    expect(of('together', 'rerank', 'salesforce/llama-rank-v1').price?.tokens).toBe(0.1);
    expect(of('mixedbread', 'embed', 'mxbai-embed-large-v1').dimensions).toBe(1024);
    expect(of('cohere', 'rerank', 'Cohere-rerank-v3-english').price?.searches).toBe(2);
    expect(of('ollama', 'embed', 'whatever').price?.tokens).toBe(0);
    expect(of('jina', 'rerank', 'jina-reranker-v3').readsList).toBe(true);
  });

  it('leaves a model that it does not know the limits of its vendor, and nothing else', () => {
    for (const vendor of vendors)
      for (const task of ['rerank', 'embed'] as const) {
        if (vendor[task] === undefined) continue;
        const limits = vendor[task]?.limits;
        expect(knownModel(vendor, task, 'rerank-v9-embed-v3.0-light-8k-cohere')).toEqual({
          row: undefined,
          limits,
          dimensions: undefined,
          price: vendor.price,
          readsList: false,
          servedBy: undefined,
        });
      }
  });
});

describe('names', () => {
  it('of vendors, here and elsewhere, are of one vendor each', () => {
    const names = vendors.flatMap(({ name, alsoKnownAs = [] }) => [name, ...alsoKnownAs]);
    expect(names).toEqual([...new Set(names)]);
    expect(['togetherai', 'amazon-bedrock', 'voyageai'].map((name) => vendorKnownAs(name)?.name)).toEqual([
      'together',
      'bedrock',
      'voyage',
    ]);
    expect(vendorKnownAs('acme')).toBeUndefined();
  });

  it('of models are compared whole: no file asks them a question of letters', () => {
    const src = join(import.meta.dirname, '..', '..');
    const own = readdirSync(import.meta.dirname).map((name) => `hosted/vendors/${name}`);
    const files = [...own, 'hosted/vendor-model.ts', 'assemble/hosted.ts', 'assemble/sellers.ts', 'tasks/providers.ts', 'server/models.ts'];
    const question =
      /\/[^/\n]+\/[a-z]*\.(test|exec)\(|\b(model|modelId|name|wanted)(\.toLowerCase\(\))?\.(match|search|replace|replaceAll|startsWith|endsWith|includes)\(/g;
    const asked = files
      .filter((file) => !file.endsWith('.test.ts'))
      .flatMap((file) => [...readFileSync(join(src, file), 'utf8').matchAll(question)].map(([found]) => `${file}: ${found}`));
    // That of `vendor:`, which tells a name from a path.
    // What is newer than the rows may only be taken for its vendor's.
    expect(asked).toEqual(['hosted/vendors/index.ts: /^[a-z][a-z-]+:/.test(', 'assemble/sellers.ts: name.startsWith(']);
  });

  it('and prices, limits and dimensions stand nowhere but in the rows', () => {
    const src = join(import.meta.dirname, '..', '..');
    const names = rows.flatMap(({ model }) => [model.name, ...(model.alsoKnownAs ?? [])]).filter((name) => name !== 'default');
    const elsewhere = ['hosted', 'server', 'assemble', 'tasks', 'embed', 'rerank'].flatMap((folder) =>
      readdirSync(join(src, folder), { recursive: true, encoding: 'utf8' })
        .map((file) => `${folder}/${file}`)
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('hosted/vendors/')),
    );
    const found = elsewhere.flatMap((file) => {
      const text = readFileSync(join(src, file), 'utf8');
      return names.filter((name) => text.includes(`'${name}'`)).map((name) => `${file}: ${name}`);
    });
    expect(found).toEqual([]);
  });
});
