import { FinetoothError } from '../../errors.ts';
import { STATE } from './infer-sparse.ts';
import type { Json } from './modules.ts';

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
