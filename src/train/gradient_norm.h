#pragma once
// Computes the norm of the gradient of all parameters that are not frozen, of which each rank has
// only the pieces that it owns, with the same bits at every layout.

#include <span>
#include <vector>

#include "base/range.h"
#include "comm/communicator.h"
#include "comm/ownership.h"

namespace lockstep {

// Holds sums of squares over the blocks by which ownership is cut. The blocks are at the same
// places in the parameter vector at every layout; their sums are added in order.
class GradientNorm {
 public:
  // `frozen`: ranges of the parameters, ascending.
  GradientNorm(const Ownership& ownership, int rank, std::vector<Range> frozen);

  // Takes the gradient of one owned block; the last block of the vector may be shorter. Several
  // threads may take different blocks at once.
  template <typename T>
  void take(Range block, std::span<const T> gradient);

  // Collective, when every owned block has been taken: returns the norm on every rank.
  [[nodiscard]] double norm(const Communicator& comm) const;

 private:
  Ownership ownership_;
  int rank_;
  std::vector<Range> frozen_;
  std::vector<double> squares_;  // one for each block of the vector; meaningful for owned blocks
};

}  // namespace lockstep
