#pragma once
// Missing values, which are NaN among values of f32. They are replaced by the mean of
// the feature over the training examples that have it.
//
// As with the statistics of normalisation, the sums are computed piece by piece, in
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

// Replaces missing values by the mean of their feature. means: [features].
void fill_missing(Examples& examples, std::span<const float> means);

}  // namespace lockstep
