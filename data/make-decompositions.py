#!/usr/bin/env python3
"""Writes src/AlbertCompiled.Training/Text/decompositions.txt, the table behind TextNormalizer.

A line is a code point or range in hexadecimal, a tab, and what remains of each of its code points after
compatibility decomposition (NFKD) without combining marks (canonical combining class above 0): code points in
hexadecimal, or nothing. Code points that stay as they are, and Hangul syllables (decomposed by rule), have no line.
The .NET runtime does not decompose in invariant globalization mode, and a machine without ICU has no other mode.
"""
import os
import unicodedata

target = os.path.join(os.path.dirname(__file__), "..", "src", "AlbertCompiled.Training", "Text", "decompositions.txt")


def kept(code):
    text = unicodedata.normalize("NFKD", chr(code))
    return "".join(c for c in text if unicodedata.combining(c) == 0)


lines = []
code = 0
while code < 0x110000:
    if 0xD800 <= code < 0xE000 or 0xAC00 <= code <= 0xD7A3 or kept(code) == chr(code):
        code += 1
        continue
    last = code
    while kept(code) == "" and kept(last + 1) == "":
        last += 1
    key = f"{code:04X}" if last == code else f"{code:04X}-{last:04X}"
    lines.append(f"{key}\t{' '.join(f'{ord(c):04X}' for c in kept(code))}")
    code = last + 1

with open(target, "w", encoding="ascii", newline="\n") as file:
    file.write("\n".join(lines) + "\n")
print(f"{len(lines)} lines, Unicode {unicodedata.unidata_version}")
