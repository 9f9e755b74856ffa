#pragma once
// The softmax function, for the loss and for predictions.

#include <cstddef>
#include <span>

namespace lockstep {

template <typename T>
struct SoftmaxRow {
  std::size_t best = 0;  // the first place of the largest z
  T top = 0;             // the largest z
  T total = 0;           // the sum of e^(z - top), added in the order of z from 0
};

// Writes the probabilities e^(z - top) / total of one row `z`, at least one value, to
// `probabilities`, which is as long as z and may be its memory, or is empty.
template <typename T>
SoftmaxRow<T> softmax(std::span<const T> z, std::span<T> probabilities);

}  // namespace lockstep
