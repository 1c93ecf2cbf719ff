from rerankers import Reranker

from .texts import DOCUMENTS, QUERY

PACKAGES = ["rerankers"]


def calls(t):
    vendors = [
        ("cohere", "rerank-v3.5", "/v1/rerank"),
        ("jina", "jina-reranker-m0", "/jina/v1/rerank"),
        ("voyage", "rerank-2.5", "/voyage/v1/rerank"),
        ("mixedbread.ai", "mxbai-rerank-large-v2", "/mixedbread/v1/reranking"),
        ("text-embeddings-inference", "default", "/tei/rerank"),
    ]
    for vendor, model, path in vendors:

        @t.tried(f"{vendor} at {path}")
        def _():
            ranker = Reranker(model, model_type="APIRanker", api_provider=vendor, api_key=t.key, url=t.url + path, verbose=0)
            answer = ranker.rank(query=QUERY, docs=DOCUMENTS)
            t.best([(one.doc_id, one.score) for one in answer.results], 4)

    @t.tried("pinecone at /pinecone/rerank")
    def _():
        ranker = Reranker("bge-reranker-v2-m3", model_type="APIRanker", api_provider="pinecone", api_key=t.key, url=t.url + "/pinecone/rerank", verbose=0)
        t.best([(one.doc_id, one.score) for one in ranker.rank(query=QUERY, docs=DOCUMENTS).results], 4)

    t.skipped("isaacus", "its API is not among those that the server speaks")
