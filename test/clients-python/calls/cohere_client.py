import cohere

from .texts import DOCUMENTS, QUERY

PACKAGES = ["cohere"]


def calls(t):
    for base in ("/cohere", ""):
        v2 = cohere.ClientV2(api_key=t.key, base_url=t.url + base)
        v1 = cohere.Client(api_key=t.key, base_url=t.url + base)

        @t.tried(f"v2 rerank at {base or '/'}")
        def _():
            answer = v2.rerank(model="rerank-v3.5", query=QUERY, documents=DOCUMENTS, top_n=2)
            t.best([(one.index, one.relevance_score) for one in answer.results], 2)
            t.equal(answer.meta.billed_units.search_units, 1)

        @t.tried(f"v1 rerank with documents at {base or '/'}")
        def _():
            answer = v1.rerank(model="rerank-english-v3.0", query=QUERY, documents=DOCUMENTS, return_documents=True)
            t.best([(one.index, one.relevance_score) for one in answer.results], 4)
            t.equal(answer.results[0].document.text, DOCUMENTS[answer.results[0].index])

        @t.tried(f"v1 rerank of objects at {base or '/'}")
        def _():
            answer = v1.rerank(query=QUERY, documents=[{"title": "t", "text": text} for text in DOCUMENTS], rank_fields=["text"])
            t.best([(one.index, one.relevance_score) for one in answer.results], 4)

        @t.tried(f"v2 embed at {base or '/'}")
        def _():
            answer = v2.embed(model="embed-v4.0", texts=DOCUMENTS, input_type="search_document", embedding_types=["float", "ubinary"])
            t.equal([len(answer.embeddings.float_), len(answer.embeddings.float_[0]), len(answer.embeddings.ubinary[0])], [4, 384, 48])

        @t.tried(f"v1 embed at {base or '/'}")
        def _():
            answer = v1.embed(model="embed-english-v3.0", texts=DOCUMENTS, input_type="search_query")
            t.equal([len(one) for one in answer.embeddings], [384] * 4)

        @t.tried(f"unknown model at {base or '/'}")
        def _():
            t.fails(lambda: v2.rerank(model="none", query=QUERY, documents=DOCUMENTS), cohere.errors.NotFoundError)

        @t.tried(f"no documents at {base or '/'}")
        def _():
            t.fails(lambda: v2.rerank(model="default", query=QUERY, documents=[]), cohere.errors.BadRequestError)

    @t.tried("wrong key")
    def _():
        client = cohere.ClientV2(api_key="wrong", base_url=t.url)
        t.fails(lambda: client.rerank(model="default", query=QUERY, documents=DOCUMENTS), cohere.errors.UnauthorizedError)
