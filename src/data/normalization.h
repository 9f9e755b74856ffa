#pragma once
// Normalisation of inputs (lecture 1.9): (x - mean) / deviation, with statistics
// of the training set only.
//
// The statistics come in pieces, so that sums over shards added in shard order
// do not depend on who computed which:
//   mean = (sum over shards of feature_sums) / m
//   variance = (sum over shards of centred_square_sums with that mean) / m
// Both passes take a value as the float the network will see, and add in double
// in row order. The sum of up to 2^29 equal floats is exact in double, so a
// constant feature has exactly its value as mean and 0 as variance.

#include <cstdint>
#include <span>
#include <vector>

#include "data/examples.h"

namespace lockstep {

// x becomes (x - mean[j]) * inverse_deviation[j], in float. Empty: x as it is.
struct Normalizer {
  std::vector<float> mean;               // [features]
  std::vector<float> inverse_deviation;  // [features]
};

// Sum of each feature over these rows of `examples`: [features].
std::vector<double> feature_sums(const Examples& examples, std::span<const std::uint32_t> rows);

// Sum over the rows of (x - mean[j])^2 of each feature: [features].
std::vector<double> centred_square_sums(const Examples& examples,
                                        std::span<const std::uint32_t> rows,
                                        std::span<const double> mean);

// Each value becomes the average of its group: `group` values in a row, the
// pixels of a channel or all features. One statistic for a group: apply it to
// the means before the second pass, and to the variances after it.
std::vector<double> pooled(std::span<const double> values, std::uint64_t group);

// Inverse deviation 1 / sqrt(variance); 0 for a constant feature, one whose
// variance is 0 (or so small that the inverse is beyond float). It so becomes 0 in
// every set: no example says what another value of it would mean.
Normalizer standardizer(std::span<const double> mean, std::span<const double> variance);

// Constant features become x - mean instead, for training examples that are changed
// at random, so that they vary after all.
void keep_constant_features(Normalizer& normalizer);

// x / divisor.
Normalizer scaler(std::uint64_t features, double divisor);

}  // namespace lockstep
