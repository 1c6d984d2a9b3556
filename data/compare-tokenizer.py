#!/usr/bin/env python3
"""Compares `albert tokenize` with the original code of ALBERT on top of SentencePiece's own spm_encode.

usage: compare-tokenizer.py MODEL --lines FILE | --hard COUNT [--seed N] [--albert PROGRAM] [--golden FILE]

Each line goes both ways. Ours: `albert tokenize MODEL --file LINES --json`. The original's: white space collapsed, NFKD, marks
dropped, lower case, by Python's unicodedata (preprocess_text); spm_encode cuts the result into pieces; a piece that ends in a
digit and a comma is cut again without its comma (encode_pieces). Prints lines with other ids, and their share. --hard makes lines
up instead of reading them: all scripts, emoji, controls, marks in a row, white space, numbers, long repetitions. --golden writes
lines and the original's ids as JSON. Needs spm_encode and spm_export_vocab (Debian: sentencepiece).
"""
import argparse
import json
import random
import subprocess
import sys
import tempfile
import unicodedata

SPACE = "\u2581"


def preprocess(text):
    text = " ".join(text.strip().split())
    text = unicodedata.normalize("NFKD", text)
    return "".join(c for c in text if not unicodedata.combining(c)).lower()


def spm(model, lines, output_format):
    done = subprocess.run(["spm_encode", f"--model={model}", f"--output_format={output_format}"],
                          input="".join(line + "\n" for line in lines).encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
    result = [line.split(" ") if line else [] for line in done.stdout.decode().split("\n")[:-1]]
    assert len(result) == len(lines), (len(result), len(lines))
    return result


def vocabulary(model):
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(["spm_export_vocab", f"--model={model}", f"--output={file.name}"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return {line.rsplit("\t", 1)[0]: i for i, line in enumerate(open(file.name, encoding="utf-8", newline="\n").read().split("\n")[:-1])}


def original(model, lines):
    plain = [preprocess(line) for line in lines]
    pieces, ids = spm(model, plain, "piece"), spm(model, plain, "id")
    ids_of = vocabulary(model)
    unknown = ids_of["<unk>"]
    split_again = {p for line in pieces for p in line if len(p) > 1 and p[-1] == "," and p[-2].isdigit()}
    inner = dict(zip(sorted(split_again), spm(model, [p[:-1].replace(SPACE, "") for p in sorted(split_again)], "piece")))
    result = []
    for line_pieces, line_ids in zip(pieces, ids):
        assert len(line_pieces) == len(line_ids)
        out = []
        for piece, number in zip(line_pieces, line_ids):
            if piece not in inner:
                out.append(int(number))
                continue
            parts = list(inner[piece])
            if piece[0] != SPACE and parts[0][0] == SPACE:
                parts = parts[1:] if len(parts[0]) == 1 else [parts[0][1:]] + parts[1:]
            out += [ids_of.get(p, unknown) for p in parts + [","]]
        result.append(out)
    return result


def hard_lines(count, seed):
    r = random.Random(seed)
    assigned = [chr(c) for c in range(0x20, 0x110000) if unicodedata.category(chr(c)) not in ("Cn", "Cs", "Co")]
    marks = [c for c in assigned if unicodedata.combining(c)]
    controls = [chr(c) for c in list(range(1, 0x20)) + list(range(0x7F, 0xA0)) if c not in (10, 13)] + list("\u00ad\u200b\u200c\u200d\u200e\u2060\ufeff\ufffd\ufff9\u061c")
    spaces = list(" \t\u00a0\u1680\u2003\u2009\u202f\u205f\u3000\u2028\u2029\u001c\u0085\u000b\u000c")
    emoji = ["\U0001F600", "\U0001F468\u200D\U0001F469\u200D\U0001F467", "\U0001F1E9\U0001F1EA", "\u2764\ufe0f", "\U0001F44D\U0001F3FD", "1\ufe0f\u20e3", "\U0001F3F4\U000E0067\U000E0062\U000E007F", "\u263a"]
    words = "the value of returns 1990 3.14 3,141 can't e-mail naïve Café ÜBER straße ΣΊΣΥΦΟΣ ΣΑΣ' İstanbul ıI ﬁne ½ Ⅳ ㎏ ﷺ Ａｂ１ 한국어 가각 日本語 ガ㌔ हिन्दी ไทยกำ العربية עברית русский ΑΣ. [MASK] [CLS] <unk> <pad> ▁ ▁▁a a▁b ¨ ´x ǅ ẞ".split()
    blocks = [(0x20, 0x7F), (0xA0, 0x250), (0x370, 0x530), (0x590, 0x780), (0x900, 0xE80), (0x1100, 0x1200), (0x1E00, 0x2000), (0x2000, 0x2C00), (0x3000, 0x3100), (0x4E00, 0x9FA5), (0xAC00, 0xD7A4), (0xFB00, 0xFFFE), (0x1D400, 0x1D800), (0x1F000, 0x1FB00)]

    def block():
        low, high = r.choice(blocks)
        return "".join(c for c in (chr(r.randrange(low, high)) for _ in range(r.randint(1, 12))) if unicodedata.category(c) not in ("Cn", "Cs", "Co"))

    kinds = [
        lambda: "".join(r.choices(assigned, k=r.randint(1, 12))),
        block,
        lambda: r.choice(words),
        lambda: r.choice(words).swapcase(),
        lambda: "".join(r.choices(controls, k=r.randint(1, 3))),
        lambda: "".join(r.choices(spaces, k=r.randint(1, 4))),
        lambda: r.choice("aeou") + "".join(r.choices(marks, k=r.randint(1, 20))),
        lambda: r.choice(emoji) * r.randint(1, 4),
        lambda: r.choice("!?.-_=*,;#a0☃é") * r.randint(2, 80),
        lambda: ",".join(str(r.randrange(10 ** r.randint(1, 4))) for _ in range(r.randint(1, 6))) + r.choice(["", ",", ", "]),
        lambda: "".join(r.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", k=r.randint(1, 40))),
        lambda: "".join(r.choices("ΑΣσςα'.’ \u0301", k=r.randint(2, 9))),
        lambda: "https://" + "".join(r.choices("abcxyz019/._-%?=&", k=r.randint(5, 60))),
    ]
    for _ in range(count):
        yield "".join(r.choice(kinds)() + r.choice(["", " ", " ", r.choice(spaces)]) for _ in range(r.randint(1, 14))).replace("\n", " ").replace("\r", " ")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("--lines")
    parser.add_argument("--hard", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--albert", default="src/AlbertCompiled.Cli/bin/Release/net10.0/albert")
    parser.add_argument("--golden")
    a = parser.parse_args()
    lines = list(hard_lines(a.hard, a.seed)) if a.hard else open(a.lines, encoding="utf-8", newline="\n").read().split("\n")[:-1]
    expected = original(a.model, lines)
    if a.golden:
        with open(a.golden, "w", encoding="ascii", newline="\n") as file:
            for line, ids in zip(lines, expected):
                file.write(json.dumps({"text": line, "ids": ids}, separators=(",", ":")) + "\n")
        return
    with tempfile.NamedTemporaryFile() as file:
        file.write("".join(line + "\n" for line in lines).encode())
        file.flush()
        ours = subprocess.run([a.albert, "tokenize", a.model, "--file", file.name, "--json"], stdout=subprocess.PIPE, check=True).stdout.decode().split("\n")[:-1]
    assert len(ours) == len(lines), (len(ours), len(lines))
    different = 0
    for line, ids, answer in zip(lines, expected, ours):
        answer = json.loads(answer)
        if answer["ids"] != ids:
            different += 1
            if different <= 20:
                print(f"{line!r}\n  original {ids}\n  albert   {answer['ids']} {answer['pieces']}")
    print(f"{len(lines)} lines, {sum(map(len, expected))} ids, {different} lines differ ({different / len(lines):.3%})")
    sys.exit(different > 0)


if __name__ == "__main__":
    main()
