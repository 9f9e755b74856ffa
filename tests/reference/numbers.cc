#include "reference/numbers.h"

#include <pmmintrin.h>
#include <xmmintrin.h>

#include <array>
#include <cmath>

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
