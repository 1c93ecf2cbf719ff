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
        ("huggingface/default", ""),
        ("cohere/rerank-v3.5", ""),
        ("cohere/rerank-v3.5", "/v1"),
        ("jina_ai/jina-reranker-m0", "/v1/rerank"),
        ("jina_ai/jina-reranker-m0", "/v1"),
        ("jina_ai/jina-reranker-m0", ""),
        ("voyage/rerank-2.5", "/v1/rerank"),
        ("voyage/rerank-2.5", ""),
        ("hosted_vllm/default", ""),
        ("hosted_vllm/default", "/v1"),
        ("nvidia_nim/nvidia/llama-3.2-nv-rerankqa-1b-v2", ""),
    ]
    for model, path in vendors:
        if path is None:
            t.skipped(f"rerank of {model}", "litellm has the address of Together's rerank in its source")
            continue

        @t.tried(f"rerank of {model} at {path or '/'}")
        def _():
            answer = litellm.rerank(model=model, query=QUERY, documents=DOCUMENTS, top_n=2, api_base=t.url + path, api_key=t.key)
            if model.startswith("nvidia_nim"):
                # Logits.
                t.equal([len(answer.results) >= 2, answer.results[0]["index"]], [True, 2])
            else:
                t.best(pairs(answer), 2)

    @t.tried("embedding of openai/text-embedding-3-small at /v1")
    def _():
        answer = litellm.embedding(model="openai/text-embedding-3-small", input=DOCUMENTS, api_base=t.url + "/v1", api_key=t.key)
        t.equal([len(one["embedding"]) for one in answer.data], [384] * 4)

    @t.tried("embedding of voyage/voyage-3 at /voyage/v1/embeddings")
    def _():
        answer = litellm.embedding(model="voyage/voyage-3", input=DOCUMENTS, api_base=t.url + "/voyage/v1/embeddings", api_key=t.key)
        t.equal([len(one["embedding"]) for one in answer.data], [384] * 4)

    @t.tried("rerank of hosted_vllm/default at /, one document longer than the window")
    def _():
        long = [*DOCUMENTS, "The weather was fine. " * 1000]
        answer = litellm.rerank(model="hosted_vllm/default", query=QUERY, documents=long, api_base=t.url, api_key=t.key)
        t.equal([len(answer.results), answer.results[0]["index"]], [5, 2])

    embedders = [
        ("jina_ai/jina-embeddings-v3", "/v1"),
        ("ollama/bge-small-en-v1.5", ""),
        ("azure/text-embedding-3-small", ""),
        ("nvidia_nim/nvidia/nv-embedqa-e5-v5", "/v1"),
        ("hosted_vllm/default", "/v1"),
        ("infinity/default", "/infinity"),
        ("together_ai/BAAI/bge-base-en-v1.5", "/together/v1"),
    ]
    for model, path in embedders:

        @t.tried(f"embedding of {model} at {path or '/'}")
        def _():
            extra = {"api_version": "2024-02-01"} if model.startswith("azure") else {}
            extra = {"input_type": "passage"} if model.startswith("nvidia") else extra
            # It sends Ollama no key.
            url = t.open_url if model.startswith("ollama") else t.url
            answer = litellm.embedding(model=model, input=DOCUMENTS, api_base=url + path, api_key=t.key, **extra)
            t.equal([len(one["embedding"]) for one in answer.data], [384] * 4)

    @t.tried("wrong key")
    def _():
        t.fails(
            lambda: litellm.rerank(model="cohere/rerank-v3.5", query=QUERY, documents=DOCUMENTS, api_base=t.url + "/v2/rerank", api_key="wrong"),
            litellm.exceptions.AuthenticationError,
        )
