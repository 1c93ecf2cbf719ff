from huggingface_hub import InferenceClient

from .texts import DOCUMENTS

PACKAGES = ["huggingface_hub"]


def calls(t):
    @t.tried("feature_extraction at /tei/embed")
    def _():
        client = InferenceClient(base_url=t.url + "/tei/embed", api_key=t.key)
        vector = client.feature_extraction(DOCUMENTS[0])
        t.equal(tuple(vector.shape), (1, 384))

    @t.tried("feature_extraction at /")
    def _():
        client = InferenceClient(model=t.url, token=t.key)
        t.equal(tuple(client.feature_extraction(DOCUMENTS[0], normalize=True, truncate=True).shape), (1, 384))

    @t.tried("sentence_similarity at /tei/similarity")
    def _():
        client = InferenceClient(model=t.url + "/tei/similarity", token=t.key)
        scores = client.sentence_similarity("Bats hear the echo.", other_sentences=DOCUMENTS)
        t.equal([len(scores), scores.index(max(scores))], [4, 2])

    @t.tried("sentence_similarity at /")
    def _():
        client = InferenceClient(model=t.url, token=t.key)
        t.equal(len(client.sentence_similarity("Bats hear the echo.", other_sentences=DOCUMENTS)), 4)

    t.skipped("text_classification", "it sends one text, and a reranker reads two; POST /predict takes pairs")
    t.skipped("rerank", "InferenceClient has no call for reranking; its answer is TEI's, which llama-index and rerankers read")
