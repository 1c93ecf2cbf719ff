#!/usr/bin/env python3
"""Makes a tiny embedder with random weights of every architecture that the catalogue names, and the vectors that sentence-transformers gives for it.

usage: make_architectures.py --corpus corpus.jsonl --out OUT_DIR --golden embedder_architectures.json
  --corpus  lines of {"title", "tagline", "overview"}: the tokenizers are trained on these words
needs: the packages of requirements.txt, on Python 3.11

What it writes:
  OUT_DIR/NAME  for each architecture its graph, tokenizer and settings, as sentence-transformers saves them
  --golden      of each its `model_type`, its pooling, and what sentence-transformers gives for all texts as queries and as documents
Nothing is downloaded.
"""
import steady  # before all else: it may start Python again
import argparse
import json
import pathlib
import platform
import shutil


HERE = pathlib.Path(__file__).resolve().parent
import importlib.util  # noqa: E402

spec = importlib.util.spec_from_file_location("tiny_embedders_make", HERE / "make.py")
base = importlib.util.module_from_spec(spec)
spec.loader.exec_module(base)

import onnxruntime  # noqa: E402
import sentence_transformers  # noqa: E402
import tokenizers  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from families import modernbert_tokenizer, qwen_tokenizer, word_piece, xlm_roberta_tokenizer  # noqa: E402
from sentence_transformers import SentenceTransformer  # noqa: E402
from sentence_transformers.sentence_transformer.modules import Dense, Normalize, Pooling, Transformer  # noqa: E402
from tokenizers import AddedToken, processors  # noqa: E402
from transformers import PreTrainedTokenizerFast  # noqa: E402

TWO, THREE = ["input_ids", "attention_mask"], ["input_ids", "attention_mask", "token_type_ids"]
SMALL = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16, "max_position_embeddings": 64}
HEADS = {"num_key_value_heads": 1, "head_dim": 8}
RETRIEVAL = {"query": "Query: ", "document": "Document: "}


def ended(make):
    """A causal tokenizer whose template puts the token for the end behind every text."""

    def tokenizer(lines):
        trained, special = make(lines)
        end = special["pad_token"]
        trained.post_processor = processors.Sequence([
            trained.post_processor, processors.TemplateProcessing(f"$A:0 {end}:0", f"$A:0 {end}:0 $B:1 {end}:1", [(end, trained.token_to_id(end))]),
        ])
        return trained, special

    return tokenizer


def gemma_tokenizer(lines):
    """Gemma's begins with <bos> and ends with <eos>."""
    trained, special = xlm_roberta_tokenizer(lines)
    trained.add_special_tokens([AddedToken("<bos>"), AddedToken("<eos>")])
    ids = [(token, trained.token_to_id(token)) for token in ("<bos>", "<eos>")]
    trained.post_processor = processors.TemplateProcessing("<bos> $A <eos>", "<bos> $A <eos> $B <eos>", ids)
    return trained, {"bos_token": "<bos>", "eos_token": "<eos>", "pad_token": "<pad>", "unk_token": "<unk>"}


# name -> tokenizer, class, inputs of its exports, pooling, prompts, fields of its config
ARCHITECTURES = {
    "modernbert": (modernbert_tokenizer, "ModernBert", TWO, "cls", {"query": "query: ", "document": "document: "}, {
        "local_attention": 8, "global_attn_every_n_layers": 2,
    }),
    "xlm-roberta": (xlm_roberta_tokenizer, "XLMRoberta", TWO, "cls", {}, {"type_vocab_size": 1, "max_position_embeddings": 66}),
    "nomic-bert": (word_piece, "NomicBert", THREE, "mean", {"query": "search_query: ", "document": "search_document: "}, {}),
    "eurobert": (ended(qwen_tokenizer), "EuroBert", TWO, "lasttoken", RETRIEVAL, HEADS),
    "gemma3": (gemma_tokenizer, "Gemma3Text", TWO, "output", {"query": "task: search result | query: ", "document": "title: none | text: "}, {
        **HEADS, "use_bidirectional_attention": True, "sliding_window": 16, "layer_types": ["sliding_attention", "full_attention"],
    }),
}


class Whole(torch.nn.Module):
    def __init__(self, steps):
        super().__init__()
        self.steps = steps

    def forward(self, input_ids, attention_mask):
        # The masks of the library are made by what cannot be traced: both are written out, and the golden says whether they are the same.
        seen = attention_mask[:, None, None, :] == 1
        at = torch.cumsum(torch.ones_like(input_ids[:1]), dim=1)[0]
        near = (at[None, :] - at[:, None]).abs()[None, None] < self.steps[0].auto_model.config.sliding_window
        masks = {"full_attention": seen, "sliding_attention": seen & near}
        floats = {kind: torch.where(mask.expand(-1, 1, input_ids.shape[1], -1), 0.0, torch.finfo(torch.float32).min) for kind, mask in masks.items()}
        hidden = self.steps[0].auto_model(input_ids=input_ids, attention_mask=floats).last_hidden_state
        features = {"token_embeddings": hidden, "attention_mask": attention_mask}
        for step in list(self.steps)[1:]:
            features = step(features)
        return features["token_embeddings"], features["sentence_embedding"]


def main():
    options = argparse.ArgumentParser()
    for name in ("corpus", "out", "golden"):
        options.add_argument(f"--{name}", required=True)
    given = options.parse_args()
    out, work = pathlib.Path(given.out), pathlib.Path("/tmp/tiny-architectures-work")
    lines, golden = list(base.lines_of(given.corpus)), {}
    for name, (make, family, inputs, pooling, prompts, fields) in ARCHITECTURES.items():
        shutil.rmtree(out / name, ignore_errors=True)
        trained, special = make(lines)
        tokenizer = PreTrainedTokenizerFast(tokenizer_object=trained, **special, model_max_length=base.WINDOW, model_input_names=inputs)
        ids = {f"{role}_token_id": getattr(tokenizer, f"{role}_token_id", None) for role in ("pad", "cls", "sep", "bos", "eos")}
        config = getattr(transformers, family + "Config")(vocab_size=len(tokenizer), **{**SMALL, **fields}, **{k: v for k, v in ids.items() if v is not None})
        config.architectures = [family + "Model"]
        model = base.drawn(getattr(transformers, family + "Model")._from_config(config, attn_implementation="eager"), name)
        first = base.transformer(model, tokenizer, work / name)
        first.auto_model.eval()
        is_whole = pooling == "output"
        steps = [first, Pooling(16, "mean" if is_whole else pooling)]
        if is_whole:
            steps += [base.drawn(Dense(16, 24, bias=False, activation_function=torch.nn.Identity()), "in"), base.drawn(Dense(24, 16, bias=False, activation_function=torch.nn.Identity()), "out")]
        whole = SentenceTransformer(modules=[*steps, Normalize()], device="cpu", prompts=prompts or None)
        base.save(whole, out / name)
        if is_whole:  # as conversions have it: no steps, no prompts; what is known of the repository says both
            for part in ("modules.json", "config_sentence_transformers.json", "1_Pooling", "2_Dense", "3_Dense", "4_Normalize"):
                path = out / name / part
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            base.export(Whole(torch.nn.ModuleList(steps)), inputs, ["token_embeddings", "sentence_embedding"], out / name / "model.onnx")
        else:
            base.export(base.Hidden(first.auto_model, inputs), inputs, ["last_hidden_state"], out / name / "model.onnx")
        golden[name] = {"architecture": config.model_type, "pooling": pooling, **base.both(whole)}
        if name == "xlm-roberta":
            mean = SentenceTransformer(modules=[first, Pooling(16, "mean")], device="cpu")
            golden["xlm-roberta, mean"] = {"architecture": config.model_type, "pooling": "mean", **base.both(mean)}
    made = {
        "python": platform.python_version(),
        "command": "make_architectures.py --corpus samples/films/corpus.jsonl --out test/tiny-embedders/architectures --golden test/golden/embedder_architectures.json",
        "tools": {tool.__name__: tool.__version__ for tool in (sentence_transformers, transformers, torch, tokenizers, onnxruntime)},
    }
    dense = lambda value: json.dumps(value, separators=(",", ":"))
    text = json.dumps({"made": made, "texts": base.TEXTS}, ensure_ascii=False)[:-1]
    text += ',\n"models": {\n' + ",\n".join(f"{json.dumps(name)}: {dense(value)}" for name, value in golden.items()) + "}}\n"
    pathlib.Path(given.golden).write_text(text, encoding="utf8")


if __name__ == "__main__":
    main()
