#pragma once
// How much each training example counts in the cost. Its weight is that of its class times its own,
// divided by the mean weight of the training examples, so that the learning rate keeps its meaning.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "config/job.h"
#include "sets/training_statistics.h"

namespace lockstep {

// The weight of each class. `counts`: the training examples of each class; empty when the labels
// are not classes. `names`: by class, or empty. Throws Error(usage) for a class that does not exist
// and for labels that are not classes. Pure.
std::vector<double> weights_of_classes(const ClassWeights& weights,
                                       std::span<const std::uint64_t> counts,
                                       std::span<const std::string> names);

// Weights of rows as their source has them, the same kind on every rank; none if it has none.
using GivenWeights = std::optional<std::vector<float>>;

// Collective. How much each row of `own` counts: of_classes[its label] * of_rows[row], divided by
// the mean over all training examples. Empty classes, or no rows, stand for 1; without both, the
// result is empty. `train_examples`: the number on all ranks. Throws AgreedError(data) when all
// weights are 0.
std::vector<float> row_weights(const Communicator& comm, const OwnShards& own,
                               std::span<const double> of_classes, const GivenWeights& of_rows,
                               std::uint64_t train_examples);

// Those of some rows; empty if `row_weights` is, so that each counts 1. Pure.
std::vector<float> weights_of(std::span<const float> row_weights,
                              std::span<const std::uint32_t> rows);

}  // namespace lockstep
