#pragma once
// Test data that is the same on every machine and in every order of tests.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/random.h"

namespace lockstep {

// Uniform values in [low, high): value i is a function of stream and i alone.
template <typename T>
std::vector<T> keyed_values(std::size_t count, std::uint32_t stream, double low = -1,
                            double high = 1) {
  std::vector<T> values(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const RandomWords words = random_words({stream, Purpose::gradient_check}, {i, 0, 0, 0});
    values[i] = static_cast<T>(low + (high - low) * uniform_from_words(words[0], words[1]));
  }
  return values;
}

}  // namespace lockstep
