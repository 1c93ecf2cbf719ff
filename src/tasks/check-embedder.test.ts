import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { finetooth } from '../../test/finetooth.ts';
import { checkModel } from './check-model.ts';

type Rows = readonly (readonly number[])[];

const made = mkdtempSync(join(tmpdir(), 'finetooth-check-embedder-'));
afterAll(() => rmSync(made, { recursive: true, force: true }));
const tests = join(import.meta.dirname, '../../test');
const read = <T>(name: string): T => JSON.parse(readFileSync(join(tests, 'golden', name), 'utf8')) as T;
const { texts, models } = read<{
  texts: readonly string[];
  models: { bert: Record<'query' | 'document' | 'Clustering', Rows>; whole: Rows };
}>('embedders.json');
const folderOf = (model: string, files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(made, 'model-'));
  cpSync(join(tests, 'tiny-embedders', model), folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
};
const cosine = (a: readonly number[] = [], b: readonly number[] = []): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0);
const [asked, found] = [texts.slice(0, 2), texts.slice(1, 4)];
const matrix = (rows: Rows, others: Rows): Rows => rows.map((row) => others.map((other) => cosine(row, other)));
const printed = (rows: Rows): string =>
  `# tensor([${rows.map((row) => `[${row.map((value) => value.toFixed(4)).join(', ')}]`).join(',\n#         ')}])`;
const list = (some: readonly string[]): string => `[\n${some.map((text) => `    ${JSON.stringify(text)},\n`).join('')}]`;
const retrieval = (rows: Rows, how = ['encode_query(queries)', 'encode_document(documents)']): string =>
  `# Card\n\`\`\`python\nqueries = ${list(asked)}\ndocuments = ${list(found)}\nq = model.${how[0]}\nd = model.${how[1]}\nsimilarities = model.similarity(q, d)\nprint(similarities)\n${printed(rows)}\n\`\`\`\n`;
const ofRetrieval = matrix(models.bert.query.slice(0, 2), models.bert.document.slice(1, 4));

describe('checkModel of an embedder', () => {
  it("agrees with a card that prints sentence-transformers' similarities, with prompts by role, by name, and without", async () => {
    const checked = await checkModel(folderOf('bert', { 'README.md': retrieval(ofRetrieval) }));
    expect(checked).toMatchObject({ kind: 'bi-encoder', precision: 'fp32', tolerance: 0.01, sameOrder: true, unread: [] });
    expect(checked.examples).toHaveLength(6);
    expect(checked.examples.every(({ agrees, stated, given }) => agrees && Math.abs(stated - given) < 1e-3)).toBe(true);
    const named = matrix(models.bert.Clustering.slice(0, 2), models.bert.document.slice(1, 4));
    const how = ['encode(queries, prompt_name="Clustering")', 'encode_document(documents)'];
    const byName = await checkModel(folderOf('bert', { 'README.md': retrieval(named, how) }));
    expect(byName.examples.map(({ agrees }) => agrees)).toEqual(Array.from({ length: 6 }, () => true));
    const alone = matrix(models.whole.slice(0, 2), models.whole.slice(1, 4));
    const plain = await checkModel(folderOf('whole', { 'README.md': retrieval(alone, ['encode(queries)', 'encode(documents)']) }));
    expect(plain.examples.every(({ agrees }) => agrees)).toBe(true);
  });

  it('says which similarities differ: of a wrong number, and of files that run the model otherwise', async () => {
    const wrong = ofRetrieval.map((row, i) => row.map((value, j) => (i === 1 && j === 2 ? value + 0.1 : value)));
    const { examples } = await checkModel(folderOf('bert', { 'README.md': retrieval(wrong) }));
    expect(examples.map(({ agrees }) => agrees)).toEqual([true, true, true, true, true, false]);
    const otherwise = await checkModel(
      folderOf('bert', { 'README.md': retrieval(ofRetrieval), 'finetooth.json': JSON.stringify({ pooling: 'cls' }) }),
    );
    expect(otherwise.examples.some(({ agrees }) => !agrees)).toBe(true);
    const unprompted = await checkModel(
      folderOf('bert', { 'README.md': retrieval(ofRetrieval), 'finetooth.json': JSON.stringify({ prefix: { query: '', document: '' } }) }),
    );
    expect(unprompted.examples.some(({ agrees }) => !agrees)).toBe(true);
  });

  it('takes examples that a finetooth.json states, and widgets', async () => {
    const [query, document] = [asked[0], found[0]];
    const stated = await checkModel(
      folderOf('bert', { 'finetooth.json': JSON.stringify({ examples: [{ query, document, score: ofRetrieval[0]?.[0] }] }) }),
    );
    expect(stated.examples).toMatchObject([{ query, document, agrees: true }]);
    const [one, other] = [models.whole[0], models.whole[1]];
    const widget = `---\nwidget:\n- source_sentence: ${JSON.stringify(texts[0])}\n  sentences: [${JSON.stringify(texts[1])}]\n  output: [${cosine(one, other)}]\n---\n`;
    expect((await checkModel(folderOf('whole', { 'README.md': widget }))).examples).toMatchObject([{ agrees: true }]);
  });

  it('agrees with the sums that PyLate prints of a model for late interaction, and with none that are a little less', async () => {
    const { queries, documents, ways } = read<{
      queries: readonly string[];
      documents: readonly string[];
      ways: Record<string, { scores: Rows }>;
    }>('late_models.json');
    // The golden is a mean over the 16 tokens of a query.
    const sums = (ways.expanded?.scores[0] ?? []).slice(0, 2).map((score) => score * 16);
    const card = (row: readonly number[]) =>
      `\`\`\`python\nqueries = ${list(queries.slice(0, 1))}\ndocuments = ${list(documents.slice(0, 2))}\nq = model.encode_query(queries)\nd = model.encode_document(documents)\nprint(model.similarity(q, d))\n${printed([row])}\n\`\`\`\n`;
    const right = await checkModel(folderOf('colbert', { 'README.md': card(sums) }));
    expect(right.examples.map(({ agrees }) => agrees)).toEqual([true, true]);
    const wrong = await checkModel(folderOf('colbert', { 'README.md': card(sums.map((sum) => sum - 0.5)) }));
    expect(wrong.examples.map(({ agrees }) => agrees)).toEqual([false, false]);
  });

  it('names the examples that it could not read', async () => {
    const shapes = '```python\ne = model.encode(load())\nprint(model.similarity(e, e))\n# [[1.0]]\n```\n';
    const { unread } = await checkModel(folderOf('bert', { 'README.md': `${shapes}${retrieval(ofRetrieval)}` }));
    expect(unread).toEqual([{ where: 'README.md, line 2', why: 'it does not show the texts of e' }]);
    await expect(checkModel(folderOf('bert', { 'README.md': shapes }))).rejects.toThrow(
      /hold no examples with scores that could be read \(README\.md, line 2: it does not show the texts of e\)/,
    );
    const unknown = retrieval(ofRetrieval, ['encode(queries, prompt_name="poem")', 'encode_document(documents)']);
    await expect(checkModel(folderOf('bert', { 'README.md': unknown }))).rejects.toThrow(/the model has no prompt "poem"/);
  });

  it('at the command line ends with a status that is not 0 where one differs', async () => {
    const right = await finetooth(['models', 'check', folderOf('bert', { 'README.md': retrieval(ofRetrieval) }), '--json']);
    expect([right.status, JSON.parse(right.stdout).examples.length]).toEqual([0, 6]);
    const wrong = await finetooth([
      'models',
      'check',
      folderOf('bert', { 'README.md': retrieval(ofRetrieval.map((row) => row.map((value) => -value))) }),
    ]);
    expect(wrong.status).not.toBe(0);
    expect(wrong.stdout.match(/^differs/gm)).toHaveLength(6);
    expect(wrong.stderr).toMatch(/E_MODEL_FAILED: 6 scores of 6 .* differ.*"pooling" and "prefix"/);
  });
});
