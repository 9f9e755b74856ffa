#pragma once
// Two interleaved spirals in the plane (after A. Wieland; K. Lang, M. Witbrock,
// "Learning to Tell Two Spirals Apart", 1988): a classic that no linear model
// can tell apart.

#include <cstdint>
#include <optional>
#include <span>

#include "data/spec.h"
#include "data/synthetic_point.h"

namespace lockstep {

// Class c lies at radius r and angle 2 pi turns r + pi c, with r the square root
// of a uniform number (so that a disc of radius 1 is evenly filled), plus noise.
class TwoSpirals {
 public:
  explicit TwoSpirals(const TwoSpiralsSpec& spec) : spec_(spec) {}

  [[nodiscard]] std::uint64_t features() const { return 2; }
  [[nodiscard]] std::uint32_t classes() const { return 2; }

  // The class of a point; its two features go to `features`, unless empty.
  std::uint32_t make(const SyntheticPoint& point, std::span<float> features) const;

  // Without noise the spirals meet only in the origin: 0. With noise unknown.
  [[nodiscard]] std::optional<double> bayes_error() const;

 private:
  TwoSpiralsSpec spec_;
};

}  // namespace lockstep
