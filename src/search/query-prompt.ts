import type { Embedder } from '../embed/embedder.ts';
import { FinetoothError } from '../errors.ts';
import { type FirstStage, listsOf } from './first-stage.ts';

/** Throws E_USAGE for a prompt where no embedder reads the query. */
export function checkPrompt({
  prompt,
  firstStage,
  vector,
}: {
  readonly prompt?: string;
  readonly firstStage?: FirstStage;
  readonly vector?: unknown;
}): void {
  if (prompt === undefined) return;
  const why =
    vector !== undefined
      ? 'the vector of the query is given'
      : firstStage !== undefined && !listsOf(firstStage).includes('dense')
        ? `the first stage is ${firstStage}`
        : undefined;
  if (why === undefined) return;
  throw new FinetoothError('E_USAGE', (say) => `${say.option('prompt')} is for a query that is embedded, and ${why}. Leave it out.`);
}

/**
 * The words that stand before the query: a prompt of the embedder by its name, or words of the caller's, which end in a colon or white space. undefined: the embedder's own.
 * Throws E_USAGE for an embedder that takes none, and for a name that it does not have.
 */
export function wordsBefore({ prompts, fingerprint }: Embedder, prompt: string | undefined): string | undefined {
  if (prompt === undefined) return undefined;
  const name = fingerprint.split('@')[0];
  if (prompts === undefined)
    throw new FinetoothError(
      'E_USAGE',
      (say) => `${say.option('prompt')} is for a local embedder, and "${name}" has its own words for queries. Leave it out.`,
    );
  if (Object.hasOwn(prompts, prompt)) return prompts[prompt];
  if (/[:\s]$/.test(prompt)) return prompt;
  const known = Object.keys(prompts);
  const has = known.length === 0 ? 'no prompts by name' : `the prompts ${known.join(', ')}`;
  throw new FinetoothError(
    'E_USAGE',
    (say) => `"${name}" has ${has}; got ${say.option('prompt', prompt)}. Name one of them, or give words that end in a colon or a space.`,
  );
}
