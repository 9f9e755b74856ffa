#include "nn/gradient_comparison.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.h"
#include "linalg/vector_ops.h"

namespace lockstep {

double euclidean_norm(std::span<const double> values) {
  const double norm = std::sqrt(sum_of_squares(values));
  constexpr double kSquaresAreSound = 1e-140;
  if (std::isfinite(norm) && norm > kSquaresAreSound) return norm;
  // Used when the squares overflow, or underflow to zero.
  double largest = 0;
  for (const double value : values) largest = std::max(largest, std::abs(value));
  if (largest == 0 || !std::isfinite(largest)) return norm;
  std::vector<double> scaled(values.begin(), values.end());
  for (double& value : scaled) value /= largest;
  return largest * std::sqrt(sum_of_squares(std::span<const double>(scaled)));
}

double relative_difference(std::span<const double> a, std::span<const double> b) {
  check(a.size() == b.size(), "the gradients have one length");
  std::vector<double> difference(a.begin(), a.end());
  for (std::size_t i = 0; i < difference.size(); ++i) difference[i] -= b[i];
  const double sum = euclidean_norm(a) + euclidean_norm(b);
  return sum == 0 ? 0 : euclidean_norm(difference) / sum;
}

GradientVerdict verdict_of(double relative_difference) {
  // The comparison is written so that NaN counts as wrong.
  if (relative_difference <= kGreatDifference) return GradientVerdict::great;
  if (relative_difference <= kFairDifference) return GradientVerdict::fair;
  if (relative_difference < kWrongDifference) return GradientVerdict::doubtful;
  return GradientVerdict::wrong;
}

}  // namespace lockstep
