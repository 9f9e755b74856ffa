#pragma once
// What the main thread of this process is doing, for a watch that runs on another thread.

#include <atomic>
#include <cstdint>
#include <string>

namespace lockstep {

struct RankState {
  std::uint64_t count = 0;  // grows with every bit of progress
  std::uint64_t step = 0;   // the training step, from 1; 0: none yet
  std::string activity = "start";
  bool waits = false;  // for other ranks

  friend bool operator==(const RankState&, const RankState&) = default;
};

// Written by one thread, read by any. Fields of now() may be of two moments.
class Heartbeat {
 public:
  // `activity` must live as long as this.
  void enter(const char* activity, bool waits) {
    activity_.store(activity, std::memory_order_relaxed);
    waits_.store(waits, std::memory_order_relaxed);
    tick();
  }
  void at_step(std::uint64_t step) {
    step_.store(step, std::memory_order_relaxed);
    tick();
  }
  void tick() {
    count_.store(count_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  [[nodiscard]] RankState now() const {
    return {count_.load(std::memory_order_relaxed), step_.load(std::memory_order_relaxed),
            activity_.load(std::memory_order_relaxed), waits_.load(std::memory_order_relaxed)};
  }

 private:
  friend class HeartbeatWait;
  std::atomic<std::uint64_t> count_ = 0;
  std::atomic<std::uint64_t> step_ = 0;
  std::atomic<const char*> activity_ = "start";
  std::atomic<bool> waits_ = false;
};

// Says for its lifetime that this rank waits for others. Without a heartbeat it does nothing.
class HeartbeatWait {
 public:
  explicit HeartbeatWait(Heartbeat* heartbeat) : heartbeat_(heartbeat) {
    if (heartbeat_ == nullptr) return;
    waited_ = heartbeat_->waits_.exchange(true, std::memory_order_relaxed);
    heartbeat_->tick();
  }
  ~HeartbeatWait() {
    if (heartbeat_ == nullptr) return;
    heartbeat_->waits_.store(waited_, std::memory_order_relaxed);
    heartbeat_->tick();
  }
  HeartbeatWait(const HeartbeatWait&) = delete;
  HeartbeatWait& operator=(const HeartbeatWait&) = delete;

 private:
  Heartbeat* heartbeat_;
  bool waited_ = false;
};

}  // namespace lockstep
