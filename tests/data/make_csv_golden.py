#!/usr/bin/env python3
"""Writes csv_golden.txt: nasty tables and what Python's csv module reads in them.

usage: /usr/bin/python3 tests/data/make_csv_golden.py > tests/data/csv_golden.txt

One table after the other: `file DELIMITER CONTENT`, then `row FIELD...` for each of its
records, all in hexadecimal, an empty field as `-`. Random by key; not run by the tests.
"""
import csv
import io
import random

TABLES = 120
PIECES = ['"', '""', "\n", "\r\n", "\r", ",", ";", "\t", "|", " ", "a", "bc", "-1.5", "é", "日本",
          "'", "\\", "#", "0", "x" * 40]


def field(draw):
    if draw.random() < 0.3:
        return draw.choice(["", "1", "2.5", "word"])
    return "".join(draw.choice(PIECES) for _ in range(draw.randrange(7)))


def written(draw, text, delimiter):
    if draw.random() < 0.2 or any(c in text for c in '"\r\n' + delimiter):
        return '"' + text.replace('"', '""') + '"'
    return text


def table(draw):
    delimiter = draw.choice(",,,;\t|")
    columns = draw.randrange(2, 6)
    rows = [[field(draw) for _ in range(columns)] for _ in range(draw.randrange(1, 9))]
    line_end = draw.choice(["\n", "\r\n"])
    content = "".join(delimiter.join(written(draw, text, delimiter) for text in row) + line_end
                      for row in rows)
    if draw.random() < 0.3:  # no line end after the last record
        content = content.removesuffix(line_end)
    read = list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True))
    assert read == rows
    return delimiter, content, read


def in_hex(text):
    return text.encode().hex() or "-"


draw = random.Random(20261125)
for _ in range(TABLES):
    delimiter, content, rows = table(draw)
    print("file", in_hex(delimiter), in_hex(content))
    for row in rows:
        print("row", *map(in_hex, row))
