import together

from .texts import DOCUMENTS, QUERY

PACKAGES = ["together"]


def calls(t):
    for base in ("/together", ""):
        client = together.Together(api_key=t.key, base_url=t.url + base, max_retries=0)

        @t.tried(f"rerank at {base or '/'}")
        def _():
            answer = client.rerank.create(model="Salesforce/Llama-Rank-V1", query=QUERY, documents=DOCUMENTS, top_n=2)
            t.best([(one.index, one.relevance_score) for one in answer.results], 2)
            t.equal(answer.usage.total_tokens > 0, True)

        @t.tried(f"rerank of objects at {base or '/'}")
        def _():
            objects = [{"title": "t", "text": text} for text in DOCUMENTS]
            answer = client.rerank.create(model="default", query=QUERY, documents=objects, rank_fields=["title", "text"])
            t.best([(one.index, one.relevance_score) for one in answer.results], 4)

        @t.tried(f"embeddings at {base or '/'}")
        def _():
            answer = client.embeddings.create(model="default", input=DOCUMENTS)
            t.equal([len(one.embedding) for one in answer.data], [384] * 4)

        @t.tried(f"unknown model at {base or '/'}")
        def _():
            t.fails(lambda: client.rerank.create(model="none", query=QUERY, documents=DOCUMENTS), together.NotFoundError)

    @t.tried("wrong key")
    def _():
        client = together.Together(api_key="wrong", base_url=t.url, max_retries=0)
        t.fails(lambda: client.rerank.create(model="default", query=QUERY, documents=DOCUMENTS), together.AuthenticationError)
