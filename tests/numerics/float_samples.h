#pragma once
// Arguments at which the tests compare functions.

#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

namespace lockstep::numerics {

// Every `stride`-th of all float bit patterns, with both signs, infinities and NaN among them.
inline std::vector<float> float_sweep(std::uint32_t stride) {
  std::vector<float> values;
  for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32U); bits += stride) {
    values.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  }
  return values;
}

// Values at the ends of the type and of the functions' ranges, with both signs.
template <typename T>
std::vector<T> special_values() {
  using Limits = std::numeric_limits<T>;
  std::vector<T> values;
  for (const T value : {T(0), T(1), T(0.5), T(2), T(10), T(88.7), T(104), T(709.7), T(746),
                        T(1e-20), T(1e20), Limits::min(), Limits::denorm_min(), Limits::epsilon(),
                        Limits::max(), Limits::infinity(), Limits::quiet_NaN()}) {
    values.push_back(value);
    values.push_back(-value);
  }
  return values;
}

}  // namespace lockstep::numerics
