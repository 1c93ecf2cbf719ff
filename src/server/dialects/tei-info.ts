import { RequestError } from '../problem.ts';
import type { Served } from './dialect.ts';

const reranker = { reranker: { id2label: { 0: 'LABEL_0' }, label2id: { LABEL_0: 0 } } } as const;

/**
 * What is served, in the words of TEI, which has one model a server: here both tasks stand in `model_type`, so that a client finds the one that it
 * looks for; `task` asks for one alone, with the model's own name.
 */
export async function infoOf(
  { models, version, mostRequests, mostDocuments }: Served,
  { task }: { readonly task?: string | undefined },
): Promise<object> {
  const wanted = task === undefined || task === '' ? undefined : taskOf(task);
  const [ranking, embedder] = await Promise.all([models.reranker(), models.embedder()]);
  const { name } = wanted === 'embed' ? embedder : ranking;
  const embedding = { embedding: { pooling: embedder.pooling === 'lasttoken' ? 'last_token' : embedder.pooling } };
  return {
    model_id: name,
    model_sha: null,
    model_dtype: 'int8',
    served_model_name: name,
    model_type: wanted === 'embed' ? embedding : wanted === 'rerank' ? reranker : { ...reranker, ...embedding },
    max_concurrent_requests: mostRequests,
    max_input_length: embedder.window,
    max_batch_tokens: 16_384,
    max_batch_requests: null,
    max_client_batch_size: mostDocuments,
    auto_truncate: true,
    tokenization_workers: 1,
    version,
    sha: null,
    docker_label: null,
    fingerprint: wanted === 'embed' ? embedder.embedder.fingerprint : ranking.reranker.fingerprint,
    embedding: { model_id: embedder.name, dimensions: embedder.embedder.dimensions },
  };
}

function taskOf(task: string): 'embed' | 'rerank' {
  if (/^embed/i.test(task)) return 'embed';
  if (/^(re)?rank/i.test(task)) return 'rerank';
  throw new RequestError('invalid', `task: embedding or reranker; got "${task.slice(0, 60)}"`, { param: 'task' });
}
