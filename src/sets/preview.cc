#include "sets/preview.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

#include "base/error.h"
#include "comm/communicator.h"
#include "data/augmentation.h"
#include "data/gather.h"
#include "sets/build_augmentation.h"
#include "sets/dataset.h"

namespace lockstep {
namespace {

std::vector<float> labels_of(const Examples& examples, std::uint32_t row) {
  const auto labels =
      std::span(examples.labels).subspan(row * examples.label_width, examples.label_width);
  return {labels.begin(), labels.end()};
}

// The first row of each label, then the second row of each, and so on.
std::vector<std::uint32_t> rows_of_each_label(const Examples& examples, std::uint64_t count) {
  std::map<std::vector<float>, std::uint32_t> seen;
  // For each row, its number among the rows of its label, and the label.
  std::vector<std::pair<std::uint32_t, std::vector<float>>> places;
  for (std::uint32_t row = 0; row < examples.size(); ++row) {
    std::vector<float> labels = labels_of(examples, row);
    places.emplace_back(seen[labels]++, std::move(labels));
  }
  std::vector<std::uint32_t> rows(examples.size());
  std::iota(rows.begin(), rows.end(), 0U);
  std::ranges::stable_sort(rows, {}, [&](std::uint32_t row) { return places[row]; });
  rows.resize(std::min<std::uint64_t>(rows.size(), count));
  return rows;
}

ImageValues raw_values(const Examples& examples, std::uint32_t row) {
  ImageValues values(examples.features);
  gather_rows<float>(examples, std::span(&row, 1), {}, {values.data(), 1, values.size()});
  return values;
}

// The range of bytes, or that of the job, else the range of the examples' values.
ValueRange range_of(const Job& job, ElementType type, const std::vector<PreviewExample>& examples) {
  if (job.data.augmentation && job.data.augmentation->value_range) {
    const ValueRange& range = *job.data.augmentation->value_range;
    return {static_cast<float>(range.low), static_cast<float>(range.high)};
  }
  if (type == ElementType::u8) return {};
  ValueRange range{examples.front().original.front(), examples.front().original.front()};
  for (const PreviewExample& example : examples) {
    const auto [low, high] = std::ranges::minmax(example.original);
    range = {std::min(range.low, low), std::max(range.high, high)};
  }
  return range;
}

}  // namespace

Preview preview_augmentation(const Job& job, std::uint64_t examples, std::uint32_t epochs) {
  const Dataset data = load_dataset(job, Communicator::self(), {});
  if (!data.image) {
    throw Error(ExitCode::usage,
                std::string("the shape of the images is not known; ") + kGiveImage);
  }
  Preview preview{*data.image, {}, {}};
  std::optional<Augmenter> augmenter;
  if (data.augmentation) augmenter.emplace(*data.augmentation);
  for (const std::uint32_t row : rows_of_each_label(data.train, examples)) {
    PreviewExample example{
        data.train.ids[row], labels_of(data.train, row), raw_values(data.train, row), {}};
    for (std::uint32_t epoch = 0; augmenter && epoch < epochs; ++epoch) {
      ImageValues& image = example.augmented.emplace_back(example.original);
      augmenter->apply({job.seed, epoch}, example.id, image);
    }
    preview.examples.push_back(std::move(example));
  }
  preview.range = range_of(job, data.train.type, preview.examples);
  return preview;
}

}  // namespace lockstep
