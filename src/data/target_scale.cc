#include "data/target_scale.h"

#include <cmath>
#include <utility>

#include "base/check.h"

namespace lockstep {
namespace {

// Calls add(target, t) for each target of each of `rows`, in order.
template <typename Add>
void for_each_target(const Examples& examples, std::span<const std::uint32_t> rows, Add&& add) {
  const std::uint64_t width = examples.label_width;
  for (const std::uint32_t row : rows) {
    check(row < examples.size(), "rows are below the number of examples");
    for (std::uint64_t j = 0; j < width; ++j) {
      add(j, static_cast<double>(examples.labels[row * width + j]));
    }
  }
}

// Replaces each value by change(value, mean, deviation) of its target.
template <typename Change>
void change_all(const TargetScale& scale, std::span<float> values, Change&& change) {
  const std::size_t targets = scale.mean.size();
  if (targets == 0) return;
  check(scale.deviation.size() == targets && values.size() % targets == 0,
        "the scale has a mean and a deviation for each target");
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t j = i % targets;
    values[i] = static_cast<float>(
        change(static_cast<double>(values[i]), scale.mean[j], scale.deviation[j]));
  }
}

}  // namespace

std::vector<double> target_sums(const Examples& examples, std::span<const std::uint32_t> rows) {
  std::vector<double> sums(examples.label_width, 0.0);
  for_each_target(examples, rows, [&](std::uint64_t j, double t) { sums[j] += t; });
  return sums;
}

std::vector<double> centred_target_square_sums(const Examples& examples,
                                               std::span<const std::uint32_t> rows,
                                               std::span<const double> mean) {
  check(mean.size() == examples.label_width, "one mean for each target");
  std::vector<double> sums(examples.label_width, 0.0);
  for_each_target(examples, rows,
                  [&](std::uint64_t j, double t) { sums[j] += (t - mean[j]) * (t - mean[j]); });
  return sums;
}

TargetScale target_scale(std::vector<double> mean, std::span<const double> variance) {
  TargetScale scale{std::move(mean), {}};
  for (const double of : variance) scale.deviation.push_back(of > 0 ? std::sqrt(of) : 1.0);
  return scale;
}

void standardize(const TargetScale& scale, std::span<float> values) {
  change_all(scale, values,
             [](double t, double mean, double deviation) { return (t - mean) / deviation; });
}

void restore(const TargetScale& scale, std::span<float> values) {
  change_all(scale, values,
             [](double z, double mean, double deviation) { return z * deviation + mean; });
}

}  // namespace lockstep
