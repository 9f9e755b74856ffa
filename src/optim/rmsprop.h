#pragma once

#include <array>

#include "optim/step.h"

namespace lockstep {

// s = beta s + (1 - beta) g^2; w -= alpha g / (sqrt(s) + epsilon)
// (Hinton, Coursera lecture 6e).
struct RmsProp {
  double learning_rate = 0.001;
  double beta = 0.9;
  double epsilon = 1e-8;

  static constexpr const char* kName = "rmsprop";
  static constexpr auto fields() {
    return std::array{OptimizerField<RmsProp>{"learning_rate", &RmsProp::learning_rate},
                      OptimizerField<RmsProp>{"beta", &RmsProp::beta},
                      OptimizerField<RmsProp>{"epsilon", &RmsProp::epsilon}};
  }
  static constexpr std::array<const char*, 1> kSlotNames = {"mean_square"};
  static constexpr bool kSquaresGradient = true;

  template <typename T>
  void update(const OptimizerStep& step, const OptimizerPart<T>& part) const;
};

}  // namespace lockstep
