import { type CreateOptions, withoutTitle } from '../search/create-options.ts';
import type { Manifest } from '../store/store.ts';

/**
 * What an index is made with when it is made again: as the old one was, but for what is given. Fields, id field, types that were declared, form of token
 * vectors, the lengths and prompts of the model, passages, languages and titles are kept.
 */
export function keptRecipe(create: CreateOptions, old: Manifest | undefined): CreateOptions {
  const tokens = old?.tokens === undefined ? undefined : { bits: old.tokens.bits, pool: old.tokens.pool };
  return {
    fields: create.fields ?? old?.fields,
    idField: create.idField ?? old?.idField,
    // Who gives vectors gives none of tokens.
    tokens: create.tokens === undefined && create.vectorField === undefined ? tokens : create.tokens,
    types: { ...old?.declared, ...create.types },
    passages: create.passages ?? (keepsWhole(old) ? 'off' : undefined),
    sparseModel: create.sparseModel ?? old?.sparse?.model,
    vectorField: create.vectorField ?? old?.vectorField,
    languages: create.languages ?? (create.languageField === undefined ? languagesOf(old) : undefined),
    languageField: create.languageField ?? (create.languages === undefined ? old?.languageField : undefined),
    dimensions: create.dimensions ?? old?.form?.dimensions,
    queryPrompt: create.queryPrompt ?? old?.form?.queryPrompt,
    documentPrompt: create.documentPrompt ?? old?.form?.documentPrompt,
    titleField: create.titleField ?? (old?.titleField === null ? withoutTitle : old?.titleField),
  };
}

/** Whether whole documents were wanted: before format 5 there was nothing else. */
const keepsWhole = (old: Manifest | undefined): boolean => old !== undefined && old.format >= 5 && old.splitter === undefined;

/** None are named `none`; of English, which goes without saying, nothing is kept. */
const languagesOf = ({ languages }: Partial<Manifest> = {}): readonly string[] | undefined =>
  languages?.length === 0 ? ['none'] : languages;
