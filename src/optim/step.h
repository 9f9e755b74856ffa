#pragma once
// The input of an optimizer for one update, and facts about optimizers. An optimizer works element
// by element, so the flat parameter vector may be cut anywhere among owners without changing a
// bit.

#include <array>
#include <cstdint>
#include <span>

#include "base/range.h"

namespace lockstep {

constexpr int kMaxOptimizerSlots = 2;

// A part of the flat parameter vector, all spans of the same length.
template <typename T>
struct OptimizerPart {
  std::span<T> weights;
  std::span<const T> gradient;                         // gradient of J, penalty included
  std::array<std::span<T>, kMaxOptimizerSlots> slots;  // the optimizer's state, zero at first
  // Ranges of the part with parameters that a penalty would count: no biases, unless the job
  // includes them.
  std::span<const Range> penalized = {};
};

struct OptimizerStep {
  double learning_rate;  // the optimizer's own times the schedule's factor
  std::uint64_t step;    // counts from 1
};

// A field of an optimizer's message in proto/job.proto.
template <typename Kind>
struct OptimizerField {
  const char* name;
  double Kind::*member;
};

}  // namespace lockstep
