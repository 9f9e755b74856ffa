#include "reference/numbers.h"

#include <pmmintrin.h>
#include <xmmintrin.h>

#include <array>
#include <cmath>
#include <limits>

namespace reference {

SubnormalsAreZero::SubnormalsAreZero() : before_(_mm_getcsr()) {
  _MM_SET_FLUSH_ZERO_MODE(_MM_FLUSH_ZERO_ON);
  _MM_SET_DENORMALS_ZERO_MODE(_MM_DENORMALS_ZERO_ON);
}

SubnormalsAreZero::~SubnormalsAreZero() { _mm_setcsr(before_); }

float chain(std::size_t n, const std::function<Pair(std::size_t)>& pair) {
  float sum = 0.0F;
  for (std::size_t k = 0; k < n; ++k) {
    const Pair factors = pair(k);
    sum = std::fma(factors.a, factors.b, sum);
  }
  return sum;
}

float round_to_bfloat16(float x) {
  constexpr int kSignificantBits = 8;
  if (!std::isfinite(x)) return x;
  if (std::abs(x) < std::numeric_limits<float>::min()) return std::copysign(0.0F, x);
  int exponent = 0;
  const double fraction = std::frexp(static_cast<double>(x), &exponent);  // in [0.5, 1), with sign
  const double significand = std::nearbyint(std::ldexp(fraction, kSignificantBits));
  const double rounded = std::ldexp(significand, exponent - kSignificantBits);
  if (std::abs(rounded) >= 0x1p128) return std::copysign(std::numeric_limits<float>::infinity(), x);
  return static_cast<float>(rounded);
}

float pair_chain(std::size_t n, const std::function<Pair(std::size_t)>& pair) {
  const auto rounded = [&](std::size_t k) {
    if (k == n) return Pair{0.0F, 0.0F};  // what an odd number of pairs is filled up with
    const Pair factors = pair(k);
    return Pair{round_to_bfloat16(factors.a), round_to_bfloat16(factors.b)};
  };
  float sum = 0.0F;
  for (std::size_t k = 0; k < n; k += 2) {
    const Pair even = rounded(k);
    const Pair odd = rounded(k + 1);
    const float t = std::fma(odd.a, odd.b, sum);
    sum = std::fma(even.a, even.b, t);
  }
  return sum;
}

static double sum_in_lanes(std::span<const float> x, const std::function<double(double)>& term) {
  std::array<double, 8> lanes = {};
  for (std::size_t i = 0; i < x.size(); ++i) lanes[i % 8] += term(static_cast<double>(x[i]));
  double sum = 0.0;
  for (const double lane : lanes) sum += lane;
  return sum;
}

double sum_of_squares_in_lanes(std::span<const float> x) {
  return sum_in_lanes(x, [](double value) { return value * value; });
}

double sum_of_magnitudes_in_lanes(std::span<const float> x) {
  return sum_in_lanes(x, [](double value) { return std::abs(value); });
}

}  // namespace reference
