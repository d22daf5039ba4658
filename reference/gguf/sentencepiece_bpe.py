"""A small SentencePiece BPE with byte fallback as a GGUF would hold it, and what SentencePiece itself makes of some texts.

    pip install sentencepiece
    python sentencepiece_bpe.py TEXT OUT.json

As in Llama 2: nothing is normalized, spaces are marked, one is put before a text.
"""
import io
import json
import sys

import sentencepiece

model = io.BytesIO()
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter(open(sys.argv[1], encoding="utf8").read().split("\n")), model_writer=model, vocab_size=700,
    model_type="bpe", byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False,
    user_defined_symbols=["<tool>"], pad_id=-1, minloglevel=2,
)
sp = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


def kind(i):  # llama.cpp's numbers
    if sp.is_unknown(i): return 2
    if sp.is_control(i): return 3
    if sp.is_unused(i): return 5
    if sp.is_byte(i): return 6
    return 4 if sp.id_to_piece(i) == "<tool>" else 1


texts = [
    "", "To be, or not to be: that is the question.", "  two spaces, and one behind ", "naïve 日本語 \U0001f600", "tab\tand\nline\r\nend",
    "aaaaaaaa bbbbbbb", "KING HENRY VI:\nWhat news, my lord? 1234567",
]
ids = range(sp.get_piece_size())
json.dump(
    {
        "tokens": [sp.id_to_piece(i) for i in ids],
        "scores": [sp.get_score(i) for i in ids],
        "types": [kind(i) for i in ids],
        "cases": [{"text": t, "ids": sp.encode(t), "decoded": sp.decode(sp.encode(t))} for t in texts],
    },
    open(sys.argv[2], "w", encoding="utf8"), ensure_ascii=False,
)
