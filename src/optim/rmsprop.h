#pragma once

#include <array>

#include "optim/step.h"

namespace lockstep {

// s = beta s + (1 - beta) g^2; w -= alpha g / (sqrt(s) + epsilon)
// (Hinton, Coursera lecture 6e).
struct RmsProp {
  double beta = 0.9;
  double epsilon = 1e-8;

  static constexpr std::array<const char*, 1> kSlotNames = {"mean_square"};
  static constexpr bool kSquaresGradient = true;

  template <typename T>
  void update(const OptimizerStep& step, const OptimizerPart<T>& part) const;
};

}  // namespace lockstep
