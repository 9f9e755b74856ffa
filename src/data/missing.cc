#include "data/missing.h"

#include <cmath>

#include "base/check.h"

namespace lockstep {

std::vector<double> present_sums(const Examples& examples, std::span<const std::uint32_t> rows) {
  check(examples.type == ElementType::f32, "values that may be missing are f32");
  const std::uint64_t features = examples.features;
  const std::span values(reinterpret_cast<const float*>(examples.values.data()),
                         examples.size() * features);
  std::vector<double> sums(2 * features, 0.0);
  for (const std::uint32_t row : rows) {
    const auto x = values.subspan(row * features, features);
    for (std::uint64_t j = 0; j < features; ++j) {
      const bool there = !std::isnan(x[j]);
      sums[j] += there ? static_cast<double>(x[j]) : 0.0;
      sums[features + j] += there ? 1.0 : 0.0;
    }
  }
  return sums;
}

void fill_missing(Examples& examples, std::span<const float> means) {
  const std::uint64_t features = examples.features;
  check(examples.type == ElementType::f32 && means.size() == features,
        "one mean for each feature of f32");
  auto* values = reinterpret_cast<float*>(examples.values.data());
  for (std::uint64_t i = 0; i < examples.size(); ++i) {
    for (std::uint64_t j = 0; j < features; ++j) {
      float& value = values[i * features + j];
      if (std::isnan(value)) value = means[j];
    }
  }
}

}  // namespace lockstep
