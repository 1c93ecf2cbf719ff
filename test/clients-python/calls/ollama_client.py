import ollama
from langchain_ollama import OllamaEmbeddings

from .texts import DOCUMENTS, QUERY

PACKAGES = ["ollama", "langchain-ollama"]


def calls(t):
    client = ollama.Client(host=t.url, headers={"Authorization": f"Bearer {t.key}"})

    @t.tried("embed")
    def _():
        answer = client.embed(model="bge-small-en-v1.5", input=DOCUMENTS)
        t.equal([len(one) for one in answer.embeddings], [384] * 4)
        t.equal(answer.prompt_eval_count > 0, True)

    @t.tried("embeddings")
    def _():
        t.equal(len(client.embeddings(model="bge-small-en-v1.5:latest", prompt=QUERY).embedding), 384)

    @t.tried("list")
    def _():
        t.equal("bge-small-en-v1.5:latest" in [one.model for one in client.list().models], True)

    @t.tried("show")
    def _():
        shown = client.show("bge-small-en-v1.5")
        t.equal([shown.capabilities, shown.modelinfo["bert.embedding_length"]], [["embedding"], 384])

    @t.tried("ps")
    def _():
        t.equal(len(client.ps().models) > 0, True)

    @t.tried("unknown model")
    def _():
        t.fails(lambda: client.embed(model="none", input="a"), ollama.ResponseError)

    @t.tried("OllamaEmbeddings.embed_documents")
    def _():
        embedder = OllamaEmbeddings(model="bge-small-en-v1.5", base_url=t.url, client_kwargs={"headers": {"Authorization": f"Bearer {t.key}"}})
        t.equal([len(one) for one in embedder.embed_documents(DOCUMENTS)], [384] * 4)
        t.equal(len(embedder.embed_query(QUERY)), 384)
