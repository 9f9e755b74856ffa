#pragma once

namespace lockstep {

// The numbers that products of floats multiply: as they are, or rounded to bfloat16, which has 8
// bits of precision and the range of float. Sums are floats in both (docs/numerics.md).
enum class Precision { float32, bfloat16 };

}  // namespace lockstep
