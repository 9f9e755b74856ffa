#pragma once

namespace lockstep {

// Gradient clipping by global norm (Pascanu et al., "On the difficulty of training recurrent
// neural networks", 2013): a gradient of J, over all parameters, whose norm exceeds max_norm is
// scaled to that norm; its direction stays the same.
struct GradientClipping {
  double max_norm;
};

// The factor by which the gradient is multiplied.
constexpr double clip_factor(const GradientClipping& clipping, double norm) {
  return norm > clipping.max_norm ? clipping.max_norm / norm : 1;
}

}  // namespace lockstep
