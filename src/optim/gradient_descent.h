#pragma once

#include <array>

#include "optim/step.h"

namespace lockstep {

// w -= alpha g (lecture 1.4).
struct GradientDescent {
  static constexpr std::array<const char*, 0> kSlotNames = {};
  static constexpr bool kSquaresGradient = false;

  template <typename T>
  void update(const OptimizerStep& step, const OptimizerPart<T>& part) const;
};

}  // namespace lockstep
