#pragma once
// How far apart two gradients are, and what that means (lecture 1.13).

#include <array>
#include <span>

#include "base/enum_names.h"

namespace lockstep {

// ||values||_2, summed in the order of the values.
double euclidean_norm(std::span<const double> values);

// ||a - b||_2 / (||a||_2 + ||b||_2): 0 for equal gradients, 1 for opposite ones. Two gradients of
// zeros are equal. Both have the same length.
double relative_difference(std::span<const double> a, std::span<const double> b);

// The lecture names three points: 1e-7 or less is great; at about 1e-5, look at the components; at
// 1e-3 or more, worry. Here each of them ends a band. From good to bad:
enum class GradientVerdict {
  great,       // at most 1e-7
  fair,        // at most 1e-5: right, if no single entry stands out
  unresolved,  // nothing to compare, or the gradient is lost in J's rounding
  doubtful,    // below 1e-3: look at the entries, because some are probably wrong
  wrong,       // 1e-3 or more, or not a number
};

// The names are stable for scripts.
constexpr auto enum_names(GradientVerdict) {
  using enum GradientVerdict;
  return std::to_array<EnumName<GradientVerdict>>({{great, "great"},
                                                   {fair, "fair"},
                                                   {unresolved, "unresolved"},
                                                   {doubtful, "doubtful"},
                                                   {wrong, "wrong"}});
}

// Whether a gradient may be used: its verdict is neither doubtful nor wrong.
constexpr bool passes(GradientVerdict verdict) { return verdict <= GradientVerdict::unresolved; }

constexpr double kGreatDifference = 1e-7;
constexpr double kFairDifference = 1e-5;
constexpr double kWrongDifference = 1e-3;

// The verdict by the ratio alone, so never unresolved.
GradientVerdict verdict_of(double relative_difference);

}  // namespace lockstep
