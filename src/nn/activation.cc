#include "nn/activation.h"

#include <cstddef>
#include <cstdint>

#include "nn/activations.h"

namespace lockstep {
namespace {

// z + bias at place i; z where there is no bias.
template <bool has_bias, typename T>
T biased(T z, const T* bias, std::size_t i) {
  if constexpr (has_bias) return z + bias[i];
  return z;
}

template <typename Row, bool has_bias, typename T>
void activate_row_as(std::span<const T> bias, std::span<const T> mask, std::span<T> values,
                     std::span<T> slopes) {
  const std::size_t n = values.size();
  T* __restrict value = values.data();
  T* __restrict slope = slopes.data();
  const T* __restrict b = bias.data();
  if (mask.empty()) {
    for (std::size_t i = 0; i < n; ++i) {
      const auto g = Row::at(biased<has_bias>(value[i], b, i));
      value[i] = g.value;
      slope[i] = g.slope;
    }
    return;
  }
  const T* __restrict m = mask.data();
  for (std::size_t i = 0; i < n; ++i) {
    const auto g = Row::at(biased<has_bias>(value[i], b, i));
    value[i] = g.value * m[i];
    slope[i] = g.slope * m[i];
  }
}

template <typename Row, bool has_bias, typename T>
void activate_as(std::span<const T> bias, Matrix<T> values) {
  const T* __restrict b = bias.data();
  for (std::uint64_t r = 0; r < values.rows; ++r) {
    T* __restrict value = values.row(r).data();
    for (std::uint64_t i = 0; i < values.columns; ++i) {
      value[i] = Row::at(biased<has_bias>(value[i], b, i)).value;
    }
  }
}

}  // namespace

template <typename T>
void activate_row(Activation activation, std::span<const T> bias, std::span<const T> mask,
                  std::span<T> values, std::span<T> slopes) {
  with_activation_row(activation, [&]<typename Row>() {
    if (bias.empty()) return activate_row_as<Row, false, T>(bias, mask, values, slopes);
    activate_row_as<Row, true, T>(bias, mask, values, slopes);
  });
}

template <typename T>
void activate(Activation activation, std::span<const T> bias, Matrix<T> values) {
  with_activation_row(activation, [&]<typename Row>() {
    if (bias.empty()) return activate_as<Row, false, T>(bias, values);
    activate_as<Row, true, T>(bias, values);
  });
}

template void activate_row(Activation, std::span<const float>, std::span<const float>,
                           std::span<float>, std::span<float>);
template void activate_row(Activation, std::span<const double>, std::span<const double>,
                           std::span<double>, std::span<double>);
template void activate(Activation, std::span<const float>, Matrix<float>);
template void activate(Activation, std::span<const double>, Matrix<double>);

}  // namespace lockstep
