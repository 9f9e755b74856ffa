#pragma once
// The threads that do one task together. Each runs the same code on its own part.

#include <atomic>
#include <barrier>
#include <cstdint>

#include "base/range.h"

namespace lockstep {

// What the threads of a team share.
class TeamState {
 public:
  explicit TeamState(int size) : barrier_(size, Restart{next_}) {}

  // What wait() throws when another thread has failed: what it should have written is not there.
  struct Failed {};

  std::uint64_t take() { return next_.fetch_add(1, std::memory_order_relaxed); }
  void wait() {
    barrier_.arrive_and_wait();
    if (failed_) throw Failed();
  }
  // This thread has failed. The others fail when they wait next, without waiting for it.
  void fail() {
    failed_ = true;
    barrier_.arrive_and_drop();
  }

 private:
  struct Restart {
    std::atomic<std::uint64_t>& next;
    void operator()() noexcept { next.store(0, std::memory_order_relaxed); }
  };
  std::atomic<std::uint64_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  std::barrier<Restart> barrier_;
};

class Team {
 public:
  // One thread alone.
  Team() = default;
  // One of `size` threads, which share `state`.
  Team(int member, int size, TeamState& state)
      : member_(static_cast<std::uint64_t>(member)),
        size_(static_cast<std::uint64_t>(size)),
        state_(&state) {}

  [[nodiscard]] std::uint64_t member() const { return member_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  // Whether this thread does what one thread does for all.
  [[nodiscard]] bool leads() const { return member_ == 0; }
  // The part of [0, n) that this thread does.
  [[nodiscard]] Range part(std::uint64_t n) const { return even_part(n, size_, member_); }
  // Calls work(i) for every i in [0, n), on the thread that is free first: a thread that is held up
  // does less. All threads call it, and wait() before they call it again.
  template <typename Work>
  void share(std::uint64_t n, const Work& work) const {
    if (state_ == nullptr) {
      for (std::uint64_t i = 0; i < n; ++i) work(i);
    } else {
      for (std::uint64_t i = state_->take(); i < n; i = state_->take()) work(i);
    }
  }
  // Returns when all threads have called it: what they wrote before is visible to all. Throws if
  // one of them failed before.
  void wait() const {
    if (state_ != nullptr) state_->wait();
  }

 private:
  std::uint64_t member_ = 0;
  std::uint64_t size_ = 1;
  TeamState* state_ = nullptr;
};

}  // namespace lockstep
