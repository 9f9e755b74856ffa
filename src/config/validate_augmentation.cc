#include "config/validate_augmentation.h"

#include <cmath>
#include <string>

#include <fmt/format.h>

namespace lockstep {
namespace {

// The end of a range whose beginning is at `low_path`.
void check_not_below(const ValueChecks& checks, const std::string& path, double value,
                     const std::string& low_path, double low) {
  if (!checks.trusted(low_path) || !checks.trusted(path)) return;
  if (!std::isfinite(value) || !std::isfinite(low)) return;  // told already
  checks.require(value >= low, path, fmt::to_string(value),
                 fmt::format("at least {}, which is {}", low_path, low));
}

// A share of the whole: (0, 1].
void check_share(const ValueChecks& checks, const std::string& path, double value) {
  checks.require(value > 0 && value <= 1, path, fmt::to_string(value),
                 "a number above 0 and at most 1");
}

void check_crop(const ValueChecks& checks, const proto::Augmentation::Crop& crop,
                const std::string& path) {
  check_share(checks, path + ".min_side", crop.min_side());
  check_share(checks, path + ".max_side", crop.max_side());
  check_not_below(checks, path + ".max_side", crop.max_side(), path + ".min_side", crop.min_side());
}

void check_zoom(const ValueChecks& checks, const proto::Augmentation::Zoom& zoom,
                const std::string& path) {
  checks.positive_float(path + ".min_factor", zoom.min_factor());
  checks.positive_float(path + ".max_factor", zoom.max_factor());
  check_not_below(checks, path + ".max_factor", zoom.max_factor(), path + ".min_factor",
                  zoom.min_factor());
}

void check_elastic(const ValueChecks& checks, const proto::Augmentation::Elastic& elastic,
                   const std::string& path) {
  checks.not_negative_float(path + ".alpha", elastic.alpha());
  checks.require(std::isfinite(elastic.sigma()) && elastic.sigma() >= 0.5, path + ".sigma",
                 fmt::to_string(elastic.sigma()), "a finite number of pixels, at least 0.5");
}

void check_erasing(const ValueChecks& checks, const proto::Augmentation::Erasing& erasing,
                   const std::string& path) {
  check_share(checks, path + ".min_area", erasing.min_area());
  check_share(checks, path + ".max_area", erasing.max_area());
  check_not_below(checks, path + ".max_area", erasing.max_area(), path + ".min_area",
                  erasing.min_area());
  checks.require(std::isfinite(erasing.max_aspect()) && erasing.max_aspect() >= 1,
                 path + ".max_aspect", fmt::to_string(erasing.max_aspect()),
                 "a finite number, 1 or more");
  checks.any_float(path + ".value", erasing.value());
}

void check_value_range(const ValueChecks& checks, const proto::Augmentation::ValueRange& range,
                       const std::string& path) {
  const std::string low = path + ".low";
  const std::string high = path + ".high";
  const bool has_low = checks.present(range.has_low(), low, "the value of black");
  const bool has_high = checks.present(range.has_high(), high, "the value of white");
  if (has_low) checks.any_float(low, range.low());
  if (has_high) checks.any_float(high, range.high());
  if (has_low && has_high && std::isfinite(range.low()) && std::isfinite(range.high())) {
    checks.require(static_cast<float>(range.low()) < static_cast<float>(range.high()), high,
                   fmt::to_string(range.high()),
                   fmt::format("above {}, which is {}", low, range.low()));
  }
}

}  // namespace

void check_image(const ValueChecks& checks, const proto::Image& image) {
  checks.at_least("data.image.channels", image.channels(), 1);
  if (checks.present(image.has_height(), "data.image.height", "the pixels in a column")) {
    checks.at_least("data.image.height", image.height(), 1);
  }
  if (checks.present(image.has_width(), "data.image.width", "the pixels in a row")) {
    checks.at_least("data.image.width", image.width(), 1);
  }
}

void check_augmentation(const ValueChecks& checks, const proto::Augmentation& augmentation) {
  const std::string root = "data.augmentation";
  bool any = false;
  // Checks what all transforms have; returns whether this one is given.
  const auto given = [&](bool is_there, const auto& transform, const std::string& name) {
    if (is_there) checks.chance(root + "." + name + ".probability", transform.probability());
    any = any || is_there || !checks.trusted(root + "." + name);
    return is_there;
  };
  const proto::Augmentation& a = augmentation;
  given(a.has_horizontal_flip(), a.horizontal_flip(), "horizontal_flip");
  if (given(a.has_crop(), a.crop(), "crop")) check_crop(checks, a.crop(), root + ".crop");
  if (given(a.has_zoom(), a.zoom(), "zoom")) check_zoom(checks, a.zoom(), root + ".zoom");
  if (given(a.has_rotation(), a.rotation(), "rotation")) {
    checks.between(root + ".rotation.degrees", a.rotation().degrees(), 0, 180);
  }
  given(a.has_shift(), a.shift(), "shift");
  if (given(a.has_elastic(), a.elastic(), "elastic")) {
    check_elastic(checks, a.elastic(), root + ".elastic");
  }
  if (given(a.has_brightness(), a.brightness(), "brightness")) {
    checks.between(root + ".brightness.max_change", a.brightness().max_change(), 0, 1);
  }
  if (given(a.has_contrast(), a.contrast(), "contrast")) {
    checks.between(root + ".contrast.max_change", a.contrast().max_change(), 0, 1);
  }
  if (given(a.has_erasing(), a.erasing(), "erasing")) {
    check_erasing(checks, a.erasing(), root + ".erasing");
  }
  if (!any) {
    checks.complain(root, root +
                              " has no transform; expected some of horizontal_flip, crop, zoom, "
                              "rotation, shift, elastic, brightness, contrast, erasing");
  }
  checks.any_float(root + ".border_value", a.border_value());
  if (a.has_value_range()) check_value_range(checks, a.value_range(), root + ".value_range");
}

}  // namespace lockstep
