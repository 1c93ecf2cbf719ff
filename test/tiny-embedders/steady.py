"""What all who make tiny embedders begin with, so that they write the same bytes each time and fetch nothing: imported first, as it may start Python again."""
import json
import os
import pathlib
import sys
import zlib

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing is fetched: never ask a hub
os.environ["TOKENIZERS_PARALLELISM"] = "false"  # trained vocabularies are the same every time
os.environ["RAYON_NUM_THREADS"] = "1"
if os.environ.get("PYTHONHASHSEED") != "0":
    os.environ["PYTHONHASHSEED"] = "0"
    os.execv(sys.executable, [sys.executable, *sys.argv])

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tiny-models"))


def lines_of(path):
    """The texts that a tokenizer is trained on."""
    for line in pathlib.Path(path).read_text(encoding="utf8").splitlines():
        record = json.loads(line)
        yield " ".join(str(record.get(key) or "") for key in ("title", "tagline", "overview"))


def drawn(module, name):
    """Weights wide enough that every token and every layer counts, from a seed of the name."""
    import torch

    random = torch.Generator().manual_seed(zlib.crc32(name.encode()))
    with torch.no_grad():
        for key, weight in module.named_parameters():
            noise = torch.randn(weight.shape, generator=random)
            weight.copy_(0.4 * noise if weight.dim() > 1 else 0.1 * noise + (1 if "norm" in key.lower() and key.endswith("weight") else 0))
    return module.eval()
