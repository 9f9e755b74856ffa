#include "base/worker_pool.h"

#include <barrier>
#include <exception>
#include <thread>
#include <vector>

#include "base/blocked_signals.h"
#include "base/check.h"
#include "base/float_mode.h"

namespace lockstep {

struct WorkerPool::State {
  explicit State(int count)
      : start(count), finish(count), errors(static_cast<std::size_t>(count)) {}

  void run_one(int worker) {
    try {
      (*task)(worker);
    } catch (...) {
      errors[static_cast<std::size_t>(worker)] = std::current_exception();
    }
  }

  std::barrier<> start;
  std::barrier<> finish;
  std::vector<std::exception_ptr> errors;
  const std::function<void(int)>* task = nullptr;  // null between start and finish: leave
  std::vector<std::jthread> others;
};

WorkerPool::WorkerPool(int threads) : state_(std::make_unique<State>(threads)) {
  check(threads >= 1, "a pool has at least one worker");
  flush_denormals_to_zero();
  const BlockedSignals in_the_others;
  try {
    for (int worker = 1; worker < threads; ++worker) {
      state_->others.emplace_back([state = state_.get(), worker] {
        flush_denormals_to_zero();
        while (true) {
          state->start.arrive_and_wait();
          if (state->task == nullptr) return;
          state->run_one(worker);
          state->finish.arrive_and_wait();
        }
      });
    }
  } catch (...) {
    // A thread could not be started: arrive for the missing threads, so that
    // the others end instead of waiting forever.
    (void)state_->start.arrive(threads - static_cast<int>(state_->others.size()));
    throw;
  }
}

WorkerPool::~WorkerPool() {
  state_->task = nullptr;
  state_->start.arrive_and_wait();
}

int WorkerPool::threads() const { return static_cast<int>(state_->errors.size()); }

void WorkerPool::run(const std::function<void(int)>& task) {
  state_->task = &task;
  state_->start.arrive_and_wait();
  state_->run_one(0);
  state_->finish.arrive_and_wait();
  std::exception_ptr first;
  for (std::exception_ptr& error : state_->errors) {
    if (error && !first) first = error;
    error = nullptr;
  }
  if (first) std::rethrow_exception(first);
}

void WorkerPool::run_team(const std::function<void(const Team&)>& task) {
  TeamState state(threads());
  run([&](int worker) {
    try {
      task(Team(worker, threads(), state));
    } catch (const TeamState::Failed&) {
      state.fail();  // the thread that failed first has thrown its own exception
    } catch (...) {
      state.fail();
      throw;
    }
  });
}

}  // namespace lockstep
