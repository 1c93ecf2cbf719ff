"""Scores lists as others do it. One JSON object a line in, one a line out.

usage: rerank_peer.py sentence-transformers|openvino|onnxruntime FOLDER THREADS
FOLDER is what float_weights.py wrote; onnxruntime reads FOLDER/int8.onnx. In: {"query", "texts"}, or "peak". Out: {"milliseconds", "scores"}, or
{"peakMegabytes"}. The time is that of texts to scores, tokenising included.
"""
import json
import pathlib
import resource
import sys
import time

CALIBRATION_LISTS = 12


def read_lists(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def sentence_transformers(folder, threads):
    import torch
    from sentence_transformers import CrossEncoder

    torch.set_num_threads(threads)
    model = CrossEncoder(str(folder), max_length=512, device="cpu", activation_fn=torch.nn.Identity())
    # Its own batches of 32, which it sorts by length.
    return lambda query, texts: model.predict([(query, text) for text in texts], show_progress_bar=False).tolist()


def encoder_of(folder):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)

    def encode(query, texts):
        return dict(tokenizer([query] * len(texts), list(texts), padding=True, truncation="only_second", max_length=512, return_tensors="np"))

    return encode


def openvino(folder, threads):
    """Whole int8, weights and activations, by nncf's post-training quantisation over texts like those of the benchmark."""
    import nncf
    import openvino as ov

    encode = encoder_of(folder)
    lists = read_lists(folder / "calibration.jsonl")[:CALIBRATION_LISTS]
    items = [encode(one["query"], [text]) for one in lists for text in one["texts"][:25]]
    quantised = nncf.quantize(
        ov.Core().read_model(folder / "model.onnx"), nncf.Dataset(items), model_type=nncf.ModelType.TRANSFORMER, subset_size=len(items),
    )
    compiled = ov.Core().compile_model(quantised, "CPU", {"INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY"})
    return lambda query, texts: compiled(encode(query, texts))[0][:, 0].tolist()


def onnxruntime(folder, threads):
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    session = ort.InferenceSession(str(folder / "int8.onnx"), options, providers=["CPUExecutionProvider"])
    encode = encoder_of(folder)
    return lambda query, texts: session.run(None, {name: values.astype("int64") for name, values in encode(query, texts).items()})[0][:, 0].tolist()


KINDS = {"sentence-transformers": sentence_transformers, "openvino": openvino, "onnxruntime": onnxruntime}


def main(kind, folder, threads):
    # What libraries print must not come between the answers.
    out, sys.stdout = sys.stdout, sys.stderr
    score = KINDS[kind](folder, threads)
    print(json.dumps({"ready": kind}), file=out, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if request == "peak":
            answer = {"peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6}
        else:
            started = time.perf_counter()
            scores = score(request["query"], request["texts"])
            answer = {"milliseconds": (time.perf_counter() - started) * 1000, "scores": scores}
        print(json.dumps(answer), file=out, flush=True)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]))
