from xinference_client import RESTfulClient

from .texts import DOCUMENTS, QUERY

PACKAGES = ["xinference-client"]


def calls(t):
    client = RESTfulClient(t.url, api_key=t.key)

    @t.tried("get_model('default').rerank")
    def _():
        answer = client.get_model("default").rerank(DOCUMENTS, QUERY, top_n=2, return_documents=True, return_len=True)
        t.best([(one["index"], one["relevance_score"]) for one in answer["results"]], 2)
        t.equal(answer["results"][0]["document"]["text"], DOCUMENTS[2])

    @t.tried("get_model('bge-small-en-v1.5').create_embedding")
    def _():
        answer = client.get_model("bge-small-en-v1.5").create_embedding(DOCUMENTS)
        t.equal([len(one["embedding"]) for one in answer["data"]], [384] * 4)

    @t.tried("list_models")
    def _():
        t.equal(client.list_models()["bge-small-en-v1.5"]["model_type"], "embedding")

    @t.tried("unknown model")
    def _():
        t.fails(lambda: client.get_model("none"), RuntimeError)
