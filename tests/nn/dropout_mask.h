#pragma once
// The dropout mask of one example, whole.

#include <cstdint>
#include <vector>

#include "nn/dropout.h"

namespace lockstep {

template <typename T>
std::vector<T> dropout_mask(double keep_prob, DropoutKey key, std::uint32_t layer,
                            std::uint32_t example, std::uint64_t units) {
  std::vector<T> mask(units, T(1));
  DropoutMasks<T>(keep_prob, key, layer, {&example, 1})
      .fill({0, 1}, {0, units}, {mask.data(), 1, units});
  return mask;
}

}  // namespace lockstep
