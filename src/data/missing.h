#pragma once
// Missing values, which are NaN among values of f32. They are replaced by the mean, the median or
// the most frequent value of the feature over the training examples that have it.
//
// As with the statistics of normalization, the sums are computed piece by piece, in
// double and row order. Added over shards in shard order, they do not depend on which
// worker computed which piece.

#include <cstdint>
#include <span>
#include <vector>

#include "data/examples.h"

namespace lockstep {

// Sum of each feature over the rows where it is present, followed by the number of
// these rows for each feature. [2 * features]
std::vector<double> present_sums(const Examples& examples, std::span<const std::uint32_t> rows);

// The values of a feature in the rows where it is present, in their order; -0 as 0.
std::vector<float> present_values(const Examples& examples, std::span<const std::uint32_t> rows,
                                  std::uint64_t feature);

// The exact median of some values; for an even number of them, the mean of the two in the middle.
float median_of(std::vector<float> values);

// The most frequent of some values; in a tie, the smallest.
float most_frequent_of(std::vector<float> values);

// Replaces missing values by the value for their feature. fill_values: [features].
void fill_missing(Examples& examples, std::span<const float> fill_values);

}  // namespace lockstep
