import { join } from 'node:path';
import { dot } from '../math/vectors.ts';
import { type BiEncoder, openBiEncoder } from '../model/bi-encoder.ts';
import type { UnreadExample } from '../model/catalog/card-blocks.ts';
import { cardSimilarities, type ExampleText, type SimilarityExample } from '../model/catalog/card-similarities.ts';
import { widgetExamples } from '../model/catalog/card-widgets.ts';
import type { BiEncoderEntry, ModelFiles, Precision } from '../model/catalog/model-entry.ts';
import { objectOf, readJson, textOf } from '../model/catalog/modules.ts';
import { readCard } from '../model/catalog/read-card.ts';
import { readExamples } from '../model/catalog/stated-scoring.ts';
import type { CallOptions } from '../types.ts';

/** An example with what the model gives here, and how far the two may be apart. */
export interface ComparedExample {
  readonly query: string;
  readonly document: string;
  readonly stated: number;
  readonly given: number;
  readonly tolerance: number;
}

export interface ComparedExamples {
  readonly compared: readonly ComparedExample[];
  readonly unread: readonly UnreadExample[];
}

/**
 * Of cosines, which reach from -1 to 1. Cards print four digits, often of half precision; 8 bits are as far from it as the bundled model is from its full precision
 * (test/golden).
 */
export const cosineTolerances = { fp32: 0.01, fp16: 0.02, int8: 0.06, q4: 0.12, q4f16: 0.12, bnb4: 0.12 } as const satisfies Record<
  Precision,
  number
>;

/** Runs the examples that an embedder's own files hold: README.md and its widgets, or `examples` of a finetooth.json, which win. */
export async function compareEmbedder(files: ModelFiles<BiEncoderEntry>, { signal }: CallOptions): Promise<ComparedExamples> {
  const { examples, unread } = await examplesOf(files);
  if (examples.length === 0) return { compared: [], unread };
  const library = objectOf(await readJson(join(files.folder, 'config_sentence_transformers.json')));
  const measure = textOf(library.similarity_fn_name) ?? 'cosine';
  if (!['cosine', 'dot', 'maxsim', 'MaxSim'].includes(measure))
    return { compared: [], unread: [...unread, { where: 'README.md', why: `it compares by ${measure}, which is not computed here` }] };
  const { prompts = {} } = files.entry;
  const [known, unknown] = partition(examples, (one) => [one.query, one.document].every((text) => hasPrompt(text, prompts)));
  const lost = unknown.map((one): UnreadExample => ({ where: 'README.md', why: `the model has no prompt ${nameIn(one)}` }));
  const encoder = await openBiEncoder(files, { threads: 1 });
  try {
    const compared: ComparedExample[] = [];
    for (const example of known) compared.push(await compareOne(encoder, example, measure, signal));
    return { compared, unread: [...unread, ...new Map(lost.map((one) => [one.why, one])).values()] };
  } finally {
    await encoder.close();
  }
}

async function examplesOf({
  folder,
}: ModelFiles): Promise<{ readonly examples: readonly SimilarityExample[]; readonly unread: readonly UnreadExample[] }> {
  const path = join(folder, 'finetooth.json');
  const stated = await readExamples(objectOf(await readJson(path)).examples, path);
  if (stated.length > 0)
    return {
      examples: stated.map(({ query, document, score }) => ({
        query: { text: query, prompt: 'query' },
        document: { text: document, prompt: 'document' },
        score,
      })),
      unread: [],
    };
  const card = await readCard(folder);
  const [inCode, inWidgets] = [cardSimilarities(card), await widgetExamples(card)];
  return { examples: [...inCode.examples, ...inWidgets.examples], unread: [...inCode.unread, ...inWidgets.unread] };
}

async function compareOne(
  encoder: BiEncoder,
  { query, document, score: stated }: SimilarityExample,
  measure: string,
  signal: AbortSignal | undefined,
): Promise<ComparedExample> {
  const { entry } = encoder.files;
  const tolerance = cosineTolerances[entry.precision];
  const texts = { query: query.text, document: document.text, stated };
  if (entry.lateInteraction !== undefined) {
    const asked = await tokensOf(encoder, query, 'query', signal);
    const given = await tokensOf(encoder, document, 'document', signal);
    // A sum over the tokens of the query, as PyLate and sentence-transformers print it.
    return { ...texts, given: maxSimOf(asked, given), tolerance: tolerance * Math.max(1, asked.length) };
  }
  const [one, other] = [await vectorOf(encoder, query, signal), await vectorOf(encoder, document, signal)];
  const cosine = dot(one.vector, 0, other.vector, 0, one.vector.length);
  const scale = measure === 'dot' ? one.length * other.length : 1;
  return { ...texts, given: cosine * scale, tolerance: tolerance * Math.max(1, scale) };
}

/** What goes to the model of a text: which of its prefixes, and the text with the words before it. */
function readingOf({ text, prompt }: ExampleText, prompts: Readonly<Record<string, string>>) {
  if (typeof prompt === 'string') return { prefix: prompt, text } as const;
  return { prefix: 'none', text: `${'words' in prompt ? prompt.words : (prompts[prompt.name] ?? '')}${text}` } as const;
}

async function vectorOf({ files, encode }: BiEncoder, example: ExampleText, signal: AbortSignal | undefined) {
  const { prefix, text } = readingOf(example, files.entry.prompts ?? {});
  const { vectors, lengths } = await encode([text], { prefix, signal });
  return { vector: vectors, length: lengths[0] as number };
}

async function tokensOf(
  { files, encode }: BiEncoder,
  { text }: ExampleText,
  prefix: 'query' | 'document',
  signal: AbortSignal | undefined,
) {
  const { tokenVectors } = await encode([text], { prefix, tokens: 'rows', signal });
  const size = files.entry.tokenSize ?? files.entry.dimensions;
  return Array.from({ length: tokenVectors.length / size }, (_, i) => tokenVectors.subarray(i * size, (i + 1) * size));
}

function maxSimOf(query: readonly Float32Array[], document: readonly Float32Array[]): number {
  return query.reduce(
    (sum, token) =>
      sum + document.reduce((most, other) => Math.max(most, dot(token, 0, other, 0, token.length)), document.length === 0 ? 0 : -1),
    0,
  );
}

const hasPrompt = ({ prompt }: ExampleText, prompts: Readonly<Record<string, string>>): boolean =>
  typeof prompt === 'string' || 'words' in prompt || Object.hasOwn(prompts, prompt.name);

const nameIn = ({ query, document }: SimilarityExample): string =>
  [query, document].flatMap(({ prompt }) => (typeof prompt === 'object' && 'name' in prompt ? [`"${prompt.name}"`] : [])).join(' or ');

function partition<Item>(items: readonly Item[], fits: (item: Item) => boolean): readonly [readonly Item[], readonly Item[]] {
  return [items.filter(fits), items.filter((item) => !fits(item))];
}
