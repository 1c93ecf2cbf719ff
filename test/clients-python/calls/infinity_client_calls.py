from infinity_client import AuthenticatedClient
from infinity_client.api.default import embeddings, health, models, rerank
from infinity_client.models import OpenAIEmbeddingInputText, RerankInput

from .texts import DOCUMENTS, QUERY

PACKAGES = ["infinity_client"]


def calls(t):
    for base in ("/infinity", "/infinity/v1"):
        client = AuthenticatedClient(base_url=t.url + base, token=t.key)

        @t.tried(f"rerank at {base}")
        def _():
            answer = rerank.sync(client=client, body=RerankInput(query=QUERY, documents=DOCUMENTS, return_documents=True))
            t.best([(one.index, one.relevance_score) for one in answer.results], 4)
            t.equal(answer.results[0].document, DOCUMENTS[2])

        @t.tried(f"embeddings at {base}")
        def _():
            answer = embeddings.sync(client=client, body=OpenAIEmbeddingInputText(input_=DOCUMENTS, model="default"))
            t.equal([len(one.embedding) for one in answer.data], [384] * 4)

        @t.tried(f"health and models at {base}")
        def _():
            t.equal(health.sync_detailed(client=client).status_code, 200)
            t.equal(models.sync_detailed(client=client).status_code, 200)
