#pragma once
// Two interleaved spirals in the plane (after A. Wieland; K. Lang, M. Witbrock,
// "Learning to Tell Two Spirals Apart", 1988): a classic that no linear model
// can tell apart.

#include <cstdint>
#include <optional>
#include <span>

#include "data/synthetic_point.h"

namespace lockstep {

// Class c lies at radius r and angle 2 pi turns r + pi c, with r the square root
// of a uniform number (so that a disc of radius 1 is evenly filled), plus noise.
struct TwoSpirals {
  double turns = 1.5;   // above 0
  double noise = 0.02;  // standard deviation of both coordinates, 0 or more

  [[nodiscard]] std::uint64_t features() const { return 2; }
  [[nodiscard]] std::uint32_t classes() const { return 2; }

  // The class of a point; its two features go to `features`, unless empty.
  std::uint32_t make(const SyntheticPoint& point, std::span<float> features) const;

  // Without noise the spirals meet only in the origin: 0. With noise unknown.
  [[nodiscard]] std::optional<double> bayes_error() const;
};

}  // namespace lockstep
