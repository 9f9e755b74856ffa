#pragma once

#include <array>

#include "optim/step.h"

namespace lockstep {

// Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019: first w -= alpha
// weight_decay w for the parameters that a penalty would count, then a step of Adam, whose
// averages are not affected by the decay.
struct AdamW {
  double learning_rate = 0.001;
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  double weight_decay = 0.01;

  static constexpr const char* kName = "adamw";
  static constexpr auto fields() {
    return std::array{OptimizerField<AdamW>{"learning_rate", &AdamW::learning_rate},
                      OptimizerField<AdamW>{"beta1", &AdamW::beta1},
                      OptimizerField<AdamW>{"beta2", &AdamW::beta2},
                      OptimizerField<AdamW>{"epsilon", &AdamW::epsilon},
                      OptimizerField<AdamW>{"weight_decay", &AdamW::weight_decay}};
  }
  static constexpr std::array<const char*, 2> kSlotNames = {"mean", "mean_square"};
  static constexpr bool kSquaresGradient = true;

  template <typename T>
  void update(const OptimizerStep& step, const OptimizerPart<T>& part) const;
};

}  // namespace lockstep
