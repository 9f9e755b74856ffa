#pragma once
// Threads that do work ahead of time, so that others find it done.

#include <functional>
#include <future>
#include <memory>

namespace lockstep {

// Every helper flushes denormals to zero, as all computing threads do.
class HelperPool {
 public:
  // `threads` may be 0: then nobody helps, and submit() must not be called.
  explicit HelperPool(int threads);
  // Ends after the tasks that have begun; the futures of the others break.
  ~HelperPool();
  HelperPool(const HelperPool&) = delete;
  HelperPool& operator=(const HelperPool&) = delete;

  [[nodiscard]] int threads() const;

  // Runs `task` on some helper, the tasks of all callers in the order of their
  // coming. An exception is thrown where the future is asked.
  std::future<void> submit(std::function<void()> task);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lockstep
