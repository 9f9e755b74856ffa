#pragma once
// The norm of the gradient of all parameters, of which each rank has only the pieces that
// it owns: the same bits at every layout.

#include <cstdint>
#include <span>
#include <vector>

#include "base/range.h"
#include "comm/communicator.h"
#include "comm/ownership.h"

namespace lockstep {

// Sums of squares over the blocks that ownership is cut on, which lie in the parameter
// vector where they do at any layout; the blocks' sums are added in their order.
class GradientNorm {
 public:
  GradientNorm(const Ownership& ownership, int rank);

  // Takes the gradient of one owned block, or of what the vector has of its last one.
  // Several threads may give different blocks at once.
  template <typename T>
  void take(Range block, std::span<const T> gradient);

  // Collective, when every owned block has been taken: the norm, on every rank.
  [[nodiscard]] double norm(const Communicator& comm) const;

 private:
  Ownership ownership_;
  int rank_;
  std::vector<double> squares_;  // of each block of the vector; owned ones have a meaning
};

}  // namespace lockstep
