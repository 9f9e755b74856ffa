#pragma once
// Gaussian blobs: one for each class, equally likely, with the same deviation 1
// in every direction, their centres all equally far from each other. The error
// of the best possible classifier (Bayes, 1.2) is known.

#include <cstdint>
#include <span>
#include <vector>

#include "data/synthetic_point.h"

namespace lockstep {

class Blobs {
 public:
  // features >= classes - 1 >= 1; distance, in deviations, 0 or more.
  Blobs(std::uint32_t classes, std::uint32_t features, double distance);

  [[nodiscard]] std::uint64_t features() const { return features_; }
  [[nodiscard]] std::uint32_t classes() const { return classes_; }

  // Centres: the corners of a regular simplex in the first classes - 1 features;
  // the others are noise alone. [classes, classes - 1]
  [[nodiscard]] const std::vector<double>& centres() const { return centres_; }

  // The class of a point; its features go to `features`, unless empty.
  std::uint32_t make(const SyntheticPoint& point, std::span<float> features) const;

  // The error of the best classifier, which takes the nearest centre. A point is
  // right when the coordinate along its own corner (distance d, on average
  // d / sqrt 2 beyond the others) is the largest of K independent ones:
  //   1 - integral phi(z) Phi(z + d / sqrt 2)^(K - 1) dz
  // by the trapezoidal rule, to 1e-12. For two classes it is Phi(-d / 2).
  [[nodiscard]] double bayes_error() const;

 private:
  std::uint32_t classes_;
  std::uint32_t features_;
  double distance_;
  std::vector<double> centres_;
};

}  // namespace lockstep
