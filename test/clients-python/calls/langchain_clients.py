import openai
from langchain_cohere import CohereRerank
from langchain_core.documents import Document
from langchain_openai import OpenAIEmbeddings
from langchain_voyageai import VoyageAIRerank

from .texts import DOCUMENTS, QUERY

PACKAGES = ["langchain-core", "langchain-cohere", "langchain-voyageai", "langchain-openai"]


def calls(t):
    documents = [Document(page_content=text, metadata={"at": i}) for i, text in enumerate(DOCUMENTS)]

    def pairs(kept):
        return [(one.metadata["at"], one.metadata["relevance_score"]) for one in kept]

    for base in ("/cohere", ""):

        @t.tried(f"CohereRerank.compress_documents at {base or '/'}")
        def _():
            compressor = CohereRerank(cohere_api_key=t.key, base_url=t.url + base, model="rerank-v3.5", top_n=2)
            t.best(pairs(compressor.compress_documents(documents, QUERY)), 2)

    for base in ("/voyage/v1", "/v1"):

        @t.tried(f"VoyageAIRerank.compress_documents at {base}")
        def _():
            compressor = VoyageAIRerank(voyage_api_key=t.key, base_url=t.url + base, model="rerank-2.5", top_k=2)
            t.best(pairs(compressor.compress_documents(documents, QUERY)), 2)

    for sends in ({}, {"check_embedding_ctx_length": False}):

        @t.tried(f"OpenAIEmbeddings at /v1 {'with text' if sends else 'as it is, which sends token numbers'}")
        def _():
            embedder = OpenAIEmbeddings(api_key=t.key, base_url=t.url + "/v1", model="text-embedding-3-small", **sends)
            vectors = embedder.embed_documents(DOCUMENTS)
            t.equal([len(one) for one in vectors], [384] * 4)
            plain = openai.OpenAI(api_key=t.key, base_url=t.url + "/v1").embeddings.create(model="default", input=DOCUMENTS)
            for one, other in zip(vectors, plain.data):
                t.near(one, other.embedding)

    @t.tried("OpenAIEmbeddings at /v1 as it is, under a name of this server")
    def _():
        embedder = OpenAIEmbeddings(api_key=t.key, base_url=t.url + "/v1", model="bge-small-en-v1.5")
        t.equal(len(embedder.embed_query(QUERY)), 384)
