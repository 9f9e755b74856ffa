#pragma once
// L2 regularisation (lecture 1.4): J gains lambda / (2 m) times the sum of the
// squared Frobenius norms, m the number of training examples.

#include <span>

#include "base/range.h"
#include "nn/parameters.h"

namespace lockstep {

struct L2Spec {
  double lambda = 0;
  bool include_biases = false;
};

// The penalty's part of J, summed in double in the order of the tensors.
template <typename T>
double l2_penalty(const L2Spec& spec, const ParameterLayout& layout, std::span<const T> weights,
                  std::uint64_t train_examples);

// gradient += lambda / m * weights, over the part `range` of the flat vector;
// both spans are that part.
template <typename T>
void add_l2_gradient(const L2Spec& spec, const ParameterLayout& layout, Range range,
                     std::span<const T> weights, std::uint64_t train_examples,
                     std::span<T> gradient);

}  // namespace lockstep
