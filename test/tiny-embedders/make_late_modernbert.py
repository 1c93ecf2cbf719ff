#!/usr/bin/env python3
"""Makes a tiny ModernBERT for late interaction as PyLate's exporter leaves it, and the token vectors and scores that PyLate gives for it.

usage: make_late_modernbert.py --corpus corpus.jsonl --out OUT_DIR --golden late_modernbert.json
needs: the packages of requirements-late-interaction.txt, on Python 3.11

What it writes:
  OUT_DIR/colbert-modernbert  a graph with the projection in it and an output called "output"; its settings are in onnx_config.json alone
  --golden                    token vectors of queries and documents, and MaxSim as a mean over the query's tokens
Nothing is downloaded.
"""
import argparse
import io
import json
import pathlib
import platform
import shutil
import warnings

import make_late_interaction as base  # sets the environment, and starts Python again
import onnx
import torch
from families import modernbert_tokenizer
from make import compact
from pylate import models
from transformers import ModernBertConfig, ModernBertModel, PreTrainedTokenizerFast

TWO = ["input_ids", "attention_mask"]


class Graph(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model, self.steps = model[0].auto_model, torch.nn.ModuleList(list(model)[1:])

    def forward(self, input_ids, attention_mask):
        hidden = self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        for step in self.steps:
            hidden = step({"token_embeddings": hidden})["token_embeddings"]
        return torch.nn.functional.normalize(hidden, dim=-1)


def main():
    options = argparse.ArgumentParser()
    for name in ("corpus", "out", "golden"):
        options.add_argument(f"--{name}", required=True)
    given = options.parse_args()
    out, work = pathlib.Path(given.out) / "colbert-modernbert", pathlib.Path("/tmp/tiny-late-modernbert-work")
    for folder in (out, work):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    trained, special = modernbert_tokenizer(list(base.lines_of(given.corpus)))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=trained, **special, model_max_length=64, model_input_names=TWO)
    config = ModernBertConfig(
        vocab_size=len(tokenizer), hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24, max_position_embeddings=64,
        local_attention=8, global_attn_every_n_layers=2, pad_token_id=tokenizer.pad_token_id, cls_token_id=tokenizer.cls_token_id,
        sep_token_id=tokenizer.sep_token_id, bos_token_id=tokenizer.cls_token_id, eos_token_id=tokenizer.sep_token_id,
    )
    config.architectures = ["ModernBertModel"]
    base.drawn(ModernBertModel._from_config(config, attn_implementation="eager"), "modernbert").save_pretrained(work / "base")
    tokenizer.save_pretrained(work / "base")
    skips = [word for word in "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~" if word in tokenizer.get_vocab()]
    model = models.ColBERT(
        str(work / "base"), device="cpu", embedding_size=16, query_length=16, document_length=28, skiplist_words=skips, do_query_expansion=False,
        model_kwargs={"attn_implementation": "eager"},
    )
    base.drawn(model[1], "only")
    random = torch.Generator().manual_seed(7)
    words = model[0].auto_model.embeddings.tok_embeddings.weight
    with torch.no_grad():  # the markers were added to the table just now
        words[-2:] = 0.4 * torch.randn((2, words.shape[1]), generator=random)
    model.eval()
    model.save_pretrained(str(work / "saved"), create_model_card=False)
    for part in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        shutil.copy(work / "saved" / part, out / part)
    path = out / "tokenizer.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf8")), separators=(",", ":")), encoding="utf8")
    # As pylate-onnx-export writes it.
    exported = {
        "model_type": "ColBERT", "model_class": "ModernBertModel", "uses_token_type_ids": False, "query_prefix": model.query_prefix,
        "document_prefix": model.document_prefix, "query_length": 16, "document_length": 28, "do_query_expansion": False,
        "attend_to_expansion_tokens": False, "skiplist_words": skips, "embedding_dim": 16, "mask_token_id": tokenizer.mask_token_id,
        "pad_token_id": tokenizer.pad_token_id, "do_lower_case": False,
    }
    (out / "onnx_config.json").write_text(json.dumps(exported, indent=2), encoding="utf8")
    ids = torch.arange(12).reshape(2, 6) + 5
    mask = (torch.arange(6).expand(2, 6) < torch.tensor([[6], [4]])).long()
    written = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Graph(model).eval(), (ids, mask), written, dynamo=False, opset_version=17, do_constant_folding=False,
            input_names=TWO, output_names=["output"], dynamic_axes=dict.fromkeys([*TWO, "output"], {0: "batch", 1: "sequence"}),
        )
    (out / "model.onnx").write_bytes(compact(onnx.load_from_string(written.getvalue())).SerializeToString())
    golden = base.golden_of(work / "saved", {"model_kwargs": {"attn_implementation": "eager"}})
    made = {
        "python": platform.python_version(),
        "command": "make_late_modernbert.py --corpus samples/films/corpus.jsonl --out test/tiny-embedders --golden test/golden/late_modernbert.json",
        "tools": {tool: base.importlib.metadata.version(tool) for tool in ("pylate", "sentence-transformers", "transformers", "torch", "tokenizers", "onnx")},
    }
    dense = lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    pathlib.Path(given.golden).write_text(
        json.dumps({"made": made, "architecture": config.model_type, "queries": base.QUERIES, "documents": base.DOCUMENTS}, ensure_ascii=False)[:-1]
        + ',\n"given": ' + dense(golden) + "}\n",
        encoding="utf8",
    )


if __name__ == "__main__":
    main()
