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

    @t.tried("wrong key")
    def _():
        client = openai.OpenAI(api_key="wrong", base_url=t.url + "/v1", max_retries=0)
        t.fails(lambda: client.embeddings.create(model="default", input="a"), openai.AuthenticationError)
