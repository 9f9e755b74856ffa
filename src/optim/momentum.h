#pragma once

#include <array>

#include "optim/step.h"

namespace lockstep {

// v = beta v + (1 - beta) g; w -= alpha v, without bias correction.
struct Momentum {
  double beta = 0.9;

  static constexpr std::array<const char*, 1> kSlotNames = {"velocity"};
  static constexpr bool kSquaresGradient = false;

  template <typename T>
  void update(const OptimizerStep& step, const OptimizerPart<T>& part) const;
};

}  // namespace lockstep
