#pragma once
// What is told of a network's weights themselves, beside what they score. Pure.

#include <span>

#include "nn/parameters.h"
#include "nn/regularizer.h"
#include "nn/weight_statistics.h"
#include "train/scores.h"

namespace lockstep {

struct WeightMeasures {
  Penalty penalty;
  WeightStatistics statistics;
};

// Of `weights`, all parameters, laid out as `layout` says.
inline WeightMeasures measure_weights(const Regularizer& regularizer, const ParameterLayout& layout,
                                      std::span<const float> weights) {
  return {regularizer.penalty(weights), weight_statistics(layout, weights)};
}

// J: the mean training loss with the penalty; of the penalty alone without examples.
inline double cost(const SetScore& train, const Penalty& penalty) {
  return mean_loss(train).value_or(0) + penalty.sum();
}

}  // namespace lockstep
