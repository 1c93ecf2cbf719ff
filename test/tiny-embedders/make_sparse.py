#!/usr/bin/env python3
"""Makes a tiny sparse encoder with random weights, and the weights that sentence-transformers gives for it.

usage: make_sparse.py --corpus corpus.jsonl --out OUT_DIR --golden sparse_models.json
  --corpus  lines of {"title", "tagline", "overview"}: the tokenizer is trained on these words
needs: the packages of requirements.txt, on Python 3.11

What it writes:
  OUT_DIR/splade  a BERT of one layer with the head that fills in masked words, and a SpladePooling, as SparseEncoder saves them
  OUT_DIR/splade-distilbert, -roberta, -new  the same of other architectures, with log1p_relu
  OUT_DIR/sparse  what makes of it an encoder whose queries are looked up: a Router, a SparseStaticEmbedding, an idf.json; its graph is that of splade
  --golden        of each way of pooling, and of both kinds of queries, the weights of all texts and the scores of all pairs
Weights of special tokens are left out, as OpenSearch's own code for its models does; sentence-transformers keeps them. Nothing is downloaded.
"""
from steady import drawn, lines_of  # before all else: it may start Python again
import argparse
import io
import json
import pathlib
import platform
import shutil
import warnings


import onnx
import sentence_transformers
import tokenizers
import torch
import transformers
from sentence_transformers import SparseEncoder
from sentence_transformers.base.modules import Router, Transformer
from sentence_transformers.sparse_encoder.modules import SparseStaticEmbedding, SpladePooling
from sentence_transformers.util import select_max_active_dims
from transformers import BertConfig, BertForMaskedLM, DistilBertConfig, DistilBertForMaskedLM, PreTrainedTokenizerFast, RobertaConfig, RobertaForMaskedLM

from families import roberta_tokenizer, word_piece
from gte_new import NewConfig, NewForMaskedLM
from make import compact

WINDOW = 24
QUERIES = ["whales", "Who hunts the white whale across the sea, and why does he?", "bats bats!", "中文", ""]
DOCUMENTS = [
    "A captain hunts the white whale across the sea.", "Bats find their way in the dark by the echo of their calls.", "",
    "The price of wheat rose by a tenth this year, and with it that of bread, beer and all that is made of flour or malt in this country.",
]
WAYS = {
    "relu": {"activation_function": "relu", "pooling_strategy": "max"},
    "log1p_relu": {"activation_function": "log1p_relu", "pooling_strategy": "max"},
    "sum": {"activation_function": "relu", "pooling_strategy": "sum"},
    "most": {"activation_function": "log1p_relu", "pooling_strategy": "max", "max_active_dims": 12},
}
PARTS = ["modules.json", "config.json", "tokenizer.json", "tokenizer_config.json", "config_sentence_transformers.json", "sentence_bert_config.json"]
INPUTS = ["input_ids", "attention_mask", "token_type_ids"]


def thinly_drawn(module, name):
    drawn(module, name)
    with torch.no_grad():
        # Most tokens of the vocabulary have no weight for a text, as in a model that was trained.
        for key, weight in module.named_parameters():
            if key in ("cls.predictions.bias", "vocab_projector.bias", "lm_head.bias", "decoder.bias"):
                weight -= 2.6
    return module


class Logits(torch.nn.Module):
    def __init__(self, model, inputs):
        super().__init__()
        self.model, self.names = model, inputs

    def forward(self, *tensors):
        return self.model(**dict(zip(self.names, tensors))).logits


def export(model, path, inputs=INPUTS):
    ids = torch.arange(12).reshape(2, 6) + 5
    mask = (torch.arange(6).expand(2, 6) < torch.tensor([[6], [4]])).long()
    axes = {0: "batch", 1: "sequence"}
    written = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Logits(model, inputs).eval(), (ids, mask, torch.zeros_like(ids))[: len(inputs)], written, dynamo=False, opset_version=17, do_constant_folding=False,
            input_names=inputs, output_names=["logits"], dynamic_axes=dict.fromkeys([*inputs, "logits"], axes),
        )
    path.write_bytes(compact(onnx.load_from_string(written.getvalue())).SerializeToString())


def dense(encoder, texts, role, special, most):
    encode = encoder.encode_query if role == "query" else encoder.encode_document
    alone = torch.stack([encode([text], convert_to_sparse_tensor=False)[0] for text in texts])
    together = encode(texts, convert_to_sparse_tensor=False)
    assert (alone - together).abs().max() < 1e-5
    alone[:, special] = 0
    return select_max_active_dims(alone, most)


def golden_of(encoder, special, most=None):
    queries, documents = (dense(encoder, texts, role, special, most) for texts, role in ((QUERIES, "query"), (DOCUMENTS, "document")))
    listed = lambda rows: [[[int(i), float(f"{row[i]:.7g}")] for i in row.nonzero().flatten()] for row in rows]
    scores = [[float(f"{value:.7g}") for value in row] for row in (queries.double() @ documents.double().T).tolist()]
    return {"queries": listed(queries), "documents": listed(documents), "scores": scores}


def other(name, config, tokenizer, work, out):
    """One of another architecture: as SparseEncoder saves it, with its graph, and what it gives."""
    tokenizer.save_pretrained(work / name)
    thinly_drawn(config[1](config[0]), name).save_pretrained(work / name)
    pooling = SpladePooling(activation_function="log1p_relu")
    encoder = SparseEncoder(modules=[Transformer(str(work / name), transformer_task="fill-mask"), pooling], device="cpu")
    encoder.save_pretrained(str(work / f"{name}-saved"), create_model_card=False)
    for part in PARTS:
        shutil.copy(work / f"{name}-saved" / part, out / name / part)
    shutil.copytree(work / f"{name}-saved/1_SpladePooling", out / name / "1_SpladePooling")
    export(encoder[0].auto_model, out / name / "model.onnx", INPUTS[:2])
    small(out / name / "tokenizer.json")
    return golden_of(encoder, tokenizer.all_special_ids)


def small(path):
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf8")), separators=(",", ":")), encoding="utf8")


def main():
    options = argparse.ArgumentParser()
    for name in ("corpus", "out", "golden"):
        options.add_argument(f"--{name}", required=True)
    given = options.parse_args()
    out, work = pathlib.Path(given.out), pathlib.Path("/tmp/tiny-sparse-work")
    for folder in (out / "splade", out / "sparse", out / "splade-distilbert", out / "splade-roberta", out / "splade-new", work):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    trained, special = word_piece(list(lines_of(given.corpus)))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=trained, **special, model_max_length=WINDOW, model_input_names=INPUTS)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, max_position_embeddings=64
    )
    thinly_drawn(BertForMaskedLM(config), "splade").save_pretrained(work / "base")
    tokenizer.save_pretrained(work / "base")
    numbers = tokenizer.all_special_ids
    golden = {}
    for name, way in WAYS.items():
        most = {"max_active_dims": way["max_active_dims"]} if "max_active_dims" in way else {}
        pooling = SpladePooling(**{key: value for key, value in way.items() if key not in most})
        encoder = SparseEncoder(modules=[Transformer(str(work / "base"), transformer_task="fill-mask"), pooling], device="cpu")
        golden[name] = {"config": way, **golden_of(encoder, numbers, *most.values())}
        if name == "relu":
            encoder.save_pretrained(str(work / "splade"), create_model_card=False)
            export(encoder[0].auto_model, out / "splade/model.onnx")
    random = torch.Generator().manual_seed(7)
    weight = torch.rand(len(tokenizer), generator=random) * 9 + 0.5
    table = SparseStaticEmbedding(tokenizer=tokenizer, weight=weight, frozen=True)
    transformer = Transformer(str(work / "base"), transformer_task="fill-mask")
    router = Router.for_query_document(query_modules=[table], document_modules=[transformer, SpladePooling(activation_function="log1p_relu")])
    encoder = SparseEncoder(modules=[router], device="cpu")
    encoder.save_pretrained(str(work / "sparse"), create_model_card=False)
    golden["looked up"] = {"config": WAYS["log1p_relu"], **golden_of(encoder, numbers)}
    for part in PARTS:
        shutil.copy(work / "splade" / part, out / "splade" / part)
    shutil.copytree(work / "splade/1_SpladePooling", out / "splade/1_SpladePooling")
    for part in ("modules.json", "router_config.json", "config_sentence_transformers.json"):
        shutil.copy(work / "sparse" / part, out / "sparse" / part)
    for part in ("document_1_SpladePooling", "query_0_SparseStaticEmbedding"):
        (out / "sparse" / part).mkdir()
        for file in ("config.json", "model.safetensors"):
            if (work / "sparse" / part / file).exists():
                shutil.copy(work / "sparse" / part / file, out / "sparse" / part / file)
    tokens = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
    (out / "sparse/idf.json").write_text(json.dumps(dict(zip(tokens, weight.tolist())), ensure_ascii=False, indent=0), encoding="utf8")
    small(out / "splade/tokenizer.json")
    distil = DistilBertConfig(vocab_size=len(tokenizer), dim=16, n_layers=1, n_heads=2, hidden_dim=16, max_position_embeddings=64)
    plain = PreTrainedTokenizerFast(tokenizer_object=trained, **special, model_max_length=WINDOW, model_input_names=INPUTS[:2])
    architectures = {"splade-distilbert": other("splade-distilbert", (distil, DistilBertForMaskedLM), plain, work, out)}
    pieces, marks = roberta_tokenizer(list(lines_of(given.corpus)))
    tokens = PreTrainedTokenizerFast(tokenizer_object=pieces, **marks, model_max_length=WINDOW, model_input_names=INPUTS[:2])
    roberta = RobertaConfig(
        vocab_size=len(tokens), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, max_position_embeddings=66,
        pad_token_id=tokens.pad_token_id, bos_token_id=tokens.bos_token_id, eos_token_id=tokens.eos_token_id, type_vocab_size=1,
    )
    architectures["splade-new"] = other("splade-new", (NewConfig(vocab_size=len(tokenizer), pad_token_id=tokenizer.pad_token_id), NewForMaskedLM), plain, work, out)
    architectures["splade-roberta"] = other("splade-roberta", (roberta, RobertaForMaskedLM), tokens, work, out)
    made = {
        "python": platform.python_version(),
        "command": "make_sparse.py --corpus samples/films/corpus.jsonl --out test/tiny-embedders --golden test/golden/sparse_models.json",
        "tools": {module.__name__.replace("_", "-"): module.__version__ for module in (sentence_transformers, transformers, torch, tokenizers, onnx)},
    }
    short = lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    pathlib.Path(given.golden).write_text(
        json.dumps({"made": made, "queries": QUERIES, "documents": DOCUMENTS}, ensure_ascii=False)[:-1]
        + "".join(
            f",\n{json.dumps(key)}: {{" + ",\n".join(f"{json.dumps(name)}: {short(value)}" for name, value in all_of.items()) + "}"
            for key, all_of in (("ways", golden), ("architectures", architectures))
        )
        + "}\n",
        encoding="utf8",
    )


if __name__ == "__main__":
    main()
