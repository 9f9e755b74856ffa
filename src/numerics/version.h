#pragma once
// The version of the specification of the arithmetic.

namespace lockstep {

// The version of docs/numerics.md that this program follows. Programs with the same version train
// to the same bits.
inline constexpr int kNumericsVersion = 1;

}  // namespace lockstep
