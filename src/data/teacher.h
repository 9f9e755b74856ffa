#pragma once
// A random network that labels normally distributed points: data of adjustable difficulty
// that a network can learn. The best possible error is 0, since the teacher is always
// right.

#include <cstdint>
#include <span>
#include <vector>

#include "data/spec.h"
#include "data/synthetic_point.h"

namespace lockstep {

class Teacher {
 public:
  explicit Teacher(const TeacherSpec& spec);

  [[nodiscard]] std::uint64_t features() const { return spec_.features; }
  [[nodiscard]] std::uint32_t classes() const { return spec_.classes; }

  // Returns the class of a point, the largest output for its features (each standard
  // normal), and writes the features to `features`, unless that is empty. The hidden
  // layers use tanh; weights have deviation gain / sqrt(inputs), and there are no biases.
  // So with two classes a point and its mirror image belong to different classes, which
  // are equally likely.
  std::uint32_t make(const SyntheticPoint& point, std::span<float> features) const;

  [[nodiscard]] double bayes_error() const { return 0; }

 private:
  TeacherSpec spec_;
  std::vector<std::vector<double>> weights_;  // weights of each layer [outputs, inputs]
};

}  // namespace lockstep
