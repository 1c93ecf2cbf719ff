#!/usr/bin/env python3
"""What the int8 files give on a processor with AVX2 and no VNNI, emulated, against the processor at hand; with weights of seven bits and of eight.

usage: check_avx2.py FOLDER RESULTS
       check_avx2.py --outputs MODEL embedder|reranker FILE     one file's outputs; this is what runs on either processor
FOLDER is prepare.py's. Needs qemu-x86_64 (Debian: qemu-user): the runtime chooses its kernels by cpuid, which is the emulated processor's.
Inputs are the pairs and texts of test/golden. Takes ten to thirty minutes. Writes RESULTS/avx2.json and, to FOLDER, the files of eight bits.
"""
import json
import pathlib
import subprocess
import sys

import numpy as np

import encode
from prepare import quantise
from ranking import rounded, write_json

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "test" / "golden"
# AVX2 and FMA, no AVX-512, no VNNI of either kind.
EMULATED = ["qemu-x86_64", "-cpu", "Haswell-v4"]
# The emulated processor takes about 90 ms a token.
MOST_TOKENS = 192
SOURCES = {"embedder": "bge-small-fp32.onnx", "reranker": "reranker-fp32.onnx"}
SEVEN_BITS = {"embedder": encode.EMBEDDER / "model.onnx", "reranker": encode.RERANKER / "model.onnx"}


def inputs_of(kind):
    """Token ids and types, of what is not too long."""
    tokenizer = encode.tokenizer_of(encode.EMBEDDER)
    ids_of = lambda text: tokenizer.encode(text).ids
    if kind == "embedder":
        texts = [one["text"] for one in json.loads((GOLDEN / "texts.json").read_text()) if one.get("text", "").strip()]
        inputs = [(ids, [0] * len(ids)) for ids in map(ids_of, texts)]
    else:
        pairs = json.loads((GOLDEN / "ms-marco-minilm-l-12-v2.json").read_text())["pairs"]
        inputs = [encode.pair_of(ids_of(pair["query"]), ids_of(pair["document"])) for pair in pairs]
    return [one for one in inputs if len(one[0]) <= MOST_TOKENS]


def outputs(model, kind):
    """Logits [pairs], or vectors of length 1 [texts × 384]."""
    session = encode.session_of(model)
    found = np.array([encode.run(session, ids, types)[0] for ids, types in inputs_of(kind)])
    return found if kind == "reranker" else encode.unit(found)


def outputs_on(prefix, model, kind, file):
    subprocess.run([*prefix, sys.executable, __file__, "--outputs", str(model), kind, str(file)], check=True, stderr=subprocess.DEVNULL)
    return np.load(file)


def difference(kind, a, b):
    if kind == "reranker":
        return {"largest": np.abs(a - b).max(), "mean": np.abs(a - b).mean()}
    cosine = (a * b).sum(1)
    return {"smallestCosine": cosine.min(), "meanCosine": cosine.mean()}


def row_of(folder, kind, bits, model):
    here, there = (outputs_on(prefix, model, kind, folder / f"{kind}.{name}.npy") for name, prefix in (("here", []), ("avx2", EMULATED)))
    exact = outputs_on([], folder / SOURCES[kind], kind, folder / f"{kind}.fp32.npy")
    return {
        "model": kind, "weightBits": bits, "inputs": len(here), "avx2AgainstHere": difference(kind, there, here),
        "hereAgainstFp32": difference(kind, here, exact), "avx2AgainstFp32": difference(kind, there, exact),
    }


def kernels_here():
    flags = set(pathlib.Path("/proc/cpuinfo").read_text().split("flags", 1)[1].split("\n", 1)[0].split())
    return sorted(flags & {"avx2", "avx_vnni", "avx512_vnni", "amx_int8"})


def main(folder, results):
    rows = []
    for kind in SOURCES:
        eight_bits = folder / f"{kind}.eight-bits.onnx"
        quantise(folder / SOURCES[kind], eight_bits, reduce_range=False)
        for bits, model in ((7, SEVEN_BITS[kind]), (8, eight_bits)):
            rows.append(row_of(folder, kind, bits, model))
            print(rounded(rows[-1], 5), flush=True)
    write_json(results / "avx2.json", {
        "command": "python models/build/check_avx2.py FOLDER results/fits",
        "emulator": subprocess.run([EMULATED[0], "--version"], check=True, capture_output=True, text=True).stdout.split("\n")[0],
        "emulated": EMULATED[-1], "here": kernels_here(), "onnxruntime": encode.onnxruntime.__version__,
        "rows": rounded(rows, 5),
    })


if __name__ == "__main__":
    if len(sys.argv) == 5 and sys.argv[1] == "--outputs":
        np.save(sys.argv[4], outputs(sys.argv[2], sys.argv[3]))
    elif len(sys.argv) == 3:
        main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
    else:
        sys.exit(__doc__)
