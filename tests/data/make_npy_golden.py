#!/usr/bin/python3
"""Makes npy_golden.h: small arrays as NumPy itself writes them.

    tests/data/make_npy_golden.py > tests/data/npy_golden.h

The k-th of 12 values in C order, shape (2, 3, 2): 7 k - 5; of unsigned types
7 k; of truth values whether 3 divides k; of floating types (7 k - 5) / 2.
"""

import io

import numpy as np


def values(kind):
    k = np.arange(12)
    if kind == "b":
        return k % 3 == 0
    if kind == "u":
        return 7 * k
    if kind == "f":
        return (7 * k - 5) / 2
    return 7 * k - 5


def written(descr, order, version):
    array = np.asarray(values(np.dtype(descr).kind), dtype=descr).reshape(2, 3, 2)
    array = np.asfortranarray(array) if order == "F" else np.ascontiguousarray(array)
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=version)
    return stream.getvalue()


def main():
    print(
        """#pragma once
// Made by make_npy_golden.py with NumPy; do not edit.

#include <array>

namespace lockstep {

// A file of 12 values in hexadecimal digits.
struct NpyGolden {
  const char* descr;
  char order;
  int version;
  const char* content;
};

inline constexpr std::array kNpyGolden = {"""
    )
    cases = [
        (descr, order, (1, 0))
        for descr in "|b1 |u1 |i1 <i2 >i2 <u2 >u2 <i4 >i4 <u4 <i8 >i8 <u8 <f2 >f2 <f4 >f4 <f8 >f8".split()
        for order in ("C", "F")
    ]
    cases += [("<f4", "C", (2, 0)), (">i2", "F", (3, 0))]
    for descr, order, version in cases:
        text = written(descr, order, version).hex().upper()
        print(f"    NpyGolden{{\"{descr}\", '{order}', {version[0]},")
        lines = [text[i : i + 80] for i in range(0, len(text), 80)]
        for n, line in enumerate(lines):
            print(f'              "{line}"' + ("}," if n + 1 == len(lines) else ""))
    print("};\n\n}  // namespace lockstep")


main()
