#pragma once
// The optimizer on the pieces of the parameter vector that this rank owns: its
// state is kept for those alone.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/worker_pool.h"
#include "comm/ownership.h"
#include "optim/optimizer.h"

namespace lockstep {

template <typename T>
class OwnedOptimizer {
 public:
  // `penalised`: where the parameters that a penalty would count stand, ascending.
  OwnedOptimizer(Optimizer optimizer, const Ownership& ownership, int rank,
                 std::span<const Range> penalised);
  // The bytes of the state of one so made.
  static std::uint64_t bytes(const Optimizer& optimizer, const Ownership& ownership, int rank);

  // Updates the owned pieces of `weights` with those of `gradient` (both of
  // all parameters) times `gradient_factor`, spread over the pool's workers. Does not
  // communicate.
  void update(WorkerPool& pool, const OptimizerStep& step, std::span<T> weights,
              std::span<const T> gradient, T gradient_factor = T(1));

  [[nodiscard]] const Optimizer& kind() const { return optimizer_; }
  [[nodiscard]] std::vector<std::string> slot_names() const;
  // State of the owned pieces, end to end, one for each slot.
  [[nodiscard]] std::span<T> slot(std::size_t index) { return slots_[index]; }

 private:
  // A small part of an owned piece, and where its state stands.
  struct Part {
    Range parameters;
    std::uint64_t state = 0;
    std::vector<Range> penalised;  // within `parameters`, from their beginning
  };

  Optimizer optimizer_;
  std::vector<Part> parts_;
  std::vector<std::vector<T>> slots_;
};

}  // namespace lockstep
