#pragma once

#include <array>

#include "optim/step.h"

namespace lockstep {

// Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015:
// m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
// w -= alpha m^ / (sqrt(v^) + epsilon), where m^ and v^ are corrected for their start at 0.
struct Adam {
  double learning_rate = 0.001;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;

  static constexpr const char* kName = "adam";
  static constexpr auto fields() {
    return std::array{OptimizerField<Adam>{"learning_rate", &Adam::learning_rate},
                      OptimizerField<Adam>{"beta1", &Adam::beta1},
                      OptimizerField<Adam>{"beta2", &Adam::beta2},
                      OptimizerField<Adam>{"epsilon", &Adam::epsilon}};
  }
  static constexpr std::array<const char*, 2> kSlotNames = {"mean", "mean_square"};
  static constexpr bool kSquaresGradient = true;

  template <typename T>
  void update(const OptimizerStep& step, const OptimizerPart<T>& part) const;
};

}  // namespace lockstep
