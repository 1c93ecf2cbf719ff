from llama_index.core.schema import NodeWithScore, TextNode
from llama_index.postprocessor.cohere_rerank import CohereRerank
from llama_index.postprocessor.jinaai_rerank import JinaRerank
from llama_index.postprocessor.tei_rerank import TextEmbeddingInference

from .texts import DOCUMENTS, QUERY

PACKAGES = [
    "llama-index-core",
    "llama-index-postprocessor-cohere-rerank",
    "llama-index-postprocessor-jinaai-rerank",
    "llama-index-postprocessor-tei-rerank",
]


def calls(t):
    def nodes():
        return [NodeWithScore(node=TextNode(text=text, id_=str(i)), score=0.0) for i, text in enumerate(DOCUMENTS)]

    def pairs(kept):
        return [(int(one.node.node_id), one.score) for one in kept]

    for base in ("/cohere", ""):

        @t.tried(f"CohereRerank at {base or '/'}")
        def _():
            reranker = CohereRerank(api_key=t.key, base_url=t.url + base, model="rerank-v3.5", top_n=2)
            t.best(pairs(reranker.postprocess_nodes(nodes(), query_str=QUERY)), 2)

    for base in ("/jina/v1", "/v1"):

        @t.tried(f"JinaRerank at {base}")
        def _():
            reranker = JinaRerank(api_key=t.key, base_url=t.url + base, top_n=2)
            t.best(pairs(reranker.postprocess_nodes(nodes(), query_str=QUERY)), 2)

    for base in ("/tei", ""):

        @t.tried(f"TextEmbeddingInference at {base or '/'}")
        def _():
            reranker = TextEmbeddingInference(base_url=t.url + base, auth_token=f"Bearer {t.key}", top_n=2)
            t.best(pairs(reranker.postprocess_nodes(nodes(), query_str=QUERY)), 2)

    t.skipped("VoyageAIRerank", "llama-index-postprocessor-voyageai-rerank 0.6 takes no base URL, and its client reads none from the environment")
