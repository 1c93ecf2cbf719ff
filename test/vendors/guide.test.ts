import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { absence, collection } from '../../results/collections.ts';
import { workFolder } from '../finetooth.ts';
import { together } from './protocols/together.ts';
import { startVendor, type VendorServer } from './server.ts';

const SIZE = 768;
const query = 'super hero mystery action movie about bats';
/** Places in the guide's data of its 25 candidates, best first. */
const candidates = [13, 265, 451, 33, 56, 17, 140, 450, 58, 828, 227, 62, 337, 172, 724, 424, 585, 696, 933, 996, 932, 433, 883, 420, 744];
/** The published five: place among the 25, title, score. */
const published = [
  [12, 'Batman Returns', 0.35381],
  [8, 'Batman Begins', 0.33934],
  [7, 'Batman & Robin', 0.33013],
  [5, 'Batman v Superman: Dawn of Justice', 0.32898],
  [9, 'Super 8', 0.25848],
] as const;
const printed = published.map(([place, title, score]) => `${place} ${title} ${score.toFixed(5)}\n`).join('');

interface Film {
  readonly title: string;
  readonly overview: string | null;
  readonly tagline: string | null;
}
const isOf = (text: string, { title, overview }: Film): boolean => text.startsWith(`${title} `) && text.includes(overview ?? '');

/** A vector at so much cosine from the query's, which is the first axis. */
const at = (cosine: number, axis: number): readonly number[] => {
  const vector = new Array<number>(SIZE).fill(0);
  vector[0] = cosine;
  vector[1 + (axis % (SIZE - 1))] = Math.sqrt(1 - cosine * cosine);
  return vector;
};

/** Films of our own with the places and the titles that the guide names. */
const ownFilms = (): Film[] => {
  const titles = new Map<number, string>(published.map(([place, title]) => [candidates[place] as number, title]));
  return Array.from({ length: 1000 }, (_, i) => ({
    title: titles.get(i) ?? `Film ${i}`,
    overview: `What happens in film ${i}.`,
    tagline: i % 3 === 0 ? null : `Line ${i}`,
  }));
};

describe('the example of the guide, hosted', () => {
  let server: VendorServer;
  let films: readonly Film[] = [];
  beforeAll(async () => {
    server = await startVendor(together, SIZE, {
      vector: (text) => {
        if (text === query) return at(1, 0);
        const place = films.findIndex((film) => isOf(text, film));
        const rank = candidates.indexOf(place);
        return at(rank < 0 ? 0.2 : 0.6 - rank * 0.01, place);
      },
      // The guide publishes five scores; the other twenty are lower.
      score: (_, title) => published.find(([, name]) => name === title)?.[2] ?? 0.2 / (title.length + 1),
    });
  });
  afterAll(() => server.close());

  const run = async (data: readonly Film[]): Promise<string> => {
    films = data;
    const cwd = workFolder();
    writeFileSync(join(cwd, 'movies.json'), JSON.stringify(data));
    const example = join(import.meta.dirname, '..', '..', 'examples', 'guide-hosted.ts');
    const env = { ...process.env, NODE_OPTIONS: '', ...together.variables(server.url) };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [example], { cwd, env });
    expect(stderr).toBe('');
    return stdout;
  };

  it('has at most 15 lines', () => {
    const lines = readFileSync(join(import.meta.dirname, '..', '..', 'examples', 'guide-hosted.ts'), 'utf8')
      .trim()
      .split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('/**')).length).toBeLessThanOrEqual(15);
  });

  it("prints the guide's top five", async () => {
    expect(await run(ownFilms())).toBe(printed);
    const embeddings = server.seen
      .filter(({ path }) => path === '/v1/embeddings')
      .map(({ body }) => (body as { readonly input: readonly string[] }).input);
    // In batches, the query by itself and without a prefix.
    expect(embeddings.slice(0, -1).reduce((sum, input) => sum + input.length, 0)).toBe(1000);
    expect(embeddings.length).toBeLessThan(15);
    expect(embeddings.at(-1)).toEqual([query]);
    expect(embeddings[0]?.[0]).toMatch(/^Film 0 What happens/);
    const [ranking] = server.seen.filter(({ path }) => path === '/v1/rerank');
    expect(ranking?.body).toMatchObject({ model: 'Salesforce/Llama-Rank-V1', query });
    expect((ranking?.body as { readonly documents: readonly string[] }).documents).toHaveLength(25);
    expect(ranking?.body).not.toHaveProperty('top_n');
  });

  it("prints the guide's top five, on the guide's data", async (context) => {
    const path = collection('movies/movies.json');
    if (path === undefined) return context.skip(absence('movies/movies.json'));
    expect(await run(JSON.parse(readFileSync(path, 'utf8')) as Film[])).toBe(printed);
  });
});
