/** An export as other programs read it. `FINETOOTH_PYTHON` names a Python with numpy, pyarrow and duckdb. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openIndex, search } from '../src/index.ts';
import { exportIndex, indexDocuments } from '../src/tasks/index.ts';
import { hashEmbedder, SIZE } from './hash-embedder.ts';

const folder = mkdtempSync(join(tmpdir(), 'finetooth-vectors-long-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const python = process.env.FINETOOTH_PYTHON ?? 'python3';
const hasPackages = (() => {
  try {
    execFileSync(python, ['-c', 'import numpy, pyarrow, duckdb'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
const run = (code: string): unknown => JSON.parse(execFileSync(python, ['-c', code], { encoding: 'utf8' }));
const documents = Array.from({ length: 5000 }, (_, at) => ({
  id: `d${at}`,
  title: at % 3 === 0 ? `Title ${at}` : null,
  text: `Document number ${at} says so in a sentence of its own, with words enough to be split where that is wanted. End ${at}.`,
  year: 1900 + (at % 120),
  share: at / 7,
  tags: at % 2 === 0 ? ['even', `t${at % 5}`] : [],
  ...(at % 4 === 0 ? { seen: at % 8 === 0 } : {}),
  mixed: at % 2 === 0 ? at : { of: [at, null] },
}));

// Skipped where Python lacks one of these: they are not part of the project.
describe.skipIf(!hasPackages)('an export to Parquet, in pyarrow and DuckDB', () => {
  it.each([
    ['whole texts', {}],
    ['passages and token vectors', { tokens: true, window: 12 }],
  ])('of %s has the columns that are documented, and the values', async (_, form) => {
    const [where, file] = [join(folder, `index-${Object.keys(form).length}`), join(folder, `${Object.keys(form).length}.parquet`)];
    await using index = await openIndex(where, { create: { fields: ['title', 'text'] }, embedder: hashEmbedder(0, form) });
    await index.add(documents);
    const report = await exportIndex({ in: where, to: file });
    const told = run(`
import json, pyarrow.parquet as pq, duckdb
f = pq.ParquetFile(${JSON.stringify(file)})
t = f.read()
rows = t.select([n for n in t.schema.names if n != 'tokens']).to_pylist()
docs = {r['id']: r for r in rows if r.get('passage', 0) == 0}
print(json.dumps({
  'types': {n: str(t.schema.field(n).type) for n in t.schema.names},
  'rows': t.num_rows,
  'groups': f.num_row_groups,
  'origin': json.loads(t.schema.metadata[b'finetooth'])['origin'],
  'some': [docs[k] for k in ('d0', 'd1', 'd4999')],
  'duck': duckdb.sql("select count(distinct id), min(len(vector)), max(len(vector)) from '${file}'").fetchall()[0],
}))`) as Readonly<Record<string, unknown>> & { readonly some: readonly Record<string, unknown>[] };
    expect(told).toMatchObject({
      types: {
        id: 'string',
        title: 'string',
        year: 'int64',
        share: 'double',
        tags: 'list<element: string not null>',
        seen: 'bool',
        mixed: 'string',
        vector: 'list<element: float not null>',
      },
      rows: report.rows,
      origin: { embedder: 'hash@1', dimensions: SIZE, fields: ['title', 'text'] },
      duck: [5000, SIZE, SIZE],
    });
    for (const [at, got] of [0, 1, 4999].map((place, row) => [place, told.some[row] as Record<string, unknown>] as const)) {
      const { mixed, ...document } = documents[at] as (typeof documents)[number];
      expect(got).toMatchObject(document);
      expect(JSON.parse(String(got.mixed))).toEqual(mixed);
      for await (const { vector } of index.store.get([`d${at}`], ['vector'])) expect(got.vector).toEqual(Array.from(vector));
    }
  });

  it('a file of pyarrow brings vectors in, in every type of number', async () => {
    const [file, make] = [join(folder, 'arrow.parquet'), join(folder, 'make.py')];
    writeFileSync(
      make,
      `
import numpy as np, pyarrow as pa, pyarrow.parquet as pq
rng = np.random.default_rng(1)
v = rng.standard_normal((50, 8)).astype(np.float32)
flat = pa.array(v.ravel())
pq.write_table(pa.table({
  'id': [f'd{i}' for i in range(50)], 'text': [f'text {i}' for i in range(50)],
  'fixed': pa.FixedSizeListArray.from_arrays(flat, 8),
  'list': pa.array(v.tolist(), pa.list_(pa.float32())),
  'large': pa.array(v.tolist(), pa.large_list(pa.float64())),
  'half': pa.array([[np.float16(x) for x in row] for row in v], pa.list_(pa.float16())),
  'bytes': pa.array([row.tobytes() for row in v], pa.binary()),
}), ${JSON.stringify(file)})
`,
    );
    execFileSync(python, [make]);
    const all: unknown[] = [];
    for (const vectorField of ['fixed', 'list', 'large', 'half', 'bytes']) {
      const into = join(folder, `arrow-${vectorField}`);
      await indexDocuments({ source: file, into, vectorField, fields: ['text'], embedder: null });
      await using index = await openIndex(into, { reranker: null });
      const { results } = await search(index, 'x', { vector: [1, -1, 0.5, 0, 0, 2, -2, 0.1], top: 10 });
      all.push(results.map(({ id, relevanceScore }) => [id, relevanceScore.toFixed(2)]));
    }
    for (const one of all) expect(one).toEqual(all[0]);
  });
});
