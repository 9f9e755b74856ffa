#pragma once
// Size of a network's weights, which regularization (lecture 1.4) and early stopping (1.8) keep
// small.

#include <span>

#include "nn/parameters.h"

namespace lockstep {

// A weight counts as near zero when it is at most this fraction of the largest weight of its
// layer, or of 1 / sqrt(n_in), the usual size of an initial weight (Xavier, 1.11). The second
// bound covers layers in which all weights have shrunk, so that none is large compared with the
// others.
constexpr double kNearZero = 1e-3;

// Statistics over the weights of all layers, without biases.
struct WeightStatistics {
  // sqrt(sum over l of ||W[l]||_F^2), in double in the order of the tensors.
  double norm = 0;
  // The fraction of weights near zero. A subgradient step moves a weight across zero and not to
  // it, so a count of exact zeros would not show the effect of L1.
  double near_zero = 0;
};

template <typename T>
WeightStatistics weight_statistics(const ParameterTable& table, std::span<const T> weights);

}  // namespace lockstep
