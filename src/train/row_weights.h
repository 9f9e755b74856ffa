#pragma once
// How much each training example counts in the cost.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "config/job.h"

namespace lockstep {

// The factor of each class: its weight divided by the mean weight of the training examples, so that
// the mean factor of the examples is 1. `counts`: the training examples of each class; empty when
// the labels are not classes. `names`: by class, or empty. Throws Error(usage) for a class that
// does not exist, labels that are not classes, and weights that are 0 for all examples. Pure.
std::vector<float> class_factors(const ClassWeights& weights, std::span<const std::uint64_t> counts,
                                 std::span<const std::string> names);

// The factor of each example. labels: [n], classes. Pure.
std::vector<float> row_weights(std::span<const float> factors, std::span<const float> labels);

// Those of some rows; empty if `row_weights` is, so that each counts 1. Pure.
std::vector<float> weights_of(std::span<const float> row_weights,
                              std::span<const std::uint32_t> rows);

}  // namespace lockstep
