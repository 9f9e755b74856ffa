#pragma once
// Passes values from one thread to another, one at a time.

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace lockstep {

template <typename T>
class Handover {
 public:
  // For the giver. Whether it may give, because the last value was taken or nobody takes any more.
  [[nodiscard]] bool is_free() const {
    const std::lock_guard lock(mutex_);
    return closed_ || !value_;
  }
  void wait_until_free() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || !value_; });
  }
  // A value that nobody takes any more is dropped.
  void give(T value) {
    {
      const std::lock_guard lock(mutex_);
      if (!closed_) value_ = std::move(value);
    }
    changed_.notify_all();
  }

  // For the taker. Waits for a value; nothing when the other side has closed.
  [[nodiscard]] std::optional<T> take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return closed_ || value_; });
    if (closed_) return std::nullopt;
    std::optional<T> taken = std::exchange(value_, std::nullopt);
    lock.unlock();
    changed_.notify_all();
    return taken;
  }

  // For both: ends all waiting.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      value_.reset();
    }
    changed_.notify_all();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<T> value_;
  bool closed_ = false;
};

}  // namespace lockstep
