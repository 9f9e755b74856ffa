#include "data/augmentation.h"

#include <algorithm>
#include <cmath>

#include "numerics/functions.h"

namespace lockstep {
namespace {

// Part of the key of every draw, so never renumber.
enum class Transform : std::uint32_t {
  horizontal_flip = 0,
  crop = 1,
  zoom = 2,
  rotation = 3,
  shift = 4,
  elastic = 5,
  brightness = 6,
  contrast = 7,
  erasing = 8,
  erasing_place = 9,
};

RandomKey random_key(AugmentationKey key) { return {key.seed, Purpose::augmentation}; }

// The draw of one transform of one example: whether it happens, and up to three
// parameters. Transforms do not share random numbers, so that adding or removing one
// does not change the others.
class Draw {
 public:
  Draw(AugmentationKey key, std::uint32_t example, Transform transform)
      : words_(random_words(random_key(key),
                            {key.epoch, example, static_cast<std::uint32_t>(transform), 0})) {}

  [[nodiscard]] bool happens(double probability) const { return unit(0) < probability; }
  // Parameter 1, 2 or 3, uniform in [low, high).
  [[nodiscard]] double between(double low, double high, int parameter) const {
    return low + (high - low) * unit(parameter);
  }
  // A whole number, uniform in -limit ... limit.
  [[nodiscard]] double whole(std::uint32_t limit, int parameter) const {
    return std::floor(between(0, 2.0 * limit + 1, parameter)) - limit;
  }

 private:
  // In [0, 1), 32 bits.
  [[nodiscard]] double unit(int word) const {
    return words_[static_cast<std::size_t>(word)] * 0x1p-32;
  }

  RandomWords words_;
};

}  // namespace

ImageMap drawn_map(const AugmentationSpec& spec, AugmentationKey key, std::uint32_t example) {
  ImageMap map;
  const auto add = [&](const auto& transform, Transform number, const auto& map_of) {
    if (!transform) return;
    const Draw draw(key, example, number);
    if (draw.happens(transform->probability)) map = composed(map, map_of(*transform, draw));
  };
  add(spec.horizontal_flip, Transform::horizontal_flip,
      [&](const HorizontalFlip&, const Draw&) { return mirrored(spec.shape); });
  add(spec.crop, Transform::crop, [&](const Crop& crop, const Draw& draw) {
    const double side = draw.between(crop.min_side, crop.max_side, 1);
    return cropped(side, draw.between(0, (1 - side) * (spec.shape.width - 1), 2),
                   draw.between(0, (1 - side) * (spec.shape.height - 1), 3));
  });
  add(spec.zoom, Transform::zoom, [&](const Zoom& zoom, const Draw& draw) {
    return zoomed(spec.shape, draw.between(zoom.min_factor, zoom.max_factor, 1));
  });
  add(spec.rotation, Transform::rotation, [&](const Rotation& rotation, const Draw& draw) {
    return rotated(spec.shape, draw.between(-rotation.degrees, rotation.degrees, 1));
  });
  add(spec.shift, Transform::shift, [&](const Shift& shift, const Draw& draw) {
    return shifted(draw.whole(shift.horizontal, 1), draw.whole(shift.vertical, 2));
  });
  return map;
}

std::optional<Rectangle> drawn_rectangle(const AugmentationSpec& spec, AugmentationKey key,
                                         std::uint32_t example) {
  if (!spec.erasing) return std::nullopt;
  const Erasing& erasing = *spec.erasing;
  const Draw draw(key, example, Transform::erasing);
  if (!draw.happens(erasing.probability)) return std::nullopt;
  const double width = spec.shape.width;
  const double height = spec.shape.height;
  const double area = draw.between(erasing.min_area, erasing.max_area, 1) * width * height;
  // Height divided by width, with a uniform logarithm; limited to what fits the image.
  const double flattest = area / (width * width);
  const double steepest = height * height / area;
  const auto log_aspect = [&](double aspect) {
    return numerics::log(std::clamp(aspect, flattest, steepest));
  };
  const double aspect = numerics::exp(
      draw.between(log_aspect(1 / erasing.max_aspect), log_aspect(erasing.max_aspect), 2));
  const auto pixels = [](double side, double limit) {
    return static_cast<std::uint32_t>(std::clamp(std::round(side), 1.0, limit));
  };
  Rectangle rectangle;
  rectangle.width = pixels(std::sqrt(area / aspect), width);
  rectangle.height = pixels(std::sqrt(area * aspect), height);
  const Draw place(key, example, Transform::erasing_place);
  rectangle.left = static_cast<std::uint32_t>(place.between(0, width - rectangle.width + 1, 1));
  rectangle.top = static_cast<std::uint32_t>(place.between(0, height - rectangle.height + 1, 2));
  return rectangle;
}

Augmenter::Augmenter(const AugmentationSpec& spec)
    : spec_(spec), resampler_(spec_.shape, spec_.border) {
  if (spec_.elastic) field_.emplace(spec_.shape, spec_.elastic->alpha, spec_.elastic->sigma);
}

void Augmenter::apply(AugmentationKey key, std::uint32_t example, std::span<float> image) {
  change_geometry(key, example, image);
  change_values(key, example, image);
}

void Augmenter::change_geometry(AugmentationKey key, std::uint32_t example,
                                std::span<float> image) {
  const ImageMap map = drawn_map(spec_, key, example);
  std::span<const float> displacements;
  if (field_ && spec_.elastic &&
      Draw(key, example, Transform::elastic).happens(spec_.elastic->probability)) {
    // Lane 0 decides whether the transform happens.
    displacements = field_->draw(
        random_key(key), {key.epoch, example, static_cast<std::uint32_t>(Transform::elastic), 1});
  }
  if (map == ImageMap{} && displacements.empty()) return;
  resampler_.resample(map, displacements, image);
}

void Augmenter::change_values(AugmentationKey key, std::uint32_t example,
                              std::span<float> image) const {
  if (spec_.brightness) {
    const Draw draw(key, example, Transform::brightness);
    if (draw.happens(spec_.brightness->probability)) {
      const double limit = spec_.brightness->max_change;
      change_brightness(draw.between(-limit, limit, 1), spec_.range, image);
      clamp_to(spec_.range, image);
    }
  }
  if (spec_.contrast) {
    const Draw draw(key, example, Transform::contrast);
    if (draw.happens(spec_.contrast->probability)) {
      const double limit = spec_.contrast->max_change;
      change_contrast(draw.between(1 - limit, 1 + limit, 1), image);
      clamp_to(spec_.range, image);
    }
  }
  const auto rectangle = drawn_rectangle(spec_, key, example);
  if (spec_.erasing && rectangle) {
    erase(spec_.shape, *rectangle, spec_.erasing->value, image);
  }
}

}  // namespace lockstep
