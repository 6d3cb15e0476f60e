#!/usr/bin/env python3
"""Writes tests/golden/tok/splits.jsonl.xz: strings full of traps with what Hugging Face tokenizers makes of them.

    tools/make_text_goldens.py unicode_classes.json > splits.jsonl        (then: xz -9e)

Each line: "text", its canonical composition "nfc", and for each split the bytes of its pre-tokens. Needs the package
`tokenizers`; the patterns are read from src/text/split.cpp.
"""
import json
import pathlib
import random
import re
import sys

from tokenizers import Regex, normalizers, pre_tokenizers

SOURCE = pathlib.Path(__file__).parent.parent / "src/text/split.cpp"
PIECES = ["'s", "'S", "'LL", "'\u017f", "'ve", "'Re", "'x", " \n", " \n\n", "  ", "\r\n", "\t ", "/", "/\n", "!/\n/\n", "\u3000",
          "\u00a0", "\u0085", "\u200b", "the ", "The", "HTTPServer", "iPhone", "\u65e5\u672c", "\u00e9", "e\u0301", "12345",
          "\u1100\u1161\u11a8", "\uac00\u11a8", "\ud55c", "\u0661\u0662", "\u00bd\u00b2", "\u2167", "\u01c5", "\u02b0", "\u0327\u0301",
          "\U0001f600", "...", "a", "B", " ", "\n", "'", "_", "-"]


def random_text(generator, classes):
    text = ""
    for _ in range(generator.choice([1, 2, 3, 5, 8, 20])):
        if generator.random() < 0.75:
            text += generator.choice(PIECES)
        else:
            first, last = generator.choice(classes[generator.choice(list(classes))]["onig"])
            text += chr(generator.randint(first, last))
    return text


def main():
    classes = json.load(open(sys.argv[1]))
    source = SOURCE.read_text(encoding="utf-8")
    patterns = dict(re.findall(r'\{Split::\w+, "(\w+)",\s*R"\((.*?)\)"\}', source, re.DOTALL))
    splitters = {name: pre_tokenizers.Split(Regex(pattern), behavior="isolated") for name, pattern in patterns.items()}
    normalizer = normalizers.NFC()
    generator = random.Random(17)
    for _ in range(1500):
        text = random_text(generator, classes)
        row = {"text": text, "nfc": normalizer.normalize_str(text)}
        for name, splitter in splitters.items():
            row[name] = [len(piece.encode()) for piece, _ in splitter.pre_tokenize_str(text)]
        print(json.dumps(row, separators=(",", ":")))


main()
