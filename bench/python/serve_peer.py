"""Serves a reranker as others do it: FastAPI and uvicorn, one process, one list at a time on all threads.

usage: serve_peer.py sentence-transformers|onnxruntime FOLDER THREADS
FOLDER is what float_weights.py wrote; onnxruntime reads FOLDER/int8.onnx. POST /rerank takes {"query", "texts"} and answers as TEI does. Prints the
port when it listens.
"""
import json
import pathlib
import socket
import sys
import threading

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from rerank_peer import KINDS


class Request(BaseModel):
    query: str
    texts: list[str]


def app_of(score):
    app = FastAPI()
    # Two lists at once would only take each other's threads.
    turn = threading.Lock()

    @app.post("/rerank")
    def rerank(request: Request):
        with turn:
            scores = score(request.query, request.texts)
        order = sorted(range(len(scores)), key=lambda i: -scores[i])
        return [{"index": i, "score": scores[i]} for i in order]

    return app


def main(kind, folder, threads):
    app = app_of(KINDS[kind](folder, threads))
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False)).run(sockets=[listener])


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3]))
