#pragma once
// Numerical derivatives of a function that can only be evaluated (lecture 1.12).

#include <cstddef>
#include <utility>
#include <vector>

namespace lockstep {

// (f(x + eps) - f(x - eps)) / (2 eps), wrong by O(eps^2). The divisor is the
// distance of the two points as they were rounded.
template <typename Function>
double two_sided_difference(const Function& f, double x, double eps) {
  const double above = x + eps;
  const double below = x - eps;
  return (f(above) - f(below)) / (above - below);
}

// (f(x + eps) - f(x)) / eps, wrong by O(eps).
template <typename Function>
double one_sided_difference(const Function& f, double x, double eps) {
  const double above = x + eps;
  return (f(above) - f(x)) / (above - x);
}

// The two-sided difference of f for each entry of `point` in turn, the others
// kept (1.13). The lecture's eps of 1e-7 leaves 1e-9 of rounding in a cost near
// 1; 1e-5 leaves 1e-11, and the formula's own error of eps^2 is still below
// that.
template <typename Function>
std::vector<double> numerical_gradient(const Function& f, std::vector<double> point,
                                       double eps = 1e-5) {
  std::vector<double> gradient(point.size());
  for (std::size_t i = 0; i < point.size(); ++i) {
    const auto along_i = [&](double value) {
      const double kept = std::exchange(point[i], value);
      const double result = f(point);
      point[i] = kept;
      return result;
    };
    gradient[i] = two_sided_difference(along_i, point[i], eps);
  }
  return gradient;
}

}  // namespace lockstep
