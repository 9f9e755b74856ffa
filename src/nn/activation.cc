#include "nn/activation.h"

#include <cstddef>
#include <cstdint>

#include "nn/activations.h"
#include "numerics/lanes.h"

namespace lockstep {
namespace {

// z + bias at place i; z where there is no bias. Pack is T or eight of them.
template <typename Pack, bool has_bias, typename T>
Pack biased(const T* z, const T* bias, std::size_t i) {
  const Pack value = numerics::load<Pack>(z + i);
  if constexpr (has_bias) return value + numerics::load<Pack>(bias + i);
  return value;
}

template <typename Row, bool has_bias, typename T>
void activate_row_as(std::span<const T> bias, std::span<const T> mask, std::span<T> values,
                     std::span<T> slopes) {
  const std::size_t n = values.size();
  T* __restrict value = values.data();
  T* __restrict slope = slopes.data();
  const T* __restrict b = bias.data();
  if (mask.empty()) {
    numerics::for_each_pack<T>(n, [&]<typename Pack>(std::size_t i) {
      const auto g = Row::at(biased<Pack, has_bias>(value, b, i));
      numerics::store(g.value, value + i);
      numerics::store(g.slope, slope + i);
    });
    return;
  }
  const T* __restrict m = mask.data();
  numerics::for_each_pack<T>(n, [&]<typename Pack>(std::size_t i) {
    const auto g = Row::at(biased<Pack, has_bias>(value, b, i));
    const auto kept = numerics::load<Pack>(m + i);
    numerics::store(g.value * kept, value + i);
    numerics::store(g.slope * kept, slope + i);
  });
}

template <typename Row, bool has_bias, typename T>
void activate_as(std::span<const T> bias, Matrix<T> values) {
  const T* __restrict b = bias.data();
  for (std::uint64_t r = 0; r < values.rows; ++r) {
    T* __restrict value = values.row(r).data();
    numerics::for_each_pack<T>(values.columns, [&]<typename Pack>(std::size_t i) {
      numerics::store(Row::at(biased<Pack, has_bias>(value, b, i)).value, value + i);
    });
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
