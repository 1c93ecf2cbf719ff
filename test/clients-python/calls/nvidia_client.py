from langchain_core.documents import Document
from langchain_nvidia_ai_endpoints import NVIDIAEmbeddings, NVIDIARerank

from .texts import DOCUMENTS, QUERY

PACKAGES = ["langchain-nvidia-ai-endpoints"]


def calls(t):
    for base in ("/v1", "/nvidia/v1"):

        @t.tried(f"NVIDIARerank.compress_documents at {base}")
        def _():
            ranker = NVIDIARerank(base_url=t.url + base, api_key=t.key, model="nvidia/llama-3.2-nv-rerankqa-1b-v2", top_n=2)
            kept = ranker.compress_documents([Document(page_content=text) for text in DOCUMENTS], QUERY)
            t.equal([len(kept), kept[0].page_content], [2, DOCUMENTS[2]])

        @t.tried(f"NVIDIAEmbeddings at {base}: a query is not a document")
        def _():
            embedder = NVIDIAEmbeddings(base_url=t.url + base, api_key=t.key, model="nvidia/nv-embedqa-e5-v5")
            t.equal([len(one) for one in embedder.embed_documents(DOCUMENTS)], [384] * 4)
            t.equal(embedder.embed_query(DOCUMENTS[0]) == embedder.embed_documents(DOCUMENTS[:1])[0], False)
