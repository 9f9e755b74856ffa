#pragma once
// How initial weights are drawn (lecture 1.11), as plain values. See nn/initializer.h.

#include <array>

#include "base/enum_names.h"

namespace lockstep {

// Var(w) as a function of the I inputs and O outputs of a unit's layer.
enum class WeightVariance {
  he,      // 2 / I, normal (He et al., 2015)
  xavier,  // 1 / I, normal
  glorot,  // 2 / (I + O), normal (Glorot and Bengio, 2010)
  lecun,   // 1 / I, uniform (LeCun et al., 1998)
  zero,
  identity,  // 0: not random, W = multiplier * I (lecture 1.10)
};

constexpr auto enum_names(WeightVariance) {
  using enum WeightVariance;
  return std::to_array<EnumName<WeightVariance>>({{he, "HE"},
                                                  {xavier, "XAVIER"},
                                                  {glorot, "GLOROT"},
                                                  {lecun, "LECUN"},
                                                  {zero, "ZERO"},
                                                  {identity, "IDENTITY"}});
}

struct InitializerSpec {
  WeightVariance variance = WeightVariance::he;
  double multiplier = 1;  // on the variance; on the matrix for identity
};

}  // namespace lockstep
