#pragma once
// Numerical derivatives of a function that can only be evaluated (lecture 1.12).

#include <cstddef>
#include <utility>
#include <vector>

namespace lockstep {

// (f(x + eps) - f(x - eps)) / (2 eps), with an error of O(eps^2). The divisor is the distance of
// the two rounded points.
template <typename Function>
double two_sided_difference(const Function& f, double x, double eps) {
  const double above = x + eps;
  const double below = x - eps;
  return (f(above) - f(below)) / (above - below);
}

// (f(x + eps) - f(x)) / eps, with an error of O(eps).
template <typename Function>
double one_sided_difference(const Function& f, double x, double eps) {
  const double above = x + eps;
  return (f(above) - f(x)) / (above - x);
}

// The two-sided difference of f for each entry of `point` in turn, with the others unchanged
// (1.13). The lecture's eps of 1e-7 leaves a rounding error of 1e-9 for a cost near 1; 1e-5 leaves
// 1e-11, and the formula's own error of eps^2 is still below 1e-9.
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
