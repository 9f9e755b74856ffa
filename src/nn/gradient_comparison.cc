#include "nn/gradient_comparison.h"

#include <cmath>
#include <vector>

#include "base/check.h"
#include "linalg/vector_ops.h"

namespace lockstep {

double euclidean_norm(std::span<const double> values) { return std::sqrt(sum_of_squares(values)); }

double relative_difference(std::span<const double> a, std::span<const double> b) {
  check(a.size() == b.size(), "the gradients have one length");
  std::vector<double> difference(a.begin(), a.end());
  for (std::size_t i = 0; i < difference.size(); ++i) difference[i] -= b[i];
  const double sum = euclidean_norm(a) + euclidean_norm(b);
  return sum == 0 ? 0 : euclidean_norm(difference) / sum;
}

GradientVerdict verdict_of(double relative_difference) {
  // Asked this way round, NaN is wrong.
  if (relative_difference <= kGreatDifference) return GradientVerdict::great;
  if (relative_difference <= kFairDifference) return GradientVerdict::fair;
  if (relative_difference < kWrongDifference) return GradientVerdict::doubtful;
  return GradientVerdict::wrong;
}

}  // namespace lockstep
