#pragma once
// Normalization of inputs (lecture 1.9): (x - mean) / deviation, with statistics
// of the training set only.
//
// The statistics are computed piece by piece, so that sums over shards, added in
// shard order, do not depend on which worker computed which piece:
//   mean = (sum over shards of feature_sums) / m
//   variance = (sum over shards of centred_square_sums with that mean) / m
// Both passes take a value as the float that the network receives, and add in double
// in row order. The sum of up to 2^29 equal floats is exact in double, so a
// constant feature has exactly its value as mean and 0 as variance.

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "data/examples.h"

namespace lockstep {

// Maps x to z = (x - mean[j]) * inverse_deviation[j], in float or, with a clip, in double, and then
// to z / sqrt(1 + (z / clip)^2), which is between -clip and clip. An empty one leaves x unchanged.
struct Normalizer {
  std::vector<float> mean;               // [features]
  std::vector<float> inverse_deviation;  // [features]
  float clip = 0;                        // 0: none
};

// z / sqrt(1 + (z / clip)^2), for a clip above 0.
inline double smoothly_clipped(double z, double clip) {
  const double part = z / clip;
  return z / std::sqrt(1 + part * part);
}

// Sum of each feature over these rows of `examples`: [features].
std::vector<double> feature_sums(const Examples& examples, std::span<const std::uint32_t> rows);

// Sum over the rows of (x - mean[j])^2 of each feature: [features].
std::vector<double> centred_square_sums(const Examples& examples,
                                        std::span<const std::uint32_t> rows,
                                        std::span<const double> mean);

// Replaces each value by the average of its group of `group` consecutive values: the
// pixels of a channel or all features. For one statistic per group, apply it to the
// means before the second pass, and to the variances after it.
std::vector<double> pooled(std::span<const double> values, std::uint64_t group);

// Inverse deviation 1 / sqrt(variance); 0 for a constant feature, one whose
// variance is 0 (or so small that the inverse is beyond float). A constant feature thus
// becomes 0 in every set, because no example shows what another value would mean.
Normalizer standardizer(std::span<const double> mean, std::span<const double> variance);

// The centre and the inverse width by which robust scaling maps a feature's values, of which there
// is at least one: the median, and 1 / (upper quartile - lower quartile) or, where those are equal,
// 2 / (maximum - minimum); 0 for a constant feature. Quantiles are linear between two neighbours.
struct RobustWidth {
  float centre = 0;
  float inverse = 0;
};
RobustWidth robust_width(std::vector<float> values);

// Makes constant features become x - mean instead: augmentation changes training
// examples at random, so these features may vary.
void keep_constant_features(Normalizer& normalizer);

// Divides each feature by `divisor`.
Normalizer scaler(std::uint64_t features, double divisor);

}  // namespace lockstep
