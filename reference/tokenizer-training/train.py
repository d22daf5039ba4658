"""Merges that Python's `tokenizers` learns from a text, and the ids that it gives for awkward texts with a tokenizer.json of ours.

    pip install tokenizers
    npx jambalaya tokenizer train models/char-shakespeare/heldout.txt --vocab-size 700 --out build/tokenizer.json
    python reference/tokenizer-training/train.py models/char-shakespeare/heldout.txt build/tokenizer.json test/fixtures/tokenizer-training/expected.json
"""
import json, sys

import tokenizers
from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers

PATTERN = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
SPECIALS = ["<|pad|>", "<|startoftext|>", "<|endoftext|>"]
TEXTS = ["", " ", "Hello, world!", "  two  spaces\tand a tab\n\nnew lines \n", "12345 + 67.89 = 12412.89", "1٢३½²", "naïve café — “quotes” … ½ ﬁ", "日本語のテキスト 한국어 Ελληνικά עברית",
         "👩‍👩‍👧‍👦 🇮🇱 e\u0301 é", "x <|endoftext|> y", "I'll we've they'd IT'S don'T 'sir", "\u0000\u0007\u200b", "x \ufeffy z\u0085w\u00a0\u3000v\u2028u", "a" * 50 + " " * 50 + "!" * 50,
         "http://127.0.0.1:8080/v1?q=%20\r\n\r\n  indented\r\n", "First Citizen:\nWhat, ho!\n\nKING RICHARD III:\nMy lord,\n", '{"name": "weather", "arguments": {"city": "Łódź", "days": 2}}\n']

text, ours, out = open(sys.argv[1], newline="").read(), sys.argv[2], sys.argv[3]
theirs = Tokenizer(models.BPE())
theirs.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(PATTERN), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
size = json.load(open(ours))["model"]["vocab"]
theirs.train_from_iterator([text], trainers.BpeTrainer(vocab_size=len(size), min_frequency=2, special_tokens=SPECIALS, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
model = json.loads(theirs.to_str())["model"]
tokens = [token for token, _ in sorted(model["vocab"].items(), key=lambda entry: entry[1])]

tokenizer = Tokenizer.from_file(ours)
cases = [{"text": t, "ids": tokenizer.encode(t, add_special_tokens=False).ids} for t in TEXTS]
for case in cases:
    assert tokenizer.decode(case["ids"], skip_special_tokens=False) == case["text"], case
    assert theirs.encode(case["text"], add_special_tokens=False).ids == case["ids"], case
result = {"tokenizers": tokenizers.__version__, "tokens": tokens, "merges": [" ".join(pair) for pair in model["merges"]], "cases": cases}
open(out, "w").write(json.dumps(result, indent=0, ensure_ascii=True) + "\n")
