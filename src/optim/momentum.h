#pragma once

#include <array>

#include "optim/step.h"

namespace lockstep {

// v = beta v + (1 - beta) g; w -= alpha v, without bias correction.
struct Momentum {
  double learning_rate = 0.1;
  double beta = 0.9;

  static constexpr const char* kName = "momentum";
  static constexpr auto fields() {
    return std::array{OptimizerField<Momentum>{"learning_rate", &Momentum::learning_rate},
                      OptimizerField<Momentum>{"beta", &Momentum::beta}};
  }
  static constexpr std::array<const char*, 1> kSlotNames = {"velocity"};
  static constexpr bool kSquaresGradient = false;

  template <typename T>
  void update(const OptimizerStep& step, const OptimizerPart<T>& part) const;
};

}  // namespace lockstep
