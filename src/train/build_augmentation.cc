#include "train/build_augmentation.h"

#include <string>
#include <variant>

#include <fmt/format.h>

#include "base/error.h"

namespace lockstep {
namespace {

bool has_statistics_per_channel(const NormalizationConfig& config) {
  const auto* standardize = std::get_if<Standardize>(&config);
  return standardize != nullptr && standardize->per == StatisticsPer::channel;
}

// A shift that leaves nothing of an image.
void check_shift(const char* direction, std::uint32_t shift, const char* side,
                 std::uint32_t pixels) {
  if (shift < pixels) return;
  throw Error(ExitCode::usage,
              fmt::format("data.augmentation.shift.{} is {}; expected less than the {} of the "
                          "images, {}",
                          direction, shift, side, pixels));
}

ValueRange value_range(const AugmentationConfig& config, const SourceInfo& train) {
  if (config.value_range) {
    return {static_cast<float>(config.value_range->low),
            static_cast<float>(config.value_range->high)};
  }
  if ((config.brightness || config.contrast) && train.type != ElementType::u8) {
    throw Error(ExitCode::usage,
                fmt::format("data.augmentation changes brightness or contrast, and the values of "
                            "{} are {}, not bytes from 0 to 255: say what black and white are in "
                            "data.augmentation.value_range {{ low: ... high: ... }}",
                            train.name, element_name(train.type)));
  }
  return {};
}

}  // namespace

std::optional<ImageShape> image_shape(const DataConfig& config, const SourceInfo& train) {
  if (config.image) {
    const ImageShape shape{config.image->channels, config.image->height, config.image->width};
    // Divided, since the product may be beyond 64 bits.
    const std::uint64_t pixels = std::uint64_t{shape.height} * shape.width;
    if (train.features % pixels != 0 || train.features / pixels != shape.channels) {
      throw Error(
          ExitCode::usage,
          fmt::format("data.image is {} x {} x {} (channels, height, width), but {} has "
                      "{} values for each example",
                      shape.channels, shape.height, shape.width, train.name, train.features));
    }
    return shape;
  }
  if (train.image) return train.image;
  const auto missing = [&](const std::string& what) {
    return Error(
        ExitCode::usage,
        fmt::format("{} needs the shape of the images, which {} does not say; {}", what, train.name,
                    train.image_hint.empty() ? "give data.image { channels: ... height: "
                                               "... width: ... }"
                                             : train.image_hint));
  };
  if (config.augmentation) throw missing("data.augmentation");
  if (has_statistics_per_channel(config.normalization)) {
    throw missing("data.normalization.standardize.per CHANNEL");
  }
  return std::nullopt;
}

std::optional<AugmentationSpec> build_augmentation(const DataConfig& data,
                                                   const SourceInfo& train) {
  const std::optional<ImageShape> shape = image_shape(data, train);
  if (!data.augmentation || !shape) return std::nullopt;
  const AugmentationConfig& config = *data.augmentation;
  AugmentationSpec spec;
  spec.shape = *shape;
  spec.border = {config.border == BorderKind::nearest, static_cast<float>(config.border_value)};
  spec.range = value_range(config, train);
  if (const auto& flip = config.horizontal_flip) spec.horizontal_flip = {flip->probability};
  if (const auto& crop = config.crop) {
    spec.crop = {crop->probability, crop->min_side, crop->max_side};
  }
  if (const auto& zoom = config.zoom) {
    spec.zoom = {zoom->probability, zoom->min_factor, zoom->max_factor};
  }
  if (const auto& rotation = config.rotation) {
    spec.rotation = {rotation->probability, rotation->degrees};
  }
  if (const auto& shift = config.shift) {
    check_shift("horizontal", shift->horizontal, "width", spec.shape.width);
    check_shift("vertical", shift->vertical, "height", spec.shape.height);
    spec.shift = {shift->probability, shift->horizontal, shift->vertical};
  }
  if (const auto& elastic = config.elastic) {
    spec.elastic = {elastic->probability, elastic->alpha, elastic->sigma};
  }
  if (const auto& brightness = config.brightness) {
    spec.brightness = {brightness->probability, brightness->max_change};
  }
  if (const auto& contrast = config.contrast) {
    spec.contrast = {contrast->probability, contrast->max_change};
  }
  if (const auto& erasing = config.erasing) {
    spec.erasing = {erasing->probability, erasing->min_area, erasing->max_area, erasing->max_aspect,
                    static_cast<float>(erasing->value)};
  }
  return spec;
}

}  // namespace lockstep
