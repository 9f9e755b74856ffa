#pragma once
// Holding dev and test sets out of one set of examples (lecture 1.1), chosen by
// seed. The same arguments give the same split on every rank.

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

// Numbers of examples held out of the training set.
struct HeldOut {
  std::uint64_t dev = 0;
  std::uint64_t test = 0;
};

// Disjoint parts that together hold every example; ids ascending.
struct Split {
  std::vector<std::uint32_t> train;
  std::vector<std::uint32_t> dev;
  std::vector<std::uint32_t> test;
};

// `fraction` of n examples, rounded to the nearest number. Throws Error(usage)
// when the fraction is not between 0 and 1 or holds no example.
std::uint64_t examples_in(double fraction, std::uint64_t n);

// Any n examples, n below 2^32. Throws Error(usage) when nothing is left to
// train on.
Split split_examples(std::uint64_t n, HeldOut held_out, std::uint32_t seed);

// The same, keeping the proportions of the classes: each part has its exact
// size, and of each class its share rounded up or down (largest remainders; the
// test set's share is of what dev has left). Throws Error(data) for a label
// that is not a class number.
Split split_stratified(std::span<const float> labels, HeldOut held_out, std::uint32_t seed);

}  // namespace lockstep
