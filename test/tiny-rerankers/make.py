#!/usr/bin/env python3
"""Makes tiny rerankers whose scoring stands beside the graph, and the scores that their reference libraries give.

usage: make.py --out OUT_DIR --golden rerankers.json
needs: the packages of requirements.txt, on Python 3.11, and ../tiny-models beside this folder

What it writes:
  OUT_DIR/NAME/   modular cross-encoders as sentence-transformers saves them: the encoder as model.onnx, the head's layers as safetensors
  --golden        scores of sentence-transformers for those, and for the causal model of ../tiny-models/qwen3 under every recipe:
                  with chat template and LogitScore by sentence-transformers, mxbai-rerank-v2 by mxbai-rerank, bge-reranker-gemma by the
                  lines of FlagEmbedding 1.4.2 (inference/reranker/decoder_only/base.py), ctxl-rerank-v2 by those of its model card, zerank by those of its repository

Weights are drawn wide, so that every layer shows. Nothing is downloaded.
"""
import argparse
import json
import os
import pathlib
import sys
import tempfile
import warnings
import zlib

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

HERE = pathlib.Path(__file__).resolve().parent
MODELS_FOLDER = HERE.parent / "tiny-models"
sys.path.insert(0, str(MODELS_FOLDER))
sys.dont_write_bytecode = True
arguments, sys.argv = sys.argv, [str(MODELS_FOLDER / "make.py")]
if os.environ.get("PYTHONHASHSEED") != "0":  # as make.py of the other folder: the bytes of the graphs depend on it
    os.environ["PYTHONHASHSEED"] = "0"
    os.execv(sys.executable, [sys.executable, *arguments])
import make as tiny  # noqa: E402
import mxbai_rerank  # noqa: E402
import numpy as np  # noqa: E402
import onnx  # noqa: E402
import onnxruntime  # noqa: E402
import sentence_transformers  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402
from pairs import PAIRS  # noqa: E402
from sentence_transformers import CrossEncoder  # noqa: E402
from sentence_transformers.cross_encoder.modules import LogitScore  # noqa: E402
from sentence_transformers.sentence_transformer.modules import Dense, LayerNorm, Pooling, Transformer  # noqa: E402
from transformers import AutoTokenizer  # noqa: E402

nn = torch.nn
WINDOW = 2048  # of the causal model: its positions are rotary, and prompts are long in so small a vocabulary; nothing is cut
INSTRUCTION = "Find texts about the sea"
# Tokens that the real vocabularies have, in place of special ones that nothing uses.
RENAMED = {"<|object_ref_start|>": "<bos>", "<|box_start|>": "Yes"}
CHAT = (
    "<|im_start|>system\nJudge whether the Document meets the requirements. Answer yes or no.<|im_end|>\n<|im_start|>user\n"
    "<Instruct>: {{ messages | selectattr('role', 'eq', 'system') | map(attribute='content') | first | default('Find relevant texts') }}\n"
    "<Query>: {{ messages | selectattr('role', 'eq', 'query') | map(attribute='content') | first }}\n"
    "<Document>: {{ messages | selectattr('role', 'eq', 'document') | map(attribute='content') | first }}<|im_end|>\n"
    "{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n\n</think>\n\n{% endif %}"
)
# The document first, as some do: its end is what must be cut, and not the query behind it.
BACKWARDS = (
    "<|im_start|>user\nText: {{ messages[-1]['content'] }}\nIs this about {{ messages[-2]['content'] }}?<|im_end|>\n<|im_start|>assistant\n"
)


def draw(module, seed):
    random = torch.Generator().manual_seed(zlib.crc32(seed.encode()))
    with torch.no_grad():
        for key, weight in module.named_parameters():
            noise = torch.randn(weight.shape, generator=random)
            weight.copy_(tiny.WIDTH * noise if weight.dim() > 1 else 0.3 * noise + (1 if key.endswith("weight") else 0))
    return module


def encoder_of(family, source, folder, fields):
    """A bare encoder with the tokenizer of a tiny model of its family, saved where the library can load it."""
    tokenizer = AutoTokenizer.from_pretrained(MODELS_FOLDER / source)
    ids = {f"{role}_token_id": getattr(tokenizer, f"{role}_token_id", None) for role in ("pad", "cls", "sep", "bos", "eos")}
    config = getattr(transformers, family + "Config")(
        vocab_size=len(tokenizer), **{**tiny.SIZES, **fields}, **{k: v for k, v in ids.items() if v is not None}
    )
    model = draw(getattr(transformers, family + "Model")._from_config(config, attn_implementation="eager").eval(), family)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (pathlib.Path(folder) / "tokenizer.json").write_bytes((MODELS_FOLDER / source / "tokenizer.json").read_bytes())
    return model


def export_encoder(model, inputs, path):
    class Hidden(nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, *tensors):
            return self.model(**dict(zip(inputs, tensors))).last_hidden_state

    ids = torch.arange(22).reshape(2, 11) + 5
    mask = (torch.arange(11).expand(2, 11) < torch.tensor([[11], [8]])).long()
    types = (torch.arange(11).expand(2, 11) > 5).long()
    axes = {0: "batch", 1: "sequence"}
    torch.onnx.export(
        Hidden().eval(), (ids, mask, types)[: len(inputs)], path, dynamo=False, opset_version=17, do_constant_folding=False,
        input_names=inputs, output_names=["last_hidden_state"], dynamic_axes=dict.fromkeys([*inputs, "last_hidden_state"], axes),
    )
    onnx.save(tiny.compact(onnx.load(path)), path)


def save_modular(name, folder, family, source, inputs, fields, steps, **options):
    with tempfile.TemporaryDirectory() as base:
        encoder = encoder_of(family, source, base, fields)
        transformer = Transformer(base, transformer_task="feature-extraction")
        transformer.model.eval()
        model = CrossEncoder(modules=[transformer, *(draw(step, f"{name} {i}") for i, step in enumerate(steps))], **options)
        model.eval()
        model.save(str(folder))
        scores = predict(model)
        export_encoder(encoder, inputs, str(folder / "model.onnx"))
    for path in [folder / "model.safetensors", folder / "README.md", *folder.glob("special_tokens_map.json")]:
        path.unlink(missing_ok=True)
    # The library writes all of it anew; this one is what the hub's files are like.
    (folder / "tokenizer.json").write_bytes((MODELS_FOLDER / source / "tokenizer.json").read_bytes())
    return scores


def predict(model, **options):
    pairs = [(query, document) for _, query, document in PAIRS]
    # One at a time; scores as they are, since a sigmoid hides what lies far out.
    return [float(model.predict([pair], activation_fn=nn.Identity(), **options)[0]) for pair in pairs]


def causal_model(folder):
    """The model of ../tiny-models/qwen3, whose weights its graph has too."""
    tokenizer_file = (MODELS_FOLDER / "qwen3" / "tokenizer.json").read_text(encoding="utf-8")
    tokenizer = AutoTokenizer.from_pretrained(MODELS_FOLDER / "qwen3")
    model = tiny.build_model("qwen3", tokenizer)
    session = onnxruntime.InferenceSession(str(MODELS_FOLDER / "qwen3" / "model.onnx"))
    ids = torch.arange(9).reshape(1, 9) + 300
    feeds = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "position_ids": torch.arange(9).reshape(1, 9)}
    with torch.inference_mode():
        apart = np.abs(model(**feeds).logits.numpy() - session.run(None, {k: v.numpy() for k, v in feeds.items()})[0]).max()
    assert apart < 1e-4, apart
    model.config.max_position_embeddings = WINDOW
    model.save_pretrained(folder)
    tokenizer.model_max_length = WINDOW
    tokenizer.save_pretrained(folder)
    for old, new in RENAMED.items():
        assert tokenizer_file.count(json.dumps(old)) == 1, old
        tokenizer_file = tokenizer_file.replace(json.dumps(old), json.dumps(new))
    (folder / "tokenizer.json").write_text(tokenizer_file, encoding="utf-8")
    return model, transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), eos_token="<|im_end|>", pad_token="<|endoftext|>", padding_side="left"
    )


def last_logits(model, ids):
    ids = torch.tensor([ids])
    with torch.inference_mode():
        return model(input_ids=ids, attention_mask=torch.ones_like(ids), position_ids=torch.arange(ids.shape[1])[None]).logits[0, -1]


def gemma_scores(model, tokenizer, prompt):
    """FlagEmbedding 1.4.2, decoder_only/base.py, compute_score_single_gpu."""
    words = lambda text, **more: tokenizer(text, return_tensors=None, add_special_tokens=False, **more)["input_ids"]
    bos, sep, asked, yes = words("<bos>"), words("\n"), words(prompt), words("Yes")[0]
    scores = []
    for _, query, document in PAIRS:
        both = [*bos, *words(f"A: {query}"), *sep, *words(f"B: {document}")]
        assert len(both) + len(sep) + len(asked) <= WINDOW
        scores.append(float(last_logits(model, [*both, *sep, *asked])[yes]))
    return scores


def ctxl_scores(model, tokenizer, instruction):
    """Model card of ContextualAI/ctxl-rerank-v2-instruct-multilingual-1b, format_prompts and infer_w_hf."""
    added = f" {instruction}" if instruction else ""
    start = "Check whether a given document contains information helpful to answer the query.\n"
    texts = [f"{start}<Document> {document}\n<Query> {query}{added} ??" for _, query, document in PAIRS]
    return [float(last_logits(model, tokenizer(text)["input_ids"])[0]) for text in texts]


def zerank_scores(model, tokenizer):
    """zeroentropy/zerank-1-small, modeling_zeranker.py, format_pointwise_datapoints and predict, before its sigmoid; the turns as Qwen3's chat template writes them."""
    yes = tokenizer.encode("Yes", add_special_tokens=False)[0]
    turn = lambda role, content: f"<|im_start|>{role}\n{content.strip()}<|im_end|>\n"
    texts = [f"{turn('system', query)}{turn('user', document)}<|im_start|>assistant\n" for _, query, document in PAIRS]
    return [float(last_logits(model, tokenizer(text)["input_ids"])[yes]) / 5.0 for text in texts]


def causal_goldens():
    with tempfile.TemporaryDirectory() as place:
        folder = pathlib.Path(place)
        model, tokenizer = causal_model(folder)
        single = lambda word: tokenizer(word, add_special_tokens=False)["input_ids"][0]
        results = {}
        mxbai = mxbai_rerank.mxbai_rerank_v2.MxbaiRerankV2(str(folder), device="cpu", torch_dtype=torch.float32, max_length=WINDOW)
        mxbai.model_max_length = 4 * WINDOW
        # What transformers 4 did for it, and 5 does no more: nothing is longer than the window here.
        mxbai.tokenizer.prepare_for_model = lambda first, second, **_: {"input_ids": [*first, *second]}
        for words in ("", INSTRUCTION):
            scores = [mxbai.predict([q], [d], instruction=words or None)[0].item() for _, q, d in PAIRS]
            results[f"mxbai-rerank-v2{' instructed' if words else ''}"] = scores
        gemma = (
            "Given a query A and a passage B, determine whether the passage contains an answer to the query by providing a prediction of "
            "either 'Yes' or 'No'."
        )
        results["bge-reranker-gemma"] = gemma_scores(model, tokenizer, gemma)
        results["bge-reranker-gemma instructed"] = gemma_scores(model, tokenizer, INSTRUCTION)
        results["ctxl-rerank-v2"] = ctxl_scores(model, tokenizer, "")
        results["ctxl-rerank-v2 instructed"] = ctxl_scores(model, tokenizer, INSTRUCTION)
        results["zerank"] = zerank_scores(model, tokenizer)
        yes, no = single("yes"), single("no")
        for key, template, token in (("chat", CHAT, no), ("chat, one token", CHAT, None), ("chat, the document first", BACKWARDS, no)):
            (folder / "chat_template.jinja").write_text(template, encoding="utf-8")
            transformer = Transformer(str(folder), transformer_task="text-generation", processing_kwargs={"chat_template": {"add_generation_prompt": True}})
            judge = CrossEncoder(modules=[transformer, LogitScore(true_token_id=yes, false_token_id=token)]).eval()
            results[key] = predict(judge)
            if key == "chat":
                results["chat instructed"] = predict(judge, prompt=INSTRUCTION)
                judge.save(str(folder / "saved"))
                saved = {
                    str(path.relative_to(folder / "saved")): path.read_text(encoding="utf-8")
                    for path in sorted((folder / "saved").rglob("*"))
                    if path.suffix in (".json", ".jinja") and path.name not in ("tokenizer.json", "generation_config.json")
                }
        return results, {"yes": yes, "no": no, "renamed": RENAMED, "files": saved, "templates": {"chat": CHAT, "chat, the document first": BACKWARDS}}


def main():
    parser = argparse.ArgumentParser(description="Makes tiny modular rerankers and goldens of recipes; see the head of this file.")
    for argument in ("--out", "--golden"):
        parser.add_argument(argument, required=True)
    args = parser.parse_args(arguments[1:])
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")
    transformers.utils.logging.set_verbosity_error()
    out = pathlib.Path(args.out)
    size = tiny.SIZES["hidden_size"]
    identity = {"activation_fn": nn.Identity()}
    modular = {
        # The layers of cross-encoder/ettin-reranker-17m-v1, as its model card prints them.
        "ettin": save_modular(
            "ettin", out / "ettin", "ModernBert", "modernbert", ["input_ids", "attention_mask"],
            {"local_attention": 16, "global_attn_every_n_layers": 2},
            [
                Pooling(size, "cls"), Dense(size, size, bias=False, activation_function=nn.GELU()), LayerNorm(size),
                Dense(size, 1, activation_function=nn.Identity(), module_output_name="scores"),
            ],
            **identity,
        ),
        "mean": save_modular(
            "mean", out / "mean", "Bert", "bert", tiny.THREE_INPUTS, {},
            [
                Pooling(size, "mean"), Dense(size, 24, activation_function=nn.Tanh(), use_residual=True), Dense(24, 8, activation_function=nn.SiLU()),
                Dense(8, 1, activation_function=nn.Identity(), module_output_name="scores"),
            ],
        ),
    }
    causal, about = causal_goldens()
    seven = lambda values: [float(f"{value:.7g}") for value in values]
    for key, values in {**modular, **causal}.items():
        assert np.std(values) > 0.05, (key, np.std(values))
    golden = {
        "tool": "sentence-transformers (modular, chat), mxbai-rerank (mxbai-rerank-v2), FlagEmbedding's lines and a model card's (the others); torch, fp32",
        "versions": {
            "python": sys.version.split()[0], "sentence_transformers": sentence_transformers.__version__, "transformers": transformers.__version__,
            "torch": torch.__version__, "mxbai_rerank": "0.1.6", "onnxruntime": onnxruntime.__version__,
        },
        "command": "python test/tiny-rerankers/make.py --out test/tiny-rerankers --golden test/golden/rerankers.json",
        "pairs": [{"name": n, "query": q, "document": d} for n, q, d in PAIRS],
        "instruction": INSTRUCTION,
        "window": WINDOW,
        "causal": about,
        "scores": {key: seven(values) for key, values in {**modular, **causal}.items()},
    }
    tiny.write_json(pathlib.Path(args.golden), golden)


if __name__ == "__main__":
    main()
