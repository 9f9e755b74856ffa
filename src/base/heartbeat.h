#pragma once
// What the main thread of this process is doing, for a watch that runs on another thread.

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace lockstep {

// The activity of a rank that waits for its data or for others.
inline constexpr const char* kWaitingActivity = "waiting";

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
  // `on_enter` is called with every activity that begins, by the thread that enters it. If it is
  // empty, nothing is called.
  explicit Heartbeat(std::function<void(const char* activity)> on_enter = {})
      : on_enter_(std::move(on_enter)) {}

  // `activity` must live as long as this.
  void enter(const char* activity, bool waits) {
    activity_.store(activity, std::memory_order_relaxed);
    waits_.store(waits, std::memory_order_relaxed);
    tick();
    if (on_enter_) on_enter_(activity);
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
  friend class HeartbeatState;
  std::function<void(const char* activity)> on_enter_;
  std::atomic<std::uint64_t> count_ = 0;
  std::atomic<std::uint64_t> step_ = 0;
  std::atomic<const char*> activity_ = "start";
  std::atomic<bool> waits_ = false;
};

// Says for its lifetime whether this rank waits for others. Without a heartbeat it does nothing.
class HeartbeatState {
 public:
  HeartbeatState(Heartbeat* heartbeat, bool waits) : heartbeat_(heartbeat) {
    if (heartbeat_ == nullptr) return;
    waited_ = heartbeat_->waits_.exchange(waits, std::memory_order_relaxed);
    heartbeat_->tick();
  }
  ~HeartbeatState() {
    if (heartbeat_ == nullptr) return;
    heartbeat_->waits_.store(waited_, std::memory_order_relaxed);
    heartbeat_->tick();
  }
  HeartbeatState(const HeartbeatState&) = delete;
  HeartbeatState& operator=(const HeartbeatState&) = delete;

 private:
  Heartbeat* heartbeat_;
  bool waited_ = false;
};

struct HeartbeatWait : HeartbeatState {
  explicit HeartbeatWait(Heartbeat* heartbeat) : HeartbeatState(heartbeat, /*waits=*/true) {}
};

// For work on a rank inside of what is otherwise a wait, such as writing to a disk that may be
// slow.
struct HeartbeatWork : HeartbeatState {
  explicit HeartbeatWork(Heartbeat* heartbeat) : HeartbeatState(heartbeat, /*waits=*/false) {}
};

// What tells `heartbeat`, if there is one, that its rank is not stuck.
inline std::function<void()> ticking(Heartbeat* heartbeat) {
  return [heartbeat] {
    if (heartbeat != nullptr) heartbeat->tick();
  };
}

}  // namespace lockstep
