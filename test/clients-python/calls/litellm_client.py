import litellm

from .texts import DOCUMENTS, QUERY

PACKAGES = ["litellm"]


def calls(t):
    def pairs(answer):
        return [(one["index"], one["relevance_score"]) for one in answer.results]

    vendors = [
        ("cohere/rerank-v3.5", "/v2/rerank"),
        ("cohere/rerank-v3.5", "/cohere/v2/rerank"),
        ("together_ai/Salesforce/Llama-Rank-V1", None),
        ("jina_ai/jina-reranker-m0", "/jina/v1/rerank"),
        ("voyage/rerank-2.5", "/voyage/v1/rerank"),
        ("infinity/default", "/infinity/rerank"),
        ("hosted_vllm/default", "/vllm/v1/rerank"),
        ("huggingface/default", "/tei"),
    ]
    for model, path in vendors:
        if path is None:
            t.skipped(f"rerank of {model}", "litellm has the address of Together's rerank in its source")
            continue

        @t.tried(f"rerank of {model} at {path}")
        def _():
            answer = litellm.rerank(model=model, query=QUERY, documents=DOCUMENTS, top_n=2, api_base=t.url + path, api_key=t.key)
            # TEI has no limit of its own.
            t.best(pairs(answer), 4 if path == "/tei" else 2)

    @t.tried("embedding of openai/text-embedding-3-small at /v1")
    def _():
        answer = litellm.embedding(model="openai/text-embedding-3-small", input=DOCUMENTS, api_base=t.url + "/v1", api_key=t.key)
        t.equal([len(one["embedding"]) for one in answer.data], [384] * 4)

    @t.tried("embedding of voyage/voyage-3 at /voyage/v1/embeddings")
    def _():
        answer = litellm.embedding(model="voyage/voyage-3", input=DOCUMENTS, api_base=t.url + "/voyage/v1/embeddings", api_key=t.key)
        t.equal([len(one["embedding"]) for one in answer.data], [384] * 4)

    @t.tried("wrong key")
    def _():
        t.fails(
            lambda: litellm.rerank(model="cohere/rerank-v3.5", query=QUERY, documents=DOCUMENTS, api_base=t.url + "/v2/rerank", api_key="wrong"),
            litellm.exceptions.AuthenticationError,
        )
