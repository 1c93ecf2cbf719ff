import { randomUUID } from 'node:crypto';
import type { Embedder } from '../embed/embedder.ts';
import { FinetoothError } from '../errors.ts';
import type { FieldTypes } from '../filter/filter.ts';
import { indexFormat, type Manifest, type SparseModel, type Store, withoutEmbedder } from '../store/store.ts';
import { analyzerVersion } from '../text/analyzer.ts';
import { splitterVersion } from '../text/passages.ts';
import { fieldCounts } from '../text/recipe.ts';
import type { Origin, ReadDocument } from '../types.ts';
import { counted } from '../wording/numbers.ts';
import { noEmbedder } from './check.ts';
import { type CreateOptions, formOf, withoutSparse, withoutTitle } from './create-options.ts';
import { commonIdField } from './ids.ts';
import { inferTitle } from './infer-title.ts';
import { inferTypes } from './infer-types.ts';
import type { LanguageChoice } from './language-choice.ts';
import { tokenForm } from './token-form.ts';

/** What an index is made with. */
export interface Making {
  readonly store: Store;
  /** null: documents come with their vectors. */
  readonly embedder: Embedder | null;
  readonly create: CreateOptions;
  readonly model?: string;
  /** What weighs tokens. @default nothing does */
  readonly sparseModel?: SparseModel;
}

/** The manifest of an index that is made for documents of which these are the first. */
export function newManifest(target: Making, first: readonly ReadDocument[], languagesOf: LanguageChoice): Manifest {
  const { create, embedder, model, store } = target;
  const counts = fieldCounts();
  for (const { document } of first) counts.see(document);
  /** The other index that documents come from, where its model is that of this one. */
  const come = first.find(({ embedded }) => embedded !== undefined)?.embedded;
  const origin = embedder === null || come?.by?.embedder === embedder.fingerprint ? come?.by : undefined;
  const fields = create.fields ?? origin?.fields ?? counts.common();
  if (fields.length === 0) {
    const known = [...new Set(first.flatMap(({ document }) => Object.keys(document)))];
    throw new FinetoothError(
      'E_FIELD',
      (say) =>
        `the first ${counted(first.length, 'document')} ${first.length === 1 ? 'has' : 'have'} no field that holds words (the fields are ${known.slice(0, 20).join(', ') || 'none'}); name the fields that make the text ${say.as('fields')}.`,
    );
  }
  const vectorField = create.vectorField ?? origin?.vectorField;
  const idField = create.idField ?? origin?.idField ?? commonIdField(first);
  const declared = isEmpty(create.types) ? undefined : create.types;
  const filterable: FieldTypes = {
    ...inferTypes(first, { fields, idField }),
    ...(origin?.filterable as FieldTypes | undefined),
    ...declared,
  };
  const splits = vectorField === undefined && create.passages !== 'off' && store.capabilities.passages;
  const isAsked = create.passages !== undefined && embedder !== null;
  const dimensions = embedder?.dimensions ?? origin?.dimensions ?? come?.passages[0]?.vector.length;
  if (dimensions === undefined) throw noEmbedder();
  const tokens = tokenForm(create.tokens, embedder, origin, vectorField);
  return {
    format: indexFormat,
    id: randomUUID(),
    embedder: embedder?.fingerprint ?? origin?.embedder ?? withoutEmbedder,
    model: embedder === null ? origin?.model : model,
    dimensions,
    form: formOf(create) ?? origin?.form,
    tokens,
    sparse: sparseFor(target, origin),
    fields,
    filterable: isEmpty(filterable) ? undefined : filterable,
    declared,
    idField,
    vectorField,
    splitter: !splits ? undefined : origin !== undefined && !isAsked ? origin.splitter : embedder?.split && splitterVersion,
    analyzer: analyzerVersion,
    ...(create.languages === undefined && create.languageField === undefined && origin !== undefined
      ? { languages: origin.languages, languageField: origin.languageField }
      : languagesOf(
          first.map(({ document }) => document),
          fields,
        )),
    titleField: titleFieldFor(create, origin, () => (embedder === null && tokens !== undefined ? undefined : inferTitle(first, fields))),
    createdAt: new Date().toISOString(),
  };
}

/** That of the index that documents come from, unless another is asked for, or none. Throws E_USAGE where the store keeps no weights. */
function sparseFor({ create, sparseModel, store }: Making, origin: Origin | undefined): SparseModel | undefined {
  if (create.sparseModel === withoutSparse) return undefined;
  if (sparseModel !== undefined && store.capabilities.sparse !== true)
    throw new FinetoothError(
      'E_USAGE',
      (say) =>
        `this store keeps no weights of tokens. Leave ${say.option('sparseModel')} out, or make the index in a folder or a database.`,
    );
  return sparseModel ?? (store.capabilities.sparse ? origin?.sparse : undefined);
}

/** `infer`: nothing where the vectors of titles would be kept and there is no embedder to make them, since each search would then read titles anew. */
function titleFieldFor(create: CreateOptions, origin: Origin | undefined, infer: () => string | undefined): string | null | undefined {
  if (create.titleField !== undefined) return create.titleField === withoutTitle ? null : create.titleField;
  return origin?.titleField === undefined ? infer() : origin.titleField;
}

const isEmpty = (types: FieldTypes = {}): boolean => Object.keys(types).length === 0;
