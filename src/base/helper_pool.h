#pragma once
// Threads that do work ahead of time for other threads.

#include <functional>
#include <future>
#include <memory>

namespace lockstep {

// Every helper flushes denormals to zero, as all computing threads do.
class HelperPool {
 public:
  // `threads` may be 0: then there are no helpers, and submit() must not be called.
  explicit HelperPool(int threads);
  // Waits for the tasks that have begun; the futures of the others break.
  ~HelperPool();
  HelperPool(const HelperPool&) = delete;
  HelperPool& operator=(const HelperPool&) = delete;

  [[nodiscard]] int threads() const;

  // Runs `task` on some helper; the tasks of all callers start in the order of
  // submission. An exception is rethrown by the future's get().
  std::future<void> submit(std::function<void()> task);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lockstep
