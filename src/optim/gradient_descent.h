#pragma once

#include <array>

#include "optim/step.h"

namespace lockstep {

// w -= alpha g (lecture 1.4).
struct GradientDescent {
  double learning_rate = 0.1;

  static constexpr const char* kName = "gradient_descent";
  static constexpr auto fields() {
    return std::array{
        OptimizerField<GradientDescent>{"learning_rate", &GradientDescent::learning_rate}};
  }
  static constexpr std::array<const char*, 0> kSlotNames = {};
  static constexpr bool kSquaresGradient = false;

  template <typename T>
  void update(const OptimizerStep& step, const OptimizerPart<T>& part) const;
};

}  // namespace lockstep
