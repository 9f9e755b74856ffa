#include "report/preview_sheet.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace lockstep {
namespace {

// In colour if there are three channels, otherwise the first channel in grey.
ContactSheet::Image to_pixels(const ImageValues& values, const Preview& preview) {
  const std::size_t pixels = std::size_t{preview.shape.height} * preview.shape.width;
  const auto byte = [&](std::size_t channel, std::size_t pixel) {
    const float share = (values[channel * pixels + pixel] - preview.range.low) /
                        (preview.range.high - preview.range.low);
    return static_cast<std::uint8_t>(std::lround(255 * std::clamp(share, 0.0F, 1.0F)));
  };
  const bool colored = preview.shape.channels == 3;
  ContactSheet::Image image;
  image.reserve(pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    image.push_back({byte(0, i), byte(colored ? 1 : 0, i), byte(colored ? 2 : 0, i)});
  }
  return image;
}

}  // namespace

ContactSheet preview_sheet(const Preview& preview) {
  ContactSheet sheet;
  sheet.image_width = preview.shape.width;
  sheet.image_height = preview.shape.height;
  sheet.columns = {"original"};
  for (std::size_t epoch = 1; epoch <= preview.examples.front().augmented.size(); ++epoch) {
    sheet.columns.push_back(fmt::format("epoch {}", epoch));
  }
  for (const PreviewExample& example : preview.examples) {
    ContactSheet::Row row;
    row.caption = {fmt::format("label {:g}", fmt::join(example.labels, ",")),
                   fmt::format("#{}", example.id)};
    row.images = {to_pixels(example.original, preview)};
    for (const ImageValues& image : example.augmented) {
      row.images.push_back(to_pixels(image, preview));
    }
    sheet.rows.push_back(std::move(row));
  }
  return sheet;
}

}  // namespace lockstep
