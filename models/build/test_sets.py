"""The query sets that the measurements use, as texts, judgments and candidates.

Collections lie in FINETOOTH_COLLECTIONS, else in `shared/collections` beside the checkout; they are no part of the project.
"""
import csv
import gzip
import json
import os
import pathlib
import random
from dataclasses import dataclass

PROJECT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = pathlib.Path(os.environ.get("FINETOOTH_COLLECTIONS", PROJECT.parent / "shared" / "collections"))


@dataclass(frozen=True)
class Recipe:
    folder: pathlib.Path
    queries: str
    judgments: str
    # "run": the supplied BM25 lists; "judged": the documents judged for the query; "dense": the embedder's best 100 of the whole corpus.
    candidates: str
    # Lowest grade that counts as relevant where a yes or no is needed.
    relevant_from: int
    fields: tuple = ("title", "text")
    # Questions taken at random (seed 20), of those with a relevant document.
    sample: int | None = None


def shared(name, candidates, relevant_from=1, queries="queries.jsonl", judgments="qrels.tsv", sample=None):
    return Recipe(FOLDER / name, queries, judgments, candidates, relevant_from, sample=sample)


TRAINING = {
    "scifact-train": shared("scifact", "dense", queries="queries.train.jsonl", judgments="qrels.train.tsv", sample=300),
    "wikiqa-train": shared("wikiqa-train", "judged", sample=400),
    "trecqa-train": shared("trecqa-train", "judged"),
    "cosqa-dev": shared("cosqa", "dense", queries="queries.dev.jsonl", judgments="qrels.dev.tsv"),
}
SELECTION = {"wikiqa-dev": shared("wikiqa-dev", "judged"), "trecqa-dev": shared("trecqa-dev", "judged")}
REPORTED = {
    "dl19": shared("msmarco-dl19", "run", relevant_from=2, judgments="qrels.full.tsv"),
    "dl21": shared("msmarco-dl21", "run", relevant_from=2, judgments="qrels.full.tsv"),
    "scifact": shared("scifact", "dense"),
    "cranfield": shared("cranfield", "dense"),
    "cisi": shared("cisi", "dense"),
    "vaswani": shared("vaswani", "dense"),
    "cosqa": shared("cosqa", "dense"),
    "films": Recipe(PROJECT / "samples" / "films", "queries.jsonl", "qrels/test.tsv", "dense", 2, ("title", "overview", "tagline")),
}
SETS = {**TRAINING, **SELECTION, **REPORTED}
CANDIDATES = 100


@dataclass(frozen=True)
class TestSet:
    name: str
    corpus: str
    queries: dict
    documents: dict
    judgments: dict
    # None where the embedder chooses them.
    candidates: dict | None
    relevant_from: int


def lines(path):
    path = path if path.exists() else path.with_name(path.name + ".gz")
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
        yield from file


def text_of(document, fields):
    """As src/text/recipe.ts: the fields in order, joined by one space, empty ones left out."""
    return " ".join(document[field] for field in fields if document.get(field, "").strip())


def read_corpus(folder, fields=("title", "text")):
    return {document["_id"]: text_of(document, fields) for document in map(json.loads, lines(folder / "corpus.jsonl"))}


def read_run(path, depth):
    run = {}
    for row in csv.DictReader(lines(path), delimiter="\t"):
        if int(row["rank"]) <= depth:
            run.setdefault(row["query-id"], []).append(row["corpus-id"])
    return run


def read_set(name):
    """Queries without a relevant document are left out: every ranking of theirs scores 0."""
    recipe = SETS[name]
    judgments = {}
    for row in csv.DictReader(lines(recipe.folder / recipe.judgments), delimiter="\t"):
        judgments.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    judgments = {query: grades for query, grades in judgments.items() if max(grades.values()) > 0}
    kept = sorted(judgments)
    if recipe.sample is not None and len(kept) > recipe.sample:
        kept = random.Random(20).sample(kept, recipe.sample)
    texts = {query["_id"]: query["text"] for query in map(json.loads, lines(recipe.folder / recipe.queries))}
    documents = read_corpus(recipe.folder, recipe.fields)
    candidates = None
    if recipe.candidates == "run":
        run = read_run(recipe.folder / "runs" / "BM25.top100.tsv", CANDIDATES)
        candidates = {query: run[query] for query in kept}
    elif recipe.candidates == "judged":
        candidates = {query: list(judgments[query]) for query in kept}
    if candidates is not None:
        used = {document for ids in candidates.values() for document in ids}
        documents = {id: text for id, text in documents.items() if id in used}
    corpus = recipe.folder.name
    return TestSet(
        name, corpus, {query: texts[query] for query in kept}, documents, {query: judgments[query] for query in kept}, candidates,
        recipe.relevant_from,
    )


def read_projection_texts(count=3000):
    """Texts for matrices and means: those of two training sets, and passages of TREC DL 2022 that nobody judged."""
    passages = read_corpus(FOLDER / "msmarco-dl22-unjudged")
    chosen = random.Random(20).sample(sorted(passages), count)
    texts = {f"dl22 {id}": passages[id] for id in chosen}
    for name in ("wikiqa-train", "trecqa-train"):
        documents = read_set(name).documents
        texts |= {f"{name} {id}": documents[id] for id in random.Random(20).sample(sorted(documents), min(count, len(documents)))}
    return texts
