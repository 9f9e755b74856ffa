#!/usr/bin/env python3
"""Writes tests/data/warp_golden.h: images warped by SciPy. Not run by the tests.

    /usr/bin/python3 tests/data/make_warp_golden.py

needs python3-scipy, python3-opencv and clang-format. SciPy interpolates exactly (order 1;
'grid-constant' blends with the constant outside, 'nearest' repeats the edge).
OpenCV's warpAffine does the same with positions rounded to 1/32 pixel; it must
agree to what that rounding allows, so that the directions of the angles and the
conventions do not rest on one library.
"""

import subprocess
from pathlib import Path

import cv2
import numpy as np
from scipy import ndimage

HEIGHT, WIDTH = 6, 8
OUTSIDE = 17.0


def image():
    """What the test computes too: (37 y y + 11 x y + 53 x) mod 101."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return ((37 * y * y + 11 * x * y + 53 * x) % 101).astype(np.float64)


def forward(degrees, factor, right, down):
    """OpenCV's map of input to output: turned counterclockwise and enlarged
    about the centre, then moved; as a 2 x 3 matrix on (x, y)."""
    matrix = cv2.getRotationMatrix2D(((WIDTH - 1) / 2, (HEIGHT - 1) / 2), degrees, factor)
    matrix[:, 2] += (right, down)
    return matrix


def by_scipy(picture, matrix, mode):
    inverse = cv2.invertAffineTransform(matrix)
    swapped = inverse[::-1, 1::-1]  # on (y, x)
    return ndimage.affine_transform(picture, swapped, offset=inverse[::-1, 2], order=1, mode=mode,
                                    cval=OUTSIDE, prefilter=False)


def by_opencv(picture, matrix, mode):
    border = cv2.BORDER_CONSTANT if mode == "grid-constant" else cv2.BORDER_REPLICATE
    return cv2.warpAffine(picture.astype(np.float32), matrix, (WIDTH, HEIGHT),
                          flags=cv2.INTER_LINEAR, borderMode=border, borderValue=OUTSIDE)


def main():
    picture = image()
    cases = [(30, 1, 0, 0), (-75, 1, 0, 0), (0, 1.3, 0, 0), (0, 0.6, 0, 0), (12, 1.1, 1.25, -0.5)]
    text = ["#pragma once", "// Written by make_warp_golden.py: images warped by SciPy.", "",
            "#include <array>", "", "namespace lockstep {", "",
            f"constexpr unsigned kWarpHeight = {HEIGHT};", f"constexpr unsigned kWarpWidth = {WIDTH};",
            f"constexpr float kWarpOutside = {OUTSIDE:g};", "",
            "// Turned counterclockwise and enlarged about the centre, then moved.",
            "struct WarpGolden {", "  double degrees, factor, right, down;",
            "  bool nearest;  // the border: the nearest pixel, or else the constant",
            f"  std::array<double, {HEIGHT * WIDTH}> pixels;", "};", "",
            "constexpr WarpGolden kWarpGolden[] = {"]
    for degrees, factor, right, down in cases:
        matrix = forward(degrees, factor, right, down)
        for mode in ("grid-constant", "nearest"):
            result = by_scipy(picture, matrix, mode)
            difference = np.abs(result - by_opencv(picture, matrix, mode)).max()
            steepest = 101 / 64 * 2  # half a step of 1/32 pixel along both axes
            assert difference <= steepest, (degrees, factor, right, down, mode, difference)
            print(f"{degrees:4} {factor:4} {right:5} {down:5} {mode:13} "
                  f"OpenCV differs by at most {difference:.3f}")
            values = ", ".join(f"{value:.9g}" for value in result.ravel())
            nearest = "true" if mode == "nearest" else "false"
            text.append(f"{{{degrees}, {factor}, {right}, {down}, {nearest}, {{{{{values}}}}}}},")
    text += ["};", "", "}  // namespace lockstep", ""]
    header = Path(__file__).parent / "warp_golden.h"
    header.write_text("\n".join(text))
    subprocess.run(["clang-format", "-i", header], check=True)


if __name__ == "__main__":
    main()
