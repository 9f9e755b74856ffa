#pragma once
// The threads that do one task together. Each runs the same code on its own part.

#include <barrier>
#include <cstdint>

#include "base/range.h"

namespace lockstep {

class Team {
 public:
  // One thread alone.
  Team() = default;
  // One of `size` threads; `barrier` expects all of them.
  Team(int member, int size, std::barrier<>& barrier)
      : member_(static_cast<std::uint64_t>(member)),
        size_(static_cast<std::uint64_t>(size)),
        barrier_(&barrier) {}

  [[nodiscard]] std::uint64_t member() const { return member_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // Whether this thread does what one thread does for all.
  [[nodiscard]] bool leads() const { return member_ == 0; }
  // The part of [0, n) that this thread does.
  [[nodiscard]] Range part(std::uint64_t n) const { return even_part(n, size_, member_); }
  // Returns when all threads have called it: what they wrote before is visible to all.
  void wait() const {
    if (barrier_ != nullptr) barrier_->arrive_and_wait();
  }

 private:
  std::uint64_t member_ = 0;
  std::uint64_t size_ = 1;
  std::barrier<>* barrier_ = nullptr;
};

}  // namespace lockstep
