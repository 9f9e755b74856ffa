#pragma once
// The median of measured values. Pure.

#include <algorithm>
#include <cstddef>
#include <vector>

#include "base/check.h"

namespace lockstep {

// The middle of the sorted values; of an even number, the upper of the two. `values` is not empty.
inline double median(std::vector<double> values) {
  check(!values.empty(), "a median is of some values");
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace lockstep
