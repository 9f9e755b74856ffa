#pragma once
// Values of the elementary functions that are specified bit by bit.

#include <span>
#include <string_view>

namespace lockstep::numerics {

template <typename T>
struct GoldenValue {
  std::string_view function = {};  // its name in numerics/functions.h
  T x = {};
  T y = {};  // the second argument of pow and hypot; 0 for the others
  T expected = {};
};

struct GoldenValues {
  std::span<const GoldenValue<float>> floats = {};
  std::span<const GoldenValue<double>> doubles = {};
};

GoldenValues golden_values();

}  // namespace lockstep::numerics
