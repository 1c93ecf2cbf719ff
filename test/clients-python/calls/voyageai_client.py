import voyageai

from .texts import DOCUMENTS, QUERY

PACKAGES = ["voyageai"]


def calls(t):
    for base in ("/voyage/v1", "/v1"):
        client = voyageai.Client(api_key=t.key, base_url=t.url + base, max_retries=0)

        @t.tried(f"rerank at {base}")
        def _():
            answer = client.rerank(QUERY, DOCUMENTS, model="rerank-2.5", top_k=2)
            t.best([(one.index, one.relevance_score) for one in answer.results], 2)
            t.equal(answer.results[0].document, DOCUMENTS[answer.results[0].index])
            t.equal(answer.total_tokens > 0, True)

        @t.tried(f"embed at {base}")
        def _():
            answer = client.embed(DOCUMENTS, model="voyage-3.5", input_type="document")
            t.equal([len(one) for one in answer.embeddings], [384] * 4)

        @t.tried(f"embed in int8 at {base}")
        def _():
            answer = client.embed(DOCUMENTS, model="voyage-3.5", output_dtype="int8")
            t.equal([len(answer.embeddings[0]), all(isinstance(value, int) for value in answer.embeddings[0])], [384, True])

        @t.tried(f"embed: a query is not a document, at {base}")
        def _():
            query, document = (client.embed(DOCUMENTS[:1], model="voyage-3.5", input_type=kind).embeddings for kind in ("query", "document"))
            t.equal(query == document, False)

        @t.tried(f"a query that is too long, where cutting is forbidden, at {base}")
        def _():
            t.fails(lambda: client.rerank("word " * 1000, DOCUMENTS, model="rerank-2.5", truncation=False), voyageai.error.InvalidRequestError)

        @t.tried(f"unknown model at {base}")
        def _():
            t.fails(lambda: client.rerank(QUERY, DOCUMENTS, model="none", top_k=1), voyageai.error.VoyageError)

    @t.tried("wrong key")
    def _():
        client = voyageai.Client(api_key="wrong", base_url=t.url + "/voyage/v1", max_retries=0)
        t.fails(lambda: client.rerank(QUERY, DOCUMENTS, model="default"), voyageai.error.AuthenticationError)
