#include "nn/activation.h"

#include <cmath>
#include <cstddef>

#include "base/check.h"

namespace lockstep {
namespace {

template <typename T>
struct ValueAndSlope {
  T value;
  T slope;
};

template <Activation kind, typename T>
inline ValueAndSlope<T> evaluate(T z) {
  if constexpr (kind == Activation::linear) return {z, T(1)};
  // Asked this way round, NaN stays NaN and reaches the loss.
  if constexpr (kind == Activation::relu) return {z < T(0) ? T(0) : z, z > T(0) ? T(1) : T(0)};
  if constexpr (kind == Activation::leaky_relu) {
    const T slope = z > T(0) ? T(1) : static_cast<T>(kLeakySlope);
    return {z * slope, slope};
  }
  if constexpr (kind == Activation::sigmoid) {
    // exp of a non-positive number never overflows.
    const T e = std::exp(-std::abs(z));
    const T positive = T(1) / (T(1) + e);
    const T value = z >= T(0) ? positive : e * positive;
    return {value, e * positive * positive};
  }
  if constexpr (kind == Activation::tanh) {
    const T value = std::tanh(z);
    return {value, T(1) - value * value};
  }
}

template <Activation kind, typename T>
void activate_row_as(std::span<const T> bias, std::span<const T> mask, std::span<T> values,
                     std::span<T> slopes) {
  const std::size_t n = values.size();
  T* __restrict value = values.data();
  T* __restrict slope = slopes.data();
  const T* __restrict b = bias.data();
  if (mask.empty()) {
    for (std::size_t i = 0; i < n; ++i) {
      const auto g = evaluate<kind>(value[i] + b[i]);
      value[i] = g.value;
      slope[i] = g.slope;
    }
    return;
  }
  const T* __restrict m = mask.data();
  for (std::size_t i = 0; i < n; ++i) {
    const auto g = evaluate<kind>(value[i] + b[i]);
    value[i] = g.value * m[i];
    slope[i] = g.slope * m[i];
  }
}

template <Activation kind, typename T>
void activate_as(std::span<const T> bias, Matrix<T> values) {
  const T* __restrict b = bias.data();
  for (std::uint64_t r = 0; r < values.rows; ++r) {
    T* __restrict value = values.row(r).data();
    for (std::uint64_t i = 0; i < values.columns; ++i) {
      value[i] = evaluate<kind>(value[i] + b[i]).value;
    }
  }
}

// The one switch over kinds: calls function.template operator()<kind>().
template <typename Function>
void with_activation(Activation activation, Function function) {
  switch (activation) {
    case Activation::linear:
      return function.template operator()<Activation::linear>();
    case Activation::sigmoid:
      return function.template operator()<Activation::sigmoid>();
    case Activation::tanh:
      return function.template operator()<Activation::tanh>();
    case Activation::relu:
      return function.template operator()<Activation::relu>();
    case Activation::leaky_relu:
      return function.template operator()<Activation::leaky_relu>();
  }
  check(false, "a known activation");
}

}  // namespace

template <typename T>
void activate_row(Activation activation, std::span<const T> bias, std::span<const T> mask,
                  std::span<T> values, std::span<T> slopes) {
  with_activation(activation,
                  [&]<Activation kind>() { activate_row_as<kind, T>(bias, mask, values, slopes); });
}

template <typename T>
void activate(Activation activation, std::span<const T> bias, Matrix<T> values) {
  with_activation(activation, [&]<Activation kind>() { activate_as<kind, T>(bias, values); });
}

template void activate_row(Activation, std::span<const float>, std::span<const float>,
                           std::span<float>, std::span<float>);
template void activate_row(Activation, std::span<const double>, std::span<const double>,
                           std::span<double>, std::span<double>);
template void activate(Activation, std::span<const float>, Matrix<float>);
template void activate(Activation, std::span<const double>, Matrix<double>);

}  // namespace lockstep
