#include "base/handover.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(Handover, PassesValuesInOrder) {
  Handover<int> handover;
  std::vector<int> taken;
  std::jthread taker([&] {
    while (const auto value = handover.take()) {
      taken.push_back(*value);
      if (*value == 99) return;
    }
  });
  for (int i = 0; i < 100; ++i) {
    handover.wait_until_free();
    handover.give(i);
  }
  taker.join();
  ASSERT_EQ(taken.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(taken[static_cast<std::size_t>(i)], i);
}

TEST(Handover, IsNotFreeWhileAValueWaits) {
  Handover<int> handover;
  EXPECT_TRUE(handover.is_free());
  handover.give(1);
  EXPECT_FALSE(handover.is_free());
  EXPECT_EQ(handover.take(), 1);
  EXPECT_TRUE(handover.is_free());
}

TEST(Handover, ClosingEndsAllWaiting) {
  Handover<int> taken_from;
  std::jthread taker([&] { EXPECT_FALSE(taken_from.take()); });
  taken_from.close();
  taker.join();

  Handover<int> given_to;
  given_to.give(1);
  std::jthread giver([&] { given_to.wait_until_free(); });
  given_to.close();
  giver.join();
  given_to.give(2);
  EXPECT_TRUE(given_to.is_free()) << "what nobody takes is dropped";
  EXPECT_FALSE(given_to.take());
}

}  // namespace
}  // namespace lockstep
