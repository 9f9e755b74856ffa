#include "base/deadline.h"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <utility>

#include "base/blocked_signals.h"

namespace lockstep {
namespace {

// A process that was stopped misses the slice in which it was stopped, and no more.
constexpr std::chrono::milliseconds kSlice{50};

}  // namespace

Deadline::Deadline(double seconds, std::function<void()> expired) : expired_(std::move(expired)) {
  if (seconds <= 0) return;
  const BlockedSignals blocked;
  thread_ = std::thread([this, seconds] { wait(seconds); });
}

Deadline::~Deadline() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    met_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Deadline::wait(double seconds) {
  const auto slices = static_cast<std::uint64_t>(
      std::ceil(seconds / std::chrono::duration<double>(kSlice).count()));
  std::unique_lock lock(mutex_);
  for (std::uint64_t slice = 0; slice < slices; ++slice) {
    if (changed_.wait_for(lock, kSlice, [this] { return met_; })) return;
  }
  lock.unlock();
  expired_();
}

}  // namespace lockstep
