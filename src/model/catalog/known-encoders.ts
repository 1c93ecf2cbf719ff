import { FinetoothError } from '../../errors.ts';
import { STATE } from './infer-sparse.ts';
import type { KnownRepository } from './known-repositories.ts';
import type { Pooling } from './model-entry.ts';
import { type Json, objectOf } from './modules.ts';

/** Encoders of texts whose mean over the tokens is taken where nothing says more, as sentence-transformers does. */
const encoders =
  /^(Albert|Bert|Camembert|Deberta|DebertaV2|DistilBert|Electra|Ernie|Gte|JinaBert|MPNet|New|NomicBert|Roberta|XLMRoberta|XLMRobertaXL)Model$/;

/**
 * A class that is none of these may be anything, and its tokens' mean would be a vector without a meaning; what is named as something else needs the
 * files that say what it is.
 */
export function refuseUnlessEncoder(config: Json, name: string): void {
  const classes = Array.isArray(config.architectures) ? config.architectures.map(String) : [];
  const isNamed = /rerank|cross-?encoder|colbert|splade/i.test(name);
  if (!isNamed && classes.some((one) => encoders.test(one))) return;
  const listwise = classes.find((one) => /^Jina\w*ForRanking$/.test(one));
  if (listwise !== undefined)
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${name} is a ${listwise}: it reads all documents of a list in one prompt, and compares what it makes of each by layers that no graph has. ` +
        'Such models are not run here; choose a cross-encoder, or ask their vendor: jina:jina-reranker-v3.',
    );
  const what = isNamed
    ? 'by its name it is no plain embedder'
    : classes.length === 0
      ? 'its config.json, if there is one, names no architecture'
      : `a ${classes.join(' and a ')} is not known to be ${classes.some((one) => /ForMaskedLM$/.test(one)) ? 'one: it fills in words that are left out' : 'one'}`;
  throw new FinetoothError(
    'E_MODEL_FAILED',
    `nothing says that ${name} is an embedder or a reranker: ${what}, and there is no modules.json. ` +
      'Copy modules.json and 1_Pooling/config.json of its repository beside it, or state it in a finetooth.json there: ' +
      '{"pooling": "mean"} or "cls" for an embedder, {"kind": "cross-encoder"} for a reranker with one label' +
      (classes.some((one) => /ForMaskedLM$/.test(one)) || /splade|sparse/i.test(name) ? `, or for a sparse encoder ${STATE}.` : '.'),
  );
}

/** 1_Pooling/config.json, or where a conversion keeps neither that nor modules.json, what is known of the repository. */
export function poolingBeside(
  known: KnownRepository | undefined,
  stated: unknown,
  modules: readonly unknown[] | undefined,
): Json | undefined {
  if (typeof stated === 'object' && stated !== null) return objectOf(stated);
  if (stated !== undefined || modules !== undefined || known?.recipe.form !== 'pooled' || known.recipe.pooling === 'output')
    return undefined;
  return { pooling_mode: known.recipe.pooling };
}

/**
 * A conversion that lost what makes its model what it is: a plain embedder of one that was trained for its token vectors, or an encoder whose layers were to be in its graph.
 * What a finetooth.json states is believed.
 */
export function refuseUnlessAsKnown(
  { name, repository, madeFrom, recipe }: KnownRepository,
  { pooling, stated, hasModules }: { readonly pooling: Pooling; readonly stated: Pooling | undefined; readonly hasModules: boolean },
): void {
  if (stated !== undefined) return;
  const of = madeFrom?.[0] ?? repository;
  if (recipe.form === 'late-interaction')
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${name} is one for late interaction, and none of its files says how it reads queries and documents. ` +
        `Copy config_sentence_transformers.json (or onnx_config.json) of ${of} beside it.`,
    );
  if (recipe.form !== 'pooled' || recipe.pooling !== 'output' || pooling === 'output' || hasModules) return;
  throw new FinetoothError(
    'E_MODEL_FAILED',
    `${name} has layers behind its pooling, and its graph gives no output "sentence_embedding" that would hold them. ` +
      `Take a conversion that does, or copy modules.json and the folders that it names of ${of} beside it.`,
  );
}
