#include "data/missing.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/check.h"

namespace lockstep {
namespace {

std::span<const float> values_of(const Examples& examples) {
  check(examples.type == ElementType::f32, "values that may be missing are f32");
  return {reinterpret_cast<const float*>(examples.values.data()),
          examples.size() * examples.features};
}

}  // namespace

std::vector<double> present_sums(const Examples& examples, std::span<const std::uint32_t> rows) {
  const std::uint64_t features = examples.features;
  const std::span<const float> values = values_of(examples);
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

std::vector<float> present_values(const Examples& examples, std::span<const std::uint32_t> rows,
                                  std::uint64_t feature) {
  const std::span<const float> values = values_of(examples);
  std::vector<float> present;
  for (const std::uint32_t row : rows) {
    const float value = values[row * examples.features + feature];
    if (!std::isnan(value)) present.push_back(value == 0 ? 0.0F : value);
  }
  return present;
}

float median_of(std::vector<float> values) {
  check(!values.empty(), "a median is of some values");
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  if (values.size() % 2 == 1) return values[middle];
  return static_cast<float>(
      (static_cast<double>(values[middle - 1]) + static_cast<double>(values[middle])) / 2);
}

float most_frequent_of(std::vector<float> values) {
  check(!values.empty(), "a most frequent value is of some values");
  std::ranges::sort(values);
  float best = values.front();
  std::ptrdiff_t most = 0;
  for (auto begin = values.begin(); begin != values.end();) {
    const auto end = std::upper_bound(begin, values.end(), *begin);
    if (end - begin > most) {
      most = end - begin;
      best = *begin;
    }
    begin = end;
  }
  return best;
}

void fill_missing(Examples& examples, std::span<const float> fill_values) {
  const std::uint64_t features = examples.features;
  check(examples.type == ElementType::f32 && fill_values.size() == features,
        "one value for each feature of f32");
  auto* values = reinterpret_cast<float*>(examples.values.data());
  for (std::uint64_t i = 0; i < examples.size(); ++i) {
    for (std::uint64_t j = 0; j < features; ++j) {
      float& value = values[i * features + j];
      if (std::isnan(value)) value = fill_values[j];
    }
  }
}

}  // namespace lockstep
