#pragma once
// Geometric transforms of an image as one map from output to input positions,
// so that any number of them costs one interpolation and one loss of sharpness.
//
// Positions are pixel centres: (0, 0) is the first pixel, (width - 1,
// height - 1) the last. Each map below is the inverse of what the eye
// sees: it tells where the pixel at an output position comes from.

#include "data/spec.h"

namespace lockstep {

// Maps x to xx x + xy y + x0, and y to yx x + yy y + y0.
struct ImageMap {
  double xx = 1, xy = 0, x0 = 0;
  double yx = 0, yy = 1, y0 = 0;
  bool operator==(const ImageMap&) const = default;
};

// The map that applies `first` to the image and then `second` to the result:
// first(second(position)).
ImageMap composed(const ImageMap& first, const ImageMap& second);

// Mirrors left and right.
ImageMap mirrored(ImageShape shape);

// Enlarges a part of the image to the whole: the part begins at (left, top) and has the
// fraction `side` of the height and width; the outermost pixel centres of both coincide.
// The part lies within the image for side in (0, 1], left in [0, (1 - side) (width - 1)]
// and top in [0, (1 - side) (height - 1)].
ImageMap cropped(double side, double left, double top);

// Enlarges by `factor` about the centre.
ImageMap zoomed(ImageShape shape, double factor);

// Rotates counterclockwise about the centre.
ImageMap rotated(ImageShape shape, double degrees);

// Shifts by `right` and `down` pixels.
ImageMap shifted(double right, double down);

}  // namespace lockstep
