#include "base/helper_pool.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/blocked_signals.h"
#include "base/check.h"
#include "base/float_mode.h"

namespace lockstep {

struct HelperPool::State {
  ~State() {
    for (std::jthread& thread : threads) thread.request_stop();
    for (std::jthread& thread : threads) thread.join();
  }

  void help(const std::stop_token& stop) {
    flush_denormals_to_zero();
    while (true) {
      std::packaged_task<void()> task;
      {
        std::unique_lock lock(mutex);
        if (!tasks_changed.wait(lock, stop, [&] { return !tasks.empty(); })) return;
        if (stop.stop_requested()) return;
        task = std::move(tasks.front());
        tasks.pop_front();
      }
      task();
    }
  }

  std::mutex mutex;
  std::condition_variable_any tasks_changed;
  std::deque<std::packaged_task<void()>> tasks;
  std::vector<std::jthread> threads;
};

HelperPool::HelperPool(int threads) : state_(std::make_unique<State>()) {
  check(threads >= 0, "the number of helpers is not negative");
  const BlockedSignals in_the_helpers;
  for (int i = 0; i < threads; ++i) {
    state_->threads.emplace_back(
        [state = state_.get()](const std::stop_token& stop) { state->help(stop); });
  }
}

HelperPool::~HelperPool() = default;

int HelperPool::threads() const { return static_cast<int>(state_->threads.size()); }

std::future<void> HelperPool::submit(std::function<void()> task) {
  check(threads() > 0, "the pool has at least one helper");
  std::packaged_task<void()> packaged(std::move(task));
  std::future<void> done = packaged.get_future();
  {
    const std::lock_guard lock(state_->mutex);
    state_->tasks.push_back(std::move(packaged));
  }
  state_->tasks_changed.notify_one();
  return done;
}

}  // namespace lockstep
