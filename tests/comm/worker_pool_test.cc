#include "base/worker_pool.h"

#include <array>
#include <atomic>
#include <cfenv>
#include <cstddef>
#include <limits>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

std::vector<std::thread::id> threads_of(WorkerPool& pool) {
  std::vector<std::thread::id> ids(static_cast<std::size_t>(pool.threads()));
  pool.run(
      [&](int worker) { ids.at(static_cast<std::size_t>(worker)) = std::this_thread::get_id(); });
  return ids;
}

TEST(WorkerPool, RunsEveryWorkerOnceOnAThreadOfItsOwn) {
  for (int threads = 1; threads <= 4; ++threads) {
    WorkerPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    std::array<std::atomic<int>, 4> calls{};
    constexpr int kRuns = 100;
    for (int i = 0; i < kRuns; ++i) {
      pool.run([&](int worker) { ++calls.at(static_cast<std::size_t>(worker)); });
    }
    for (std::size_t worker = 0; worker < calls.size(); ++worker) {
      EXPECT_EQ(calls.at(worker), worker < static_cast<std::size_t>(threads) ? kRuns : 0);
    }
    const std::vector<std::thread::id> ids = threads_of(pool);
    EXPECT_EQ(ids[0], std::this_thread::get_id());
    EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), ids.size());
    EXPECT_EQ(threads_of(pool), ids) << "the team changed";
  }
}

// The message that reaches the caller of run(); empty if there is none.
std::string error_of(WorkerPool& pool, const std::function<void(int)>& task) {
  try {
    pool.run(task);
  } catch (const std::out_of_range& error) {
    return error.what();
  }
  return "";
}

TEST(WorkerPool, RethrowsAndStaysUsable) {
  constexpr int kThreads = 3;
  WorkerPool pool(kThreads);
  for (int culprit = 0; culprit < kThreads; ++culprit) {
    std::atomic<int> finished = 0;
    const std::string error = error_of(pool, [&](int worker) {
      if (worker == culprit) throw std::out_of_range(std::to_string(worker));
      ++finished;
    });
    EXPECT_EQ(error, std::to_string(culprit));
    EXPECT_EQ(finished, kThreads - 1);

    finished = 0;
    EXPECT_EQ(error_of(pool, [&](int) { ++finished; }), "") << "an error came twice";
    EXPECT_EQ(finished, kThreads);
  }
}

TEST(WorkerPool, RethrowsTheLowestWorkersException) {
  WorkerPool pool(4);
  EXPECT_EQ(error_of(pool,
                     [](int worker) {
                       if (worker >= 2) throw std::out_of_range(std::to_string(worker));
                     }),
            "2");
}

// Both ways: a result that would be denormal, and an operand that is.
template <typename T>
bool flushes_denormals() {
  volatile T smallest_normal = std::numeric_limits<T>::min();
  volatile T half = T(0.5);
  volatile T denormal = std::numeric_limits<T>::denorm_min();
  volatile T large = std::numeric_limits<T>::max();
  const volatile T result = smallest_normal * half;
  const volatile T operand = denormal * large;
  return result == T(0) && operand == T(0);
}

TEST(WorkerPool, EveryWorkerFlushesDenormals) {
  std::fesetenv(FE_DFL_ENV);
  ASSERT_FALSE(flushes_denormals<float>()) << "the test cannot fail";
  ASSERT_FALSE(flushes_denormals<double>()) << "the test cannot fail";
  constexpr int kThreads = 3;
  WorkerPool pool(kThreads);
  std::array<bool, kThreads> flushes{};
  pool.run([&](int worker) {
    flushes.at(static_cast<std::size_t>(worker)) =
        flushes_denormals<float>() && flushes_denormals<double>();
  });
  EXPECT_TRUE(flushes[0]);
  EXPECT_TRUE(flushes[1]);
  EXPECT_TRUE(flushes[2]);
}

TEST(WorkerPoolDeathTest, HasAtLeastOneWorker) {
  EXPECT_DEATH(WorkerPool(0), "at least one worker");
}

}  // namespace
}  // namespace lockstep
