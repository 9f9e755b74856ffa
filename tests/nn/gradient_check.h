#pragma once
// Gradient checking (lecture 1.13), in double.

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace lockstep {

// (f(.., x_i + eps, ..) - f(.., x_i - eps, ..)) / (2 eps) for each i. The
// lecture's eps of 1e-7 leaves 1e-9 of rounding in a cost near 1; 1e-5 leaves
// 1e-11, and the formula's own error of eps^2 is still below that.
template <typename Function>
std::vector<double> numerical_gradient(const Function& function, std::vector<double> point,
                                       double eps = 1e-5) {
  std::vector<double> result(point.size());
  for (std::size_t i = 0; i < point.size(); ++i) {
    const double middle = point[i];
    point[i] = middle + eps;
    const double above = function(point);
    point[i] = middle - eps;
    const double below = function(point);
    point[i] = middle;
    result[i] = (above - below) / (2 * eps);
  }
  return result;
}

inline double norm(std::span<const double> values) {
  double squares = 0;
  for (const double value : values) squares += value * value;
  return std::sqrt(squares);
}

// ||a - b|| / (||a|| + ||b||)
inline double relative_difference(std::span<const double> a, std::span<const double> b) {
  std::vector<double> difference(a.begin(), a.end());
  for (std::size_t i = 0; i < difference.size(); ++i) difference[i] -= b[i];
  return norm(difference) / (norm(a) + norm(b));
}

constexpr double kRightGradient = 1e-7;  // at most: great
constexpr double kWrongGradient = 1e-3;  // at least: worry

}  // namespace lockstep
