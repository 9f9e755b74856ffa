#pragma once
// Geometric transforms of an image as one map from output to input positions,
// so that any number of them costs one interpolation and one loss of sharpness.
//
// Positions are pixel centres: (0, 0) is the first pixel, (width - 1,
// height - 1) the last. Each function below is the inverse of what the eye
// sees: it says where the pixel at an output position comes from.

#include "data/source.h"

namespace lockstep {

// x becomes xx x + xy y + x0, y becomes yx x + yy y + y0.
struct ImageMap {
  double xx = 1, xy = 0, x0 = 0;
  double yx = 0, yy = 1, y0 = 0;
  bool operator==(const ImageMap&) const = default;
};

// The map of doing `first` to the image and `second` to the result of that:
// first(second(position)).
ImageMap composed(const ImageMap& first, const ImageMap& second);

// Left becomes right.
ImageMap mirrored(ImageShape shape);

// The part of the image that begins at (left, top) and has `side` of its height
// and width fills the image: their outermost pixel centres meet. Within the
// image for side in (0, 1], left in [0, (1 - side) (width - 1)] and likewise top.
ImageMap cropped(double side, double left, double top);

// Enlarged by `factor` about the centre.
ImageMap zoomed(ImageShape shape, double factor);

// Turned counterclockwise about the centre.
ImageMap rotated(ImageShape shape, double degrees);

// Moved by `right` and `down` pixels.
ImageMap shifted(double right, double down);

}  // namespace lockstep
