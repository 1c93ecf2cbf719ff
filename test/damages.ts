import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Document, openIndex, type SearchIndex, search } from '../src/index.ts';
import { randomFrom } from '../src/math/random.ts';
import { compactIndex, verifyIndex } from '../src/tasks/index.ts';
import { workFolder } from './finetooth.ts';
import { hashEmbedder } from './hash-embedder.ts';
import { fileDamages } from './support/file-damages.ts';

const create = { fields: ['text'], idField: 'id' } as const;
const open = (folder: string): Promise<SearchIndex> =>
  openIndex(folder, { create, embedder: hashEmbedder(0, { tokens: true, window: 16 }) });
const documentsOf = (version: number): Document[] =>
  Array.from({ length: 120 }, (_, i) => ({
    id: `d${i}`,
    text: `Text ${i} of version ${version} about a bat. ${'Six words stand in this sentence. '.repeat(i % 5 === 0 ? 8 : 0)}`,
    year: 1900 + i,
  }));
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('__manifest'))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

/** All that an index holds, in one text; what it answers, too. */
const answersOf = async (folder: string, { alone = false } = {}): Promise<string> => {
  await using index = await open(folder);
  const held: unknown[] = [];
  for await (const { id, document, vector, hash, tokens } of index.store.get('all', ['document', 'vector', 'hash', 'tokens']))
    held.push([id, document, [...vector], hash, [...(tokens ?? [])]]);
  const answers: unknown[] = [];
  const page = { reranker: null, documents: true, top: 130, candidates: 130 } as const;
  for (const firstStage of ['dense', 'bm25'] as const)
    for (const filter of [undefined, { fields: { year: { gte: 1960 } } }]) {
      const { results } = await search(index, 'a bat of words', { ...page, firstStage, filter });
      answers.push(results.map(({ id, relevanceScore, document }) => ({ id, relevanceScore, document })));
    }
  return JSON.stringify([(await index.status()).documents, held.sort(), alone ? [] : answers]);
};

/**
 * Damages one file of an index in one way, again and again: each time the index answers as before, since nothing needs the file or it was mended, or
 * it is refused; `verify` names what is damaged, and `compact` never gives a damaged document a checksum.
 */
export const findDamages = async (count: number, seed: number): Promise<void> => {
  const [whole, before] = [join(workFolder(), 'whole'), join(workFolder(), 'before')];
  {
    await using index = await open(whole);
    await index.add(documentsOf(0));
    cpSync(whole, before, { recursive: true });
    await index.add(documentsOf(1).slice(0, 30));
    await index.store.delete(['d3', 'd4', 'd50']);
  }
  const [expected, content] = [await answersOf(whole), await answersOf(whole, { alone: true })];
  const names = filesIn(whole);
  const random = randomFrom(seed);
  const tally: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const name = names[random.below(names.length)] as string;
    // Of a version that is not there any more the one before has the like.
    const like = existsSync(join(before, name))
      ? join(before, name)
      : filesIn(before).find((one) => name.includes('_versions') && one.includes('_versions'));
    const kinds = Object.keys(fileDamages).filter((kind) => kind !== 'other' || like !== undefined);
    const kind = kinds[random.below(kinds.length)] as string;
    const folder = join(workFolder(), 'index');
    cpSync(whole, folder, { recursive: true });
    fileDamages[kind]?.(join(folder, name), random, like === undefined ? undefined : join(like.startsWith('/') ? '' : before, like));
    const where = `seed ${seed}, damage ${i}: ${kind} of ${name}`;
    const found = await verifyIndex({ in: folder }).catch((error: { code: string }) => ({ status: error.code, damages: [] }));
    const refused = { E_INDEX_DAMAGED: 'refused', E_INDEX_MISSING: 'refused' };
    const answer = await answersOf(folder).catch((error: { code: keyof typeof refused }) => refused[error.code] ?? String(error));
    expect(answer === expected ? 'right' : answer, where).toBeOneOf(['right', 'refused']);
    if (answer === 'refused') expect(found.status, where).not.toBe('whole');
    const outcome = `${kind}: ${answer === expected ? 'right' : 'refused'}`;
    tally[outcome] = (tally[outcome] ?? 0) + 1;
    await compactIndex({ in: folder }).catch((error: { code: string }) =>
      expect(error.code, where).toBeOneOf(['E_INDEX_DAMAGED', 'E_INDEX_MISSING']),
    );
    // Words are weighed by the documents that there are then.
    const later = await answersOf(folder, { alone: true }).catch(
      (error: { code: keyof typeof refused }) => refused[error.code] ?? String(error),
    );
    expect(later === content ? 'right' : later, `${where}, compacted`).toBeOneOf(['right', 'refused']);
    rmSync(folder, { recursive: true });
  }
  expect(Object.keys(tally).length, JSON.stringify(tally)).toBeGreaterThan(2);
};
