#pragma once
// IEEE 754 binary16.

#include <cmath>
#include <cstdint>
#include <limits>

namespace lockstep {

// The exact value of these bits.
inline float half_to_float(std::uint16_t bits) {
  const unsigned exponent = (bits >> 10) & 0x1FU;
  const auto fraction = static_cast<float>(bits & 0x3FFU);
  float magnitude = 0;
  if (exponent == 0) {
    magnitude = std::ldexp(fraction, -24);
  } else if (exponent == 31) {
    magnitude = fraction == 0 ? std::numeric_limits<float>::infinity()
                              : std::numeric_limits<float>::quiet_NaN();
  } else {
    magnitude = std::ldexp(1024 + fraction, static_cast<int>(exponent) - 25);
  }
  return (bits & 0x8000U) != 0 ? -magnitude : magnitude;
}

}  // namespace lockstep
