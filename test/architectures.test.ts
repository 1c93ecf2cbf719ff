import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openModel } from '../src/embedders.ts';
import { inferEntry } from '../src/model/catalog/infer-entry.ts';
import { lateInteraction } from '../src/rerankers.ts';
import { workFolder } from './finetooth.ts';

type Rows = readonly (readonly number[])[];

const tiny = join(import.meta.dirname, 'tiny-embedders');
const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'golden', 'embedder_architectures.json'), 'utf8')) as {
  readonly texts: readonly string[];
  readonly models: Readonly<
    Record<string, { readonly architecture: string; readonly pooling: string } & Readonly<Record<'query' | 'document', Rows>>>
  >;
};
const copied = (from: string): string => {
  const folder = join(workFolder(), 'model');
  cpSync(join(tiny, from), folder, { recursive: true });
  return folder;
};
const furthest = (a: Rows, b: Rows): number => {
  expect(a.map((row) => row.length)).toEqual(b.map((row) => row.length));
  return Math.max(...a.flatMap((row, i) => row.map((value, at) => Math.abs(value - (b[i]?.[at] as number)))));
};
/** Reads the files in a folder as those of a repository by name: what is known of it fills what they leave open. */
const entryAs = (folder: string, repository: string) =>
  inferEntry({ folder, name: repository, repository, modelPath: join(folder, 'model.onnx'), repositoryPath: 'model.onnx' });

/** Tiny random models: what sentence-transformers gives for them (test/tiny-embedders/make_architectures.py). */
describe('embedders of every architecture equal sentence-transformers', () => {
  it.each(Object.entries(golden.models))('%s', async (name, wanted) => {
    const folder = copied(`architectures/${name.replace(', mean', '')}`);
    if (name.endsWith(', mean')) writeFileSync(join(folder, '1_Pooling', 'config.json'), JSON.stringify({ pooling_mode: 'mean' }));
    // A graph that pools by itself has no prompts beside it: those of the repository that it is a conversion of.
    if (wanted.pooling === 'output') {
      const { prefix } = (await entryAs(folder, 'onnx-community/embeddinggemma-300m-ONNX')) as { prefix?: object };
      writeFileSync(join(folder, 'finetooth.json'), JSON.stringify({ prefix }));
    }
    const model = await openModel(folder, { threads: 1 });
    try {
      expect(model.files.entry.pooling).toBe(wanted.pooling);
      const { dimensions } = model.files.entry;
      for (const role of ['query', 'document'] as const) {
        const { vectors } = await model.encode(golden.texts, { prefix: role });
        const rows = golden.texts.map((_, i) => [...vectors.subarray(i * dimensions, (i + 1) * dimensions)]);
        expect(furthest(rows, wanted[role])).toBeLessThan(5e-6);
      }
    } finally {
      await model.close();
    }
  });
});

/** A tiny random ModernBERT: what PyLate gives for it (test/tiny-embedders/make_late_modernbert.py). */
it('a ModernBERT for late interaction equals PyLate, with its settings in onnx_config.json alone', async () => {
  const { queries, documents, given } = JSON.parse(readFileSync(join(import.meta.dirname, 'golden', 'late_modernbert.json'), 'utf8')) as {
    readonly queries: readonly string[];
    readonly documents: readonly string[];
    readonly given: {
      readonly scores: Rows;
      readonly query: readonly Rows[];
      readonly document: readonly Rows[];
      readonly lengths: readonly number[];
    };
  };
  const model = await openModel(copied('colbert-modernbert'), { threads: 1 });
  const tokensOf = async (text: string, prefix: 'query' | 'document'): Promise<Rows> => {
    const { tokenVectors } = await model.encode([text], { prefix, tokens: 'rows' });
    return Array.from({ length: tokenVectors.length / 16 }, (_, i) => [...tokenVectors.subarray(i * 16, (i + 1) * 16)]);
  };
  try {
    for (const [i, rows] of given.query.entries()) expect(furthest(await tokensOf(queries[i] as string, 'query'), rows)).toBeLessThan(5e-6);
    for (const [i, rows] of given.document.entries())
      expect(furthest(await tokensOf(documents[i + 1] as string, 'document'), rows)).toBeLessThan(5e-6);
    const reranker = lateInteraction(model);
    for (const [i, asked] of queries.entries()) {
      const { scores } = await reranker.score(
        asked,
        documents.map((text) => ({ text })),
      );
      scores.forEach((score, at) => expect(Math.abs(score - (given.scores[i]?.[at] as number))).toBeLessThan(0.02));
    }
  } finally {
    await model.close();
  }
});

describe('a conversion of a known repository', () => {
  it('that leaves out pooling and prompts is read by what is known of it', async () => {
    const folder = copied('architectures/modernbert');
    for (const part of ['modules.json', '1_Pooling', 'config_sentence_transformers.json'])
      rmSync(join(folder, part), { recursive: true, force: true });
    expect(await entryAs(folder, 'onnx-community/DenseOn-ONNX')).toMatchObject({
      pooling: 'cls',
      prefix: { query: 'query: ', document: 'document: ' },
      licence: 'Apache-2.0',
    });
    await expect(entryAs(folder, 'someone/else')).rejects.toThrow(/nothing says that someone\/else is an embedder/);
    // Its own files win.
    writeFileSync(join(folder, 'config_sentence_transformers.json'), JSON.stringify({ prompts: { query: 'q: ' } }));
    expect(await entryAs(folder, 'onnx-community/DenseOn-ONNX')).toMatchObject({ prefix: { query: 'q: ', document: '' } });
  });

  it('that lost the layers of its graph, or the settings of late interaction, is refused', async () => {
    const encoder = copied('architectures/modernbert');
    for (const part of ['modules.json', '1_Pooling']) rmSync(join(encoder, part), { recursive: true, force: true });
    await expect(entryAs(encoder, 'onnx-community/embeddinggemma-300m-ONNX')).rejects.toThrow(
      /has layers behind its pooling, and its graph gives no output "sentence_embedding".*google\/embeddinggemma-300m/,
    );
    const late = copied('colbert-modernbert');
    rmSync(join(late, 'onnx_config.json'));
    await expect(entryAs(late, 'lightonai/LateOn')).rejects.toThrow(
      /none of its files says how it reads queries and documents.*config_sentence_transformers\.json \(or onnx_config\.json\) of lightonai\/LateOn/,
    );
    // Two lengths are all that is known of this one, and enough: what else there is are PyLate's defaults.
    expect(await entryAs(late, 'lightonai/GTE-ModernColBERT-v1')).toMatchObject({
      lateInteraction: { queryLength: 32, documentLength: 300, queryMarker: '[Q] ' },
    });
  });

  it('with steps but no pooling is refused, whoever made it', async () => {
    const folder = copied('architectures/modernbert');
    const steps = JSON.parse(readFileSync(join(folder, 'modules.json'), 'utf8')) as readonly { readonly type: string }[];
    writeFileSync(join(folder, 'modules.json'), JSON.stringify(steps.filter(({ type }) => !type.endsWith('Pooling'))));
    await expect(entryAs(folder, 'owner/name')).rejects.toThrow(/modules\.json of owner\/name has no step "Pooling"/);
  });
});
