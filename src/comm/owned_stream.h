#pragma once
// Moves arrays of values that the ranks own to rank 0, chunk by chunk, while the ranks do other
// work.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "comm/communicator.h"
#include "comm/ownership.h"

namespace lockstep {

class OwnedStream {
 public:
  // `arrays`: this rank's values of each array, its pieces end to end, as many arrays on every
  // rank. A chunk has `chunk` parameters (at most 2^31 - 1) of one array. Starts the first
  // messages. The values stay in place, and nobody else uses `comm`, until rank 0 has taken
  // everything and the other ranks have sent everything; before that this must not be destroyed,
  // unless the whole job ends.
  OwnedStream(const Communicator& comm, const Ownership& ownership,
              const std::vector<std::span<const float>>& arrays, std::uint64_t chunk);

  ~OwnedStream();

  // What each rank owns of a chunk; that of rank 0 is empty.
  using Chunk = std::vector<std::vector<float>>;

  // On rank 0. The chunks come in order: all of the first array, then those of the next. With one
  // rank there are none.
  [[nodiscard]] bool at_end() const;
  // Whether the next chunk has arrived; does not wait.
  [[nodiscard]] bool has_arrived();
  // Waits for the next chunk.
  [[nodiscard]] Chunk take();

  // On other ranks. Continues sending; does not wait.
  void advance();
  void wait_until_sent();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lockstep
