#pragma once
// Decisions on computed numbers that rounding errors must not change.

#include <cmath>
#include <limits>

namespace lockstep {

// Relative error: above that of a few roundings of double, and far below the difference
// between two decimals of 15 digits.
constexpr double kRoundingError = 4 * std::numeric_limits<double>::epsilon();

// floor(dividend / divisor), both at least 0. A quotient that is a whole number except for
// rounding counts as that number: the result for 1.9 / 0.1 is 19, not 18.
inline double whole_quotient(double dividend, double divisor) {
  const double quotient = dividend / divisor;
  const double nearest = std::round(quotient);
  const bool is_whole = std::abs(quotient - nearest) <= kRoundingError * nearest;
  return is_whole ? nearest : std::floor(quotient);
}

// ceil(number), number at least 0. A number that is whole except for rounding counts as
// that whole number.
inline double whole_ceiling(double number) {
  const double nearest = std::round(number);
  return std::abs(number - nearest) <= kRoundingError * nearest ? nearest : std::ceil(number);
}

// Whether a is above b by more than rounding errors.
inline bool is_above(double a, double b) { return a > b + kRoundingError * std::abs(b); }

}  // namespace lockstep
