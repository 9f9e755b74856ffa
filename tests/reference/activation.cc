#include "reference/activation.h"

#include <cmath>
#include <numbers>

#include "reference/functions.h"

namespace reference {

static Activated sigmoid(float z) {
  const float e = exp(-std::abs(z));
  const float l = 1.0F / (1.0F + e);
  return {z >= 0.0F ? l : e * l, (e * l) * l};
}

static Activated gelu(float z) {
  const auto half_root = static_cast<float>(std::sqrt(2.0) / 2.0);
  const auto density = static_cast<float>(1.0 / std::sqrt(2.0 * std::numbers::pi));
  const float p = 0.5F * erfc((-z) * half_root);
  return {z * p, p + z * (density * exp((-0.5F * z) * z))};
}

static Activated silu(float z) {
  const float e = exp(-std::abs(z));
  const float l = 1.0F / (1.0F + e);
  const float s = z >= 0.0F ? l : e * l;
  const float r = z < 0.0F ? l : e * l;
  return {z * s, s * (1.0F + z * r)};
}

Activated activate(Activation activation, float z) {
  switch (activation) {
    case Activation::linear:
      return {z, 1.0F};
    case Activation::relu:
      return {z < 0.0F ? 0.0F : z, z > 0.0F ? 1.0F : 0.0F};
    case Activation::leaky_relu: {
      const float s = z > 0.0F ? 1.0F : static_cast<float>(0.01);
      return {z * s, s};
    }
    case Activation::sigmoid:
      return sigmoid(z);
    case Activation::tanh: {
      const float y = tanh(z);
      return {y, 1.0F - y * y};
    }
    case Activation::elu: {
      if (z > 0.0F) return {z, 1.0F};
      const float y = expm1(z);
      return {y, y + 1.0F};
    }
    case Activation::gelu:
      return gelu(z);
    case Activation::silu:
      return silu(z);
  }
  return {};
}

}  // namespace reference
