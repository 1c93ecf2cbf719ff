import openai

from .texts import DOCUMENTS

PACKAGES = ["openai"]


def calls(t):
    for base in ("/v1", "/openai/v1"):
        client = openai.OpenAI(api_key=t.key, base_url=t.url + base, max_retries=0)

        @t.tried(f"embeddings in base64, its default, at {base}")
        def _():
            packed = client.embeddings.create(model="text-embedding-3-small", input=DOCUMENTS)
            plain = client.embeddings.create(model="text-embedding-3-small", input=DOCUMENTS, encoding_format="float")
            t.near(packed.data[3].embedding, plain.data[3].embedding)
            t.equal([len(one.embedding) for one in packed.data], [384] * 4)

        @t.tried(f"models at {base}")
        def _():
            t.equal("default" in [one.id for one in client.models.list()], True)

        @t.tried(f"unknown model at {base}")
        def _():
            t.fails(lambda: client.embeddings.create(model="none", input="a"), openai.NotFoundError)

    @t.tried("retrieve a model, its name with a slash")
    def _():
        client = openai.OpenAI(api_key=t.key, base_url=t.url + "/v1", max_retries=0)
        t.equal(client.models.retrieve("BAAI/bge-small-en-v1.5").id, "BAAI/bge-small-en-v1.5")

    @t.tried("AzureOpenAI, the deployment named as the model")
    def _():
        client = openai.AzureOpenAI(api_key=t.key, azure_endpoint=t.url, api_version="2024-02-01", max_retries=0)
        t.equal(len(client.embeddings.create(model="text-embedding-3-small", input=DOCUMENTS).data[0].embedding), 384)
        t.fails(lambda: client.embeddings.create(model="none", input="a"), openai.NotFoundError)

    @t.tried("token numbers, as embeddings of long texts are sent")
    def _():
        client = openai.OpenAI(api_key=t.key, base_url=t.url + "/v1", max_retries=0)
        numbers = client.embeddings.create(model="text-embedding-3-small", input=[[15339, 1917]]).data[0].embedding
        text = client.embeddings.create(model="text-embedding-3-small", input="hello world").data[0].embedding
        t.near(numbers, text)

    @t.tried("extra_body: a query, in int8")
    def _():
        client = openai.OpenAI(api_key=t.key, base_url=t.url + "/v1", max_retries=0)
        answer = client.embeddings.create(
            model="default", input="a", encoding_format="float", extra_body={"input_type": "query", "output_dtype": "int8"}
        )
        t.equal([len(answer.data[0].embedding), all(one == int(one) for one in answer.data[0].embedding)], [384, True])

    @t.tried("wrong key")
    def _():
        client = openai.OpenAI(api_key="wrong", base_url=t.url + "/v1", max_retries=0)
        t.fails(lambda: client.embeddings.create(model="default", input="a"), openai.AuthenticationError)
