#include "base/helper_pool.h"

#include <atomic>
#include <limits>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(HelperPool, DoesEveryTask) {
  for (const int threads : {1, 2, 4}) {
    HelperPool helpers(threads);
    EXPECT_EQ(helpers.threads(), threads);
    std::atomic<int> sum = 0;
    std::vector<std::future<void>> done;
    for (int i = 1; i <= 100; ++i) done.push_back(helpers.submit([&, i] { sum += i; }));
    for (auto& task : done) task.get();
    EXPECT_EQ(sum, 5050);
  }
}

TEST(HelperPool, OneHelperKeepsTheOrder) {
  HelperPool helpers(1);
  std::vector<int> order;
  std::future<void> last;
  for (int i = 0; i < 10; ++i) last = helpers.submit([&, i] { order.push_back(i); });
  last.get();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
}

// Augmentation by helpers has the bits of augmentation by workers.
TEST(HelperPool, FlushesDenormals) {
  const auto product = [] {
    volatile float small = std::numeric_limits<float>::min();
    const volatile float half = small * 0.5F;
    return half;
  };
  ASSERT_GT(product(), 0.0F) << "the test cannot fail";
  HelperPool helpers(1);
  float flushed = 1;
  helpers.submit([&] { flushed = product(); }).get();
  EXPECT_EQ(flushed, 0.0F);
}

TEST(HelperPool, CarriesExceptionsAndGoesOn) {
  HelperPool helpers(1);
  auto fails = helpers.submit([] { throw std::out_of_range("by a test"); });
  auto works = helpers.submit([] {});
  EXPECT_THROW(fails.get(), std::out_of_range);
  EXPECT_NO_THROW(works.get());
}

TEST(HelperPool, EndsWithTasksThatNobodyBegan) {
  std::promise<void> begun;
  std::promise<void> go_on;
  std::future<void> running;
  std::future<void> waiting;
  {
    HelperPool helpers(1);
    running = helpers.submit([&] {
      begun.set_value();
      go_on.get_future().wait();
    });
    waiting = helpers.submit([] {});
    begun.get_future().wait();
    go_on.set_value();
  }
  EXPECT_NO_THROW(running.get());
  // The second was done in time, or is broken; it does not hang.
  EXPECT_EQ(waiting.wait_for(std::chrono::seconds(0)), std::future_status::ready);
}

TEST(HelperPool, NobodyToHelp) {
  const HelperPool nobody(0);
  EXPECT_EQ(nobody.threads(), 0);
}

TEST(HelperPoolDeathTest, NobodyToAsk) {
  HelperPool nobody(0);
  EXPECT_DEATH(nobody.submit([] {}), "the pool has at least one helper");
}

}  // namespace
}  // namespace lockstep
