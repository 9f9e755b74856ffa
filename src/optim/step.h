#pragma once
// What every optimizer is given for one update. An optimizer works element by
// element, so the flat parameter vector may be cut anywhere among owners
// without changing a bit.

#include <array>
#include <cstdint>
#include <span>

namespace lockstep {

constexpr int kMaxOptimizerSlots = 2;

// A part of the flat parameter vector, all spans of the same length.
template <typename T>
struct OptimizerPart {
  std::span<T> weights;
  std::span<const T> gradient;                         // of J, penalty included
  std::array<std::span<T>, kMaxOptimizerSlots> slots;  // the optimizer's state, zero at first
};

struct OptimizerStep {
  double learning_rate;
  std::uint64_t step;  // counts from 1
};

}  // namespace lockstep
