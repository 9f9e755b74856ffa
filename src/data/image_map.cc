#include "data/image_map.h"

#include <numbers>

#include "numerics/functions.h"

namespace lockstep {
namespace {

// The linear part xx, xy, yx, yy applied about the centre of the image.
ImageMap about_centre(ImageShape shape, double xx, double xy, double yx, double yy) {
  const double x = (shape.width - 1) / 2.0;
  const double y = (shape.height - 1) / 2.0;
  return {xx, xy, x - (xx * x + xy * y), yx, yy, y - (yx * x + yy * y)};
}

}  // namespace

ImageMap composed(const ImageMap& a, const ImageMap& b) {
  return {a.xx * b.xx + a.xy * b.yx, a.xx * b.xy + a.xy * b.yy, a.xx * b.x0 + a.xy * b.y0 + a.x0,
          a.yx * b.xx + a.yy * b.yx, a.yx * b.xy + a.yy * b.yy, a.yx * b.x0 + a.yy * b.y0 + a.y0};
}

ImageMap mirrored(ImageShape shape) {
  return {.xx = -1, .xy = 0, .x0 = shape.width - 1.0, .yx = 0, .yy = 1, .y0 = 0};
}

ImageMap cropped(double side, double left, double top) {
  return {.xx = side, .xy = 0, .x0 = left, .yx = 0, .yy = side, .y0 = top};
}

ImageMap zoomed(ImageShape shape, double factor) {
  return about_centre(shape, 1 / factor, 0, 0, 1 / factor);
}

ImageMap rotated(ImageShape shape, double degrees) {
  const double angle = degrees * std::numbers::pi / 180;
  const double c = numerics::cos(angle);
  const double s = numerics::sin(angle);
  // y points down: this is the inverse of a turn that looks counterclockwise.
  return about_centre(shape, c, -s, s, c);
}

ImageMap shifted(double right, double down) {
  return {.xx = 1, .xy = 0, .x0 = -right, .yx = 0, .yy = 1, .y0 = -down};
}

}  // namespace lockstep
