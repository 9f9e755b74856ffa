#pragma once

#include <cstdint>

namespace lockstep {

// Sent between evaluations, at most a few times a second.
struct Progress {
  std::uint64_t step = 0;  // steps done
  std::uint64_t total_steps = 0;
  double epoch = 0;                // fractional epochs done
  double batch_cost = 0;           // mean training loss since the last evaluation
  double examples_per_second = 0;  // since the last evaluation
};

}  // namespace lockstep
