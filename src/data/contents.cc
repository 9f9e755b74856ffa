#include "data/contents.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace lockstep {
namespace {

// All values that are equal as inputs have the same bits.
float as_compared(float value) {
  if (std::isnan(value)) return std::numeric_limits<float>::quiet_NaN();
  return value == 0 ? 0.0F : value;
}

// values: [rows, width]
template <typename V>
std::vector<WideDigest> digests_of_rows(std::span<const V> values, std::uint64_t width,
                                        std::uint64_t rows) {
  std::vector<WideDigest> digests;
  digests.reserve(rows);
  std::vector<float> row(width);
  for (std::uint64_t i = 0; i < rows; ++i) {
    std::ranges::transform(values.subspan(i * width, width), row.begin(),
                           [](V value) { return as_compared(static_cast<float>(value)); });
    digests.push_back(wide_digest_of(std::as_bytes(std::span(row))));
  }
  return digests;
}

}  // namespace

std::vector<WideDigest> contents_of(const Examples& examples) {
  return visit_values(examples.type, examples.values, [&](auto values) {
    return digests_of_rows(values, examples.features, examples.size());
  });
}

std::vector<WideDigest> label_contents_of(const Examples& examples) {
  return digests_of_rows(std::span<const float>(examples.labels), examples.label_width,
                         examples.size());
}

std::vector<std::uint64_t> groups_of_copies(std::span<const WideDigest> contents) {
  std::vector<std::uint64_t> order(contents.size());
  std::iota(order.begin(), order.end(), std::uint64_t{0});
  std::ranges::stable_sort(order, {}, [&](std::uint64_t i) { return contents[i]; });
  std::vector<std::uint64_t> groups(contents.size());
  for (std::size_t k = 0; k < order.size(); ++k) {
    const bool is_copy = k > 0 && contents[order[k]] == contents[order[k - 1]];
    groups[order[k]] = is_copy ? groups[order[k - 1]] : order[k];
  }
  return groups;
}

}  // namespace lockstep
