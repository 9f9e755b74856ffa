#pragma once
// Decisions on numbers that were computed: what rounding alone makes of a number
// must decide nothing.

#include <cmath>
#include <limits>

namespace lockstep {

// Relative; more than a few roundings of double leave, and far less than two different
// decimals of 15 digits differ by.
constexpr double kRoundingError = 4 * std::numeric_limits<double>::epsilon();

// floor(dividend / divisor), both above or at 0, where a quotient that is a whole number
// but for rounding is that number: 1.9 / 0.1 has the floor 19, not 18.
inline double whole_quotient(double dividend, double divisor) {
  const double quotient = dividend / divisor;
  const double nearest = std::round(quotient);
  const bool is_whole = std::abs(quotient - nearest) <= kRoundingError * nearest;
  return is_whole ? nearest : std::floor(quotient);
}

// The same upwards: ceil(number), number at or above 0, where a whole number but for
// rounding is that number.
inline double whole_ceiling(double number) {
  const double nearest = std::round(number);
  return std::abs(number - nearest) <= kRoundingError * nearest ? nearest : std::ceil(number);
}

// Whether a is above b, both at or above 0, by more than rounding.
inline bool is_above(double a, double b) { return a > b * (1 + kRoundingError); }

}  // namespace lockstep
