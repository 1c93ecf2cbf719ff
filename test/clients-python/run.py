"""Runs every client of `calls/` against the server. Usage: run.py URL KEY TABLE.json URL_WITHOUT_KEYS; its last line counts the calls."""
import importlib
import importlib.metadata
import json
import os
import pathlib
import pkgutil
import sys
import traceback
import warnings

warnings.simplefilter("ignore")
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # no call home for prices
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
# OpenAI's tokenizer fetches its table from another host; litellm carries the same file.
tables = pathlib.Path(importlib.metadata.distribution("litellm").locate_file("litellm/litellm_core_utils/tokenizers"))
os.environ.setdefault("TIKTOKEN_CACHE_DIR", str(tables))

import calls  # noqa: E402
from calls.texts import RIGHT  # noqa: E402


class Skip(Exception):
    pass


class Tries:
    def __init__(self, url, key, open_url):
        self.url, self.key, self.open_url = url, key, open_url
        self.passed, self.failed, self.left_out = [], [], []

    def tried(self, call):
        def run(work):
            try:
                work()
            except Skip as reason:
                self.skipped(call, str(reason))
                return
            except BaseException:
                self.failed.append(call)
                print(f"  FAILED {call}\n{traceback.format_exc()}")
                return
            self.passed.append(call)
            print(f"  passed {call}")

        return run

    def skipped(self, call, reason):
        self.left_out.append(f"{call}: {reason}")
        print(f"  skipped {call}: {reason}")

    def skip(self, reason):
        raise Skip(reason)

    def equal(self, got, expected):
        assert got == expected, f"got {got!r}, expected {expected!r}"

    def near(self, got, expected):
        assert len(got) == len(expected) and max(abs(a - b) for a, b in zip(got, expected)) < 1e-6

    def best(self, pairs, count):
        assert len(pairs) == count, pairs
        assert pairs[0][0] == RIGHT, pairs
        scores = [score for _, score in pairs]
        assert scores == sorted(scores, reverse=True) and all(0 <= score <= 1 for score in scores), scores

    def fails(self, call, kind):
        try:
            call()
        except kind:
            return
        raise AssertionError(f"no {kind.__name__}")


def main():
    url, key, table, open_url = sys.argv[1:5]
    rows = []
    for name in sorted(one.name for one in pkgutil.iter_modules(calls.__path__) if one.name != "texts"):
        client = importlib.import_module(f"calls.{name}")
        print(", ".join(client.PACKAGES))
        tries = Tries(url, key, open_url)
        client.calls(tries)
        rows.append({
            "client": client.PACKAGES,
            "version": [importlib.metadata.version(package) for package in client.PACKAGES],
            "calls": tries.passed,
            "failed": tries.failed,
            "skipped": tries.left_out,
        })
    pathlib.Path(table).write_text(json.dumps(rows))


main()
