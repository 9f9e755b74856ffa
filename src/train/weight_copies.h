#pragma once
// Compares the ranks' copies of the weights during a step, which changes none of them before its
// end: a copy that changes, or is not that of the others, was damaged.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "comm/communicator.h"

namespace lockstep {

// Digests of one rank's copy of the weights: after the step before, and before the next update.
struct CopyDigests {
  std::uint64_t then = 0;
  std::uint64_t now = 0;
};

// The ranks, ascending, whose copy changed or is not that of more than half of the ranks; all
// ranks when no copy changed and no half agrees. Empty: the copies are alike. Pure.
std::vector<int> odd_copies(std::span<const CopyDigests> copies);

// Error(internal) for the update of step number `step` (from 1), with the odd ranks' digests and
// hosts; `hosts` has one entry for each rank. Pure.
Error damaged_copies(std::uint64_t step, std::span<const CopyDigests> copies,
                     std::span<const int> odd, std::span<const std::string> hosts);

class WeightCopies {
 public:
  // `comm` must live as long as this. Compares in each step whose number (from 1) is a multiple of
  // `every_steps`; 0: in none.
  WeightCopies(const Communicator& comm, std::uint32_t every_steps)
      : comm_(comm), every_steps_(every_steps) {}

  // Called before step `step` (from 0) with the weights that its passes will use. Does not
  // communicate.
  void note(std::uint64_t step, std::span<const std::byte> weights);
  // Collective, called in step `step` before its update. Throws AgreedError (internal) when a copy
  // is damaged.
  void compare(std::uint64_t step, std::span<const std::byte> weights) const;

 private:
  [[nodiscard]] bool looks_at(std::uint64_t step) const {
    return every_steps_ != 0 && (step + 1) % every_steps_ == 0;
  }

  struct Noted {
    std::uint64_t step = 0;
    std::uint64_t digest = 0;
  };

  const Communicator& comm_;
  std::uint32_t every_steps_;
  std::optional<Noted> noted_;
};

}  // namespace lockstep
