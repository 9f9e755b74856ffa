#pragma once
// The length of a run in steps, and the ends of its epochs. Pure arithmetic.

#include <cstdint>

namespace lockstep {

struct StepCounts {
  std::uint64_t per_epoch = 1;  // at least 1
  std::uint64_t total = 0;      // steps of the whole run

  // The number of epochs in `step` steps, with the fraction of an unfinished one.
  [[nodiscard]] double epochs(std::uint64_t step) const {
    return static_cast<double>(step) / static_cast<double>(per_epoch);
  }
  // Whether a run that has done `step` steps is at its end.
  [[nodiscard]] bool at_end(std::uint64_t step) const { return step >= total; }
  // Whether `step` steps are a multiple of `epochs` epochs; `epochs` is at least 1.
  [[nodiscard]] bool completes(std::uint64_t epochs, std::uint64_t step) const {
    return step % (per_epoch * epochs) == 0;
  }
};

}  // namespace lockstep
