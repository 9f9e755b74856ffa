#pragma once

#include <cstddef>

#include "reference/job.h"

namespace reference {

// Where a mask belongs.
struct MaskPlace {
  std::size_t step;     // from 0
  std::size_t layer;    // 0 is the input, 1 the first layer
  std::size_t example;  // its number
};

// What a unit's value is multiplied by: 0, or the inverse of the keep probability.
float mask(const Job& job, const MaskPlace& place, double keep_prob, std::size_t unit);

}  // namespace reference
