#include "cli/signals.h"

#include <atomic>
#include <csignal>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/worker_pool.h"
#include "linalg/gemm.h"
#include "linalg/keyed_values.h"

namespace lockstep {
namespace {

constexpr std::uint64_t kRows = 200;
constexpr std::uint64_t kWidth = 1000;

struct Product {
  std::vector<float> a = keyed_values<float>(kRows * kWidth, 1);
  std::vector<float> b = keyed_values<float>(kWidth * kWidth, 2);
  std::vector<float> c = std::vector<float>(kRows * kWidth);

  void run() {
    gemm<float>(Transpose::no, Transpose::yes, {a.data(), kRows, kWidth},
                {b.data(), kWidth, kWidth}, false, {c.data(), kRows, kWidth});
  }
};

// Compiled products may use the stack pointer for something else: a handler that ran on
// "the stack" would write into their numbers, or into the heap.
TEST(Signals, DoNotDisturbAProductOnAnyThread) {
  install_signal_handlers();
  use_one_blas_thread();
  Product expected;
  expected.run();
  WorkerPool pool(2);
  std::vector<pthread_t> computing(2);
  pool.run([&](int worker) { computing[static_cast<std::size_t>(worker)] = pthread_self(); });
  std::atomic<bool> done = false;
  std::jthread sender([&] {
    while (!done) {
      for (const pthread_t thread : computing) pthread_kill(thread, SIGUSR1);
      std::this_thread::yield();
    }
  });
  std::vector<Product> products(2);
  bool all_equal = true;
  for (int round = 0; round < 50; ++round) {
    pool.run([&](int worker) { products[static_cast<std::size_t>(worker)].run(); });
    for (const Product& product : products) all_equal = all_equal && product.c == expected.c;
  }
  done = true;
  sender.join();  // before the pool's threads end
  EXPECT_TRUE(all_equal);
  EXPECT_TRUE(stop_was_requested());
}

}  // namespace
}  // namespace lockstep
