#include "data/blobs.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "base/check.h"
#include "numerics/functions.h"

namespace lockstep {

Blobs::Blobs(std::uint32_t classes, std::uint32_t features, double distance)
    : classes_(classes), features_(features), distance_(distance) {
  check(classes >= 2 && features >= classes - 1, "a simplex of K corners needs K - 1 dimensions");
  // The unit vectors of K dimensions, sqrt 2 from each other, projected onto an
  // orthonormal basis of the differences of coordinates (Helmert's).
  const std::uint32_t dimensions = classes - 1;
  centres_.resize(std::size_t{classes} * dimensions);
  for (std::uint32_t k = 0; k < classes; ++k) {
    for (std::uint32_t j = 0; j < dimensions; ++j) {
      const double unit = 1 / std::sqrt((j + 1.0) * (j + 2.0));
      const double along = k <= j ? unit : (k == j + 1 ? -(j + 1.0) * unit : 0.0);
      centres_[std::size_t{k} * dimensions + j] = along * distance / std::numbers::sqrt2;
    }
  }
}

std::uint32_t Blobs::make(const SyntheticPoint& point, std::span<float> features) const {
  const auto words = point_words(point, PointDraw::label);
  const std::uint32_t label = point_choice(uniform_from_words(words[0], words[1]), classes_);
  if (features.empty()) return label;
  const std::uint32_t dimensions = classes_ - 1;
  for (std::uint32_t j = 0; j < features_; j += 2) {
    const auto normals = point_normals(point, PointDraw::place, j / 2);
    for (std::uint32_t k = j; k < std::min(j + 2, features_); ++k) {
      const double centre = k < dimensions ? centres_[std::size_t{label} * dimensions + k] : 0.0;
      features[k] = static_cast<float>(centre + normals[k - j]);
    }
  }
  return label;
}

double Blobs::bayes_error() const {
  const double ahead = distance_ / std::numbers::sqrt2;
  const auto below = [](double z) { return 0.5 * numerics::erfc(-z / std::numbers::sqrt2); };
  // The error itself is summed, not 1 minus it, so that small errors are exact:
  // 1 - Phi^(K-1) = -expm1((K - 1) log1p(-Phi(-z))).
  constexpr int kSteps = 4000;
  constexpr double kFrom = -40;
  constexpr double kTo = 40;
  constexpr double kStep = (kTo - kFrom) / kSteps;
  double sum = 0;
  for (int i = 0; i <= kSteps; ++i) {
    const double z = kFrom + i * kStep;
    const double density = numerics::exp(-0.5 * z * z) / std::sqrt(2 * std::numbers::pi);
    sum += density * -numerics::expm1((classes_ - 1.0) * numerics::log1p(-below(-(z + ahead))));
  }
  return sum * kStep;
}

}  // namespace lockstep
