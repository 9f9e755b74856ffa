#pragma once
// Gaussian blobs: one for each class, equally likely, with deviation 1 in every
// direction. Their centres are equally far from each other. The error of the best
// possible classifier (Bayes, 1.2) is known.

#include <cstdint>
#include <span>
#include <vector>

#include "data/synthetic_point.h"

namespace lockstep {

class Blobs {
 public:
  // Requires features >= classes - 1 >= 1, and a distance, in deviations, of 0 or more.
  Blobs(std::uint32_t classes, std::uint32_t features, double distance);

  [[nodiscard]] std::uint64_t features() const { return features_; }
  [[nodiscard]] std::uint32_t classes() const { return classes_; }

  // Centres, [classes, classes - 1]: the corners of a regular simplex in the first
  // classes - 1 features; the other features are pure noise.
  [[nodiscard]] const std::vector<double>& centres() const { return centres_; }

  // Returns the class of a point and writes its features to `features`, unless that is
  // empty.
  std::uint32_t make(const SyntheticPoint& point, std::span<float> features) const;

  // The error of the best classifier, which chooses the nearest centre. It is right about
  // a point when the coordinate along the point's own corner (distance d, on average
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
