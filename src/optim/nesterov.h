#pragma once

#include <array>

#include "optim/step.h"

namespace lockstep {

// Nesterov's look-ahead on the velocity of Momentum (Sutskever et al., 2013):
// v = beta v + (1 - beta) g; w -= alpha (beta v + (1 - beta) g).
struct Nesterov {
  double learning_rate = 0.1;
  double beta = 0.9;

  static constexpr const char* kName = "nesterov";
  static constexpr auto fields() {
    return std::array{OptimizerField<Nesterov>{"learning_rate", &Nesterov::learning_rate},
                      OptimizerField<Nesterov>{"beta", &Nesterov::beta}};
  }
  static constexpr std::array<const char*, 1> kSlotNames = {"velocity"};
  static constexpr bool kSquaresGradient = false;

  template <typename T>
  void update(const OptimizerStep& step, const OptimizerPart<T>& part) const;
};

}  // namespace lockstep
