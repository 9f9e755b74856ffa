#include "data/two_spirals.h"

#include <cmath>
#include <numbers>

#include "numerics/functions.h"

namespace lockstep {

std::uint32_t TwoSpirals::make(const SyntheticPoint& point, std::span<float> features) const {
  const auto words = point_words(point, PointDraw::label);
  const std::uint32_t label = point_choice(uniform_from_words(words[0], words[1]), 2);
  if (features.empty()) return label;
  const double radius = std::sqrt(uniform_from_words(words[2], words[3]));
  const double angle = std::numbers::pi * (2 * spec_.turns * radius + label);
  const auto normals = point_normals(point, PointDraw::place, 0);
  features[0] = static_cast<float>(radius * numerics::cos(angle) + spec_.noise * normals[0]);
  features[1] = static_cast<float>(radius * numerics::sin(angle) + spec_.noise * normals[1]);
  return label;
}

std::optional<double> TwoSpirals::bayes_error() const {
  return spec_.noise == 0 ? std::optional(0.0) : std::nullopt;
}

}  // namespace lockstep
