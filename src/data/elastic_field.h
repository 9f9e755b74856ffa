#pragma once
// Elastic distortion (lecture 1.8, for characters): a smooth random field of
// displacements, after Simard, Steinkraus, Platt, "Best Practices for
// Convolutional Neural Networks Applied to Visual Document Analysis", ICDAR
// 2003.
//
// Simard smooths a random value at every pixel with a Gaussian. Here random values
// lie on a coarse grid, sqrt(3) sigma apart, and a cubic B-spline smooths them: its
// bell also has the standard deviation sigma, but it needs four values for each axis
// instead of dozens. Its weights are positive and sum to 1, so no displacement
// exceeds alpha. The root mean square of the displacements is about 0.28 alpha, so
// Simard's alpha of 34 at sigma 4 corresponds to about 5 here.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/random.h"
#include "data/spec.h"

namespace lockstep {

class ElasticField {
 public:
  // `alpha` is the largest displacement, `sigma` the distance over which displacements
  // are similar. Both are in pixels; sigma is at least 0.5.
  ElasticField(ImageShape shape, double alpha, double sigma);

  // Draws the field with counters {first[0], first[1], first[2], first[3]...}:
  // displacements along x, then along y, of each pixel. The result is valid
  // until the next call.
  std::span<const float> draw(RandomKey key, RandomCounter first);

 private:
  // One axis: pixel i lies among the knots first[i] ... first[i] + 3.
  struct Axis {
    Axis(std::uint32_t pixels, double spacing);
    std::uint32_t knots = 0;
    std::vector<std::uint32_t> first;
    std::vector<std::array<float, 4>> weights;
  };

  float alpha_;
  Axis x_;
  Axis y_;
  std::vector<float> values_;    // [y_.knots, x_.knots]
  std::vector<float> expanded_;  // [y_.knots, width]
  std::vector<float> field_;     // [2, height, width]
};

}  // namespace lockstep
