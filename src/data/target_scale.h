#pragma once
// Standardization of targets, the labels of a loss that predicts values: (t - mean) / deviation, as
// for inputs (lecture 1.9). Statistics come from the training set only, and sums over shards,
// added in shard order, do not depend on which worker computed which shard.

#include <cstdint>
#include <span>
#include <vector>

#include "data/examples.h"

namespace lockstep {

// An empty one leaves targets as they are.
struct TargetScale {
  std::vector<double> mean;       // [targets]
  std::vector<double> deviation;  // [targets], above 0
  friend bool operator==(const TargetScale&, const TargetScale&) = default;
};

// Sum of each target over these rows of `examples`: [targets].
std::vector<double> target_sums(const Examples& examples, std::span<const std::uint32_t> rows);

// Sum over the rows of (t - mean)^2 of each target: [targets].
std::vector<double> centred_target_square_sums(const Examples& examples,
                                               std::span<const std::uint32_t> rows,
                                               std::span<const double> mean);

// A constant target has variance 0, and keeps deviation 1.
TargetScale target_scale(std::vector<double> mean, std::span<const double> variance);

// Replace targets t by (t - mean) / deviation, and back. The arithmetic is in double. values: [n,
// targets].
void standardize(const TargetScale& scale, std::span<float> values);
void restore(const TargetScale& scale, std::span<float> values);

}  // namespace lockstep
