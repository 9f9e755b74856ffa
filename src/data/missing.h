#pragma once
// Values that are missing, NaN among values of f32, and what they are replaced by:
// the mean of the feature over the training examples that have it.
//
// As with the statistics of normalisation, the sums come in pieces, in double and
// row order; added over shards in shard order they do not depend on who computed
// which.

#include <cstdint>
#include <span>
#include <vector>

#include "data/examples.h"

namespace lockstep {

// Of each feature over these rows, where it is there: its sum; then, for each
// feature, how often it is there. [2 * features]
std::vector<double> present_sums(const Examples& examples, std::span<const std::uint32_t> rows);

// Missing values become the mean of their feature. means: [features].
void fill_missing(Examples& examples, std::span<const float> means);

}  // namespace lockstep
