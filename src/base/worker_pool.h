#pragma once
// A fixed team of threads that run the same task side by side.

#include <functional>
#include <memory>

namespace lockstep {

// `threads` workers; the caller of run() is worker 0. Every worker flushes
// denormals to zero, the caller included.
class WorkerPool {
 public:
  explicit WorkerPool(int threads);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  [[nodiscard]] int threads() const;

  // Runs task(worker) for every worker 0..threads-1 and returns when all are
  // done. An exception of any of them is rethrown here, the lowest worker's
  // when there are several.
  void run(const std::function<void(int)>& task);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lockstep
