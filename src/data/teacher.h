#pragma once
// A random network that labels normally distributed points: data that a network
// can learn, as hard as one likes. The best error is 0, since the teacher is
// always right.

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

  // The class of a point, the largest output for its features (each standard
  // normal), which go to `features`, unless empty. tanh in the hidden layers,
  // weights of deviation gain / sqrt(inputs), no biases: so, with two classes,
  // a point and its mirror image are of different ones, and both are as likely.
  std::uint32_t make(const SyntheticPoint& point, std::span<float> features) const;

  [[nodiscard]] double bayes_error() const { return 0; }

 private:
  TeacherSpec spec_;
  std::vector<std::vector<double>> weights_;  // of each layer [outputs, inputs]
};

}  // namespace lockstep
