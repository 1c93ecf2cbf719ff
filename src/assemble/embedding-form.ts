import { FinetoothError } from '../errors.ts';
import type { BiEncoderEntry, ModelFiles } from '../model/catalog/model-entry.ts';
import type { EmbeddingForm } from '../types.ts';

type Embedder = ModelFiles<BiEncoderEntry>;

/**
 * A local model as an index uses it: so many of its numbers, with these of its prompts. The first numbers are a vector where the model was trained for that alone: of
 * any other they are a worse one, and no one would see it. Throws E_USAGE for a length or a prompt that the model does not have.
 */
export function inForm(files: Embedder, form: EmbeddingForm | undefined): Embedder {
  if (form === undefined) return files;
  const { entry } = files;
  const { dimensions = entry.dimensions, queryPrompt, documentPrompt } = form;
  if (dimensions !== entry.dimensions && !canBeCut(entry, dimensions)) throw cannotBeCut(entry, dimensions);
  const { query, document } = entry.prefix;
  return {
    ...files,
    entry: {
      ...entry,
      dimensions,
      cutFrom: dimensions === entry.dimensions ? undefined : entry.dimensions,
      prefix: {
        query: promptOf(entry, queryPrompt, 'queryPrompt') ?? query,
        document: promptOf(entry, documentPrompt, 'documentPrompt') ?? document,
      },
    },
  };
}

function canBeCut({ dimensions: all, matryoshka }: BiEncoderEntry, dimensions: number): boolean {
  const sizes = matryoshka?.dimensions;
  return dimensions < all && (sizes === 'all' || sizes?.includes(dimensions) === true);
}

function cannotBeCut({ name, dimensions: all, matryoshka }: BiEncoderEntry, dimensions: number): FinetoothError {
  const sizes = matryoshka?.dimensions;
  const shorter = sizes === 'all' ? ', or fewer' : sizes === undefined ? '' : `, or ${sizes.filter((size) => size < all).join(', ')}`;
  const why =
    sizes === undefined
      ? ' It was not trained for shorter ones, as far as is known; a finetooth.json beside it may say so ("matryoshka").'
      : '';
  return new FinetoothError(
    'E_USAGE',
    (say) => `the vectors of "${name}" have ${all} numbers${shorter}; got ${say.option('dimensions', dimensions)}.${why}`,
  );
}

/** The text of a prompt by its name. */
function promptOf(
  { name, prompts = {} }: BiEncoderEntry,
  wanted: string | undefined,
  option: 'queryPrompt' | 'documentPrompt',
): string | undefined {
  if (wanted === undefined) return undefined;
  if (Object.hasOwn(prompts, wanted)) return prompts[wanted];
  const known = Object.keys(prompts);
  const has = known.length === 0 ? 'no prompts by name' : `the prompts ${known.join(', ')}`;
  throw new FinetoothError('E_USAGE', (say) => `"${name}" has ${has}; got ${say.option(option, wanted)}.`);
}
