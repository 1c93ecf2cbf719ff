#!/usr/bin/env python3
"""Copies the models that prepare.py made into the two workspace packages beside this folder, with card and licence.

usage: write_package.py FOLDER
Writes model.onnx, tokenizer.json, LICENSE and README.md of each package; package.json is written by hand. Cards are texts in cards/, in
which only sizes and checksums are filled in.
"""
import hashlib
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent

PACKAGES = {
    "bge-small-en-v1.5": HERE / "cards" / "bge-small-en-v1.5.licence.txt",
    # Apache-2.0 is the project's own licence: the same text.
    "ms-marco-minilm-l-12-v2": HERE.parents[1] / "LICENSE",
}


def facts(kind, path):
    return {f"{kind}_bytes": f"{path.stat().st_size:,}", f"{kind}_sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def write(name, licence, folder):
    package = HERE.parent / name
    package.mkdir(exist_ok=True)
    shutil.copyfile(folder / f"{name}.onnx", package / "model.onnx")
    shutil.copyfile(folder / "tokenizer.json", package / "tokenizer.json")
    shutil.copyfile(licence, package / "LICENSE")
    card = (HERE / "cards" / f"{name}.md").read_text()
    (package / "README.md").write_text(card.format(**facts("model", package / "model.onnx"), **facts("tokenizer", package / "tokenizer.json")))
    print(f"wrote {name}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for name, licence in PACKAGES.items():
        write(name, licence, pathlib.Path(sys.argv[1]))
