#pragma once
// Runs the optimizer on the pieces of the parameter vector that this rank owns; it keeps the state
// of those pieces only.
//
// Where the changes of weights are exchanged in bfloat16, what their rounding leaves is a part of
// that state, the residual, and is added to the weight before the next update (error feedback:
// Seide et al., 2014, "1-Bit Stochastic Gradient Descent").

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/worker_pool.h"
#include "comm/ownership.h"
#include "linalg/bfloat16.h"
#include "linalg/precision.h"
#include "optim/optimizer.h"

namespace lockstep {

template <typename T>
class OwnedOptimizer {
 public:
  // Ranges of the parameters, ascending; `penalized`: those that a penalty would count; `frozen`:
  // those that are never updated, and whose state stays 0; `precision`: of the changes of weights,
  // float32 for double.
  OwnedOptimizer(Optimizer optimizer, const Ownership& ownership, int rank,
                 std::span<const Range> penalized, std::span<const Range> frozen,
                 Precision precision = Precision::float32);
  // Names of the vectors of state of such an optimizer.
  static std::vector<std::string> slot_names(const Optimizer& optimizer, Precision precision);
  // Bytes of the state of such an optimizer.
  static std::uint64_t bytes(const Optimizer& optimizer, const Ownership& ownership, int rank,
                             Precision precision);

  // Updates the owned pieces of `weights` with those of `gradient` times `gradient_factor`, spread
  // over the pool's workers; both spans have all parameters. `changes`, if not empty, receives what
  // is added to them in bfloat16; those of frozen weights are left out. Does not communicate.
  void update(WorkerPool& pool, const OptimizerStep& step, std::span<T> weights,
              std::span<const T> gradient, T gradient_factor = T(1),
              std::span<Bfloat16> changes = {});

  [[nodiscard]] const Optimizer& kind() const { return optimizer_; }
  [[nodiscard]] std::vector<std::string> slot_names() const {
    return slot_names(optimizer_, precision_);
  }
  // State of the owned pieces, end to end, one for each slot.
  [[nodiscard]] std::span<T> slot(std::size_t index) { return slots_[index]; }

 private:
  // A small part of an owned piece, and the place of its state.
  struct Part {
    Range parameters;
    std::uint64_t state = 0;
    std::vector<Range> penalized;  // inside `parameters`, counted from their beginning
  };

  Optimizer optimizer_;
  Precision precision_;
  std::vector<Part> parts_;
  std::vector<std::vector<T>> slots_;
};

}  // namespace lockstep
