#pragma once
// Two interleaved spirals in the plane (after A. Wieland; K. Lang, M. Witbrock,
// "Learning to Tell Two Spirals Apart", 1988): a classic problem that no linear
// model can solve.

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

  // Returns the class of a point and writes its two features to `features`, unless that is
  // empty.
  std::uint32_t make(const SyntheticPoint& point, std::span<float> features) const;

  // 0 without noise, because the spirals meet only in the origin; unknown with noise.
  [[nodiscard]] std::optional<double> bayes_error() const;

 private:
  TwoSpiralsSpec spec_;
};

}  // namespace lockstep
