#pragma once
// A fixed team of threads that run the same task in parallel.

#include <functional>
#include <memory>

#include "base/team.h"

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
  // done. Rethrows an exception of a worker; if several throw, that of the
  // lowest worker.
  void run(const std::function<void(int)>& task);

  // Runs task(team) for every worker, as one team that may wait for each other. When a worker
  // throws, the others end where they wait for it next; its exception is rethrown, as by run.
  void run_team(const std::function<void(const Team&)>& task);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lockstep
