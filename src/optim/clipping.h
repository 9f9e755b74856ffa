#pragma once

namespace lockstep {

// Gradient clipping by global norm (Pascanu et al., "On the difficulty of training
// recurrent neural networks", 2013): a gradient of J, over all parameters, that is longer
// than max_norm is made that long and keeps its direction.
struct GradientClipping {
  double max_norm;
};

// What the gradient is multiplied by.
constexpr double clip_factor(const GradientClipping& clipping, double norm) {
  return norm > clipping.max_norm ? clipping.max_norm / norm : 1;
}

}  // namespace lockstep
