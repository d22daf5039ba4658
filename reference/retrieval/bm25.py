"""Scores of BM25 for test/fixtures/retrieval/bm25.json, from the PyPI package rank_bm25 0.2.2 (`okapi`) and straight from the
formula of src/retrieval/bm25.ts (`lucene`).

    python reference/retrieval/bm25.py models/char-shakespeare/heldout.txt > test/fixtures/retrieval/bm25.json

The passages are the first 40 paragraphs of at least 25 words: in such, some words stand in more than half of them, which
`okapi` weighs in its own way. Terms are runs of letters and digits in lower case, their plurals cut
by Harman's S-stemmer.
"""
import json
import math
import re
import sys

from rank_bm25 import BM25Okapi

QUERIES = [
    "the king and his crown",
    "noble lords",
    "love",
    "to be or not to be",
    "what say you my lord, what news?",
    "ROMEO: is the day so young",
    "citizens of Rome; the citizens' voices",
    "zebra telescopes",
]


def stem(word):
    if len(word) > 3 and word.endswith("ies"):
        return word if word.endswith(("eies", "aies")) else word[:-3] + "y"
    if len(word) > 3 and word.endswith("es"):
        return word if word.endswith(("aes", "ees", "oes")) else word[:-1]
    if len(word) > 2 and word.endswith("s"):
        return word if word.endswith(("us", "ss")) else word[:-1]
    return word


def terms(text):
    return [stem(word) for word in re.findall(r"[a-z0-9]+", text.lower())]


def lucene(documents, query, k1=1.2, b=0.75):
    mean = sum(map(len, documents)) / len(documents)
    scores = []
    for document in documents:
        score = 0.0
        for term in query:
            having = sum(term in other for other in documents)
            idf = math.log(1 + (len(documents) - having + 0.5) / (having + 0.5))
            times = document.count(term)
            score += idf * times * (k1 + 1) / (times + k1 * (1 - b + b * len(document) / mean))
        scores.append(score)
    return scores


paragraphs = [p.strip() for p in re.split(r"\n\s*\n", open(sys.argv[1], encoding="utf-8").read())]
paragraphs = [p for p in paragraphs if len(p.split()) >= 25][:40]
documents = [terms(p) for p in paragraphs]
okapi = BM25Okapi(documents, k1=1.5, b=0.75, epsilon=0.25)
json.dump(
    {
        "passages": paragraphs,
        "queries": [
            {
                "query": query,
                "lucene": lucene(documents, terms(query)),
                "okapi": [float(score) for score in okapi.get_scores(terms(query))],
            }
            for query in QUERIES
        ],
    },
    sys.stdout,
    ensure_ascii=False,
    indent=1,
)
