#pragma once
// Measures of a network's weights themselves, in addition to their scores. Pure.

#include <span>

#include "metrics/scores.h"
#include "nn/parameters.h"
#include "nn/regularizer.h"
#include "nn/weight_statistics.h"

namespace lockstep {

struct WeightMeasures {
  Penalty penalty;
  WeightStatistics statistics;
};

// Measures `weights`, the values of all parameters in `table`.
inline WeightMeasures measure_weights(const Regularizer& regularizer, const ParameterTable& table,
                                      std::span<const float> weights) {
  return {regularizer.penalty(weights), weight_statistics(table, weights)};
}

// J: the mean training loss plus the penalty; only the penalty if there are no examples.
inline double cost(const SetScore& train, const Penalty& penalty) {
  return mean_loss(train).value_or(0) + penalty.sum();
}

}  // namespace lockstep
