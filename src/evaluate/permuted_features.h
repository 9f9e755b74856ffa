#pragma once
// Exchanges the values of some features among the examples of a set, which the ranks share.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/range.h"
#include "comm/communicator.h"
#include "data/examples.h"
#include "sets/evaluation_blocks.h"

namespace lockstep {

// Rank 0 holds the values of all examples for these features, and of no others.
class PermutedFeatures {
 public:
  // Collective. `blocks` are the set's, whose rows are in the same order at every layout. All
  // arguments must live as long as this.
  PermutedFeatures(const Communicator& comm, Examples& examples, const EvaluationBlocks& blocks,
                   Range features);

  // Collective. Example i of the set, in the order of the blocks, gets the original values of
  // example permutation[i], all features together. The permutation is read on rank 0.
  void permute(std::span<const std::uint32_t> permutation);

  // Gives every example its own values again. Does not communicate.
  void restore();

 private:
  void write(std::span<const std::byte> values);

  const Communicator& comm_;
  Examples& examples_;
  Range bytes_;                               // of the features in a row of `examples`
  std::vector<std::uint32_t> rows_;           // of this rank, in the order of the blocks
  std::vector<std::byte> own_;                // original values of these rows
  std::vector<std::byte> all_;                // of all ranks; on rank 0
  std::vector<std::uint64_t> bytes_of_rank_;  // of `all_`
};

}  // namespace lockstep
