#pragma once
// The classes of examples, numbered without gaps.

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

// The class of each example as 0..classes-1, in the order of the labels' values.
struct ClassNumbers {
  std::vector<std::uint32_t> of_example;
  std::vector<std::uint64_t> sizes;  // number of examples of each class
};

// Throws Error(data) for a label that is not a class number.
ClassNumbers number_classes(std::span<const float> labels);

// One class with all of n examples.
ClassNumbers one_class(std::uint64_t n);

}  // namespace lockstep
