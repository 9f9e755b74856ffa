#include "sets/build_augmentation.h"

#include <string>
#include <variant>

#include <fmt/format.h>

#include "base/error.h"

namespace lockstep {
namespace {

bool has_statistics_per_channel(const NormalizationRule& config) {
  const auto* standardize = std::get_if<Standardize>(&config);
  return standardize != nullptr && standardize->per == StatisticsPer::channel;
}

// Refuses a shift that leaves nothing of an image.
void check_shift(const char* direction, std::uint32_t shift, const char* side,
                 std::uint32_t pixels) {
  if (shift < pixels) return;
  throw Error(ExitCode::usage,
              fmt::format("data.augmentation.shift.{} is {}; expected less than the {} of the "
                          "images, {}",
                          direction, shift, side, pixels));
}

ValueRange value_range(const AugmentationRules& rules, const SourceInfo& train) {
  if (rules.value_range) return *rules.value_range;
  if ((rules.brightness || rules.contrast) && train.type != ElementType::u8) {
    throw Error(
        ExitCode::usage,
        fmt::format("data.augmentation changes brightness or contrast, and the values of "
                    "{} are {}, not bytes from 0 to 255; give the values of black and white "
                    "in data.augmentation.value_range {{ low: ... high: ... }}",
                    train.name, element_name(train.type)));
  }
  return {};
}

}  // namespace

std::optional<ImageShape> image_shape(const DataConfig& config, const SourceInfo& train) {
  if (config.image) {
    const ImageShape& shape = *config.image;
    // Division is used because the product may exceed 64 bits.
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
    return Error(ExitCode::usage,
                 fmt::format("{} needs the shape of the images, which {} does not say; {}", what,
                             train.name, train.image_hint.empty() ? kGiveImage : train.image_hint));
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
  const AugmentationRules& rules = *data.augmentation;
  if (rules.shift) {
    check_shift("horizontal", rules.shift->horizontal, "width", shape->width);
    check_shift("vertical", rules.shift->vertical, "height", shape->height);
  }
  const Transforms& transforms = rules;
  return AugmentationSpec{transforms, *shape, value_range(rules, train)};
}

}  // namespace lockstep
