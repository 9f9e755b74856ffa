#pragma once
// The train-dev, dev and test sets, which rank 0 reads and all ranks evaluate.

#include <cstdint>
#include <string>

#include "comm/communicator.h"
#include "comm/layout.h"
#include "data/examples.h"
#include "sets/evaluation_blocks.h"

namespace lockstep {

// A rank's share of a set.
struct HeldOutSet {
  std::uint64_t total = 0;  // number of examples of the whole set; 0: no such set
  Examples examples;
  EvaluationBlocks blocks;
  std::string fingerprint;  // fingerprint of the source's content; empty: no such set
};

// A set as rank 0 has read it; empty on other ranks.
struct WholeSet {
  Examples examples;
  std::uint64_t fingerprint = 0;  // fingerprint of its source
};

// Collective. Rank 0 hands out the rows of `whole`.
HeldOutSet hand_out(const Communicator& comm, const Layout& layout, const WholeSet& whole);

}  // namespace lockstep
