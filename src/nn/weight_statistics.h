#pragma once
// How large a network's weights are: what regularisation (lecture 1.4) and
// early stopping (1.8) keep small.

#include <span>

#include "nn/parameters.h"

namespace lockstep {

// A weight counts as near zero when it is at most this fraction of the largest
// weight of its layer, or of 1 / sqrt(n_in), the usual size of an initial weight
// (Xavier, 1.11): where all weights have shrunk, none is large beside the others.
constexpr double kNearZero = 1e-3;

// Over the weights of all layers; biases are left out.
struct WeightStatistics {
  // sqrt(sum over l of ||W[l]||_F^2), in double in the order of the tensors.
  double norm = 0;
  // The fraction of weights near zero. A subgradient step carries a weight
  // across zero rather than onto it, so counting exact zeros would show
  // nothing of what L1 does.
  double near_zero = 0;
};

template <typename T>
WeightStatistics weight_statistics(const ParameterLayout& layout, std::span<const T> weights);

}  // namespace lockstep
