#include "plan/batch_needs.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(BatchNeeds, MemoryHasHalfAsMuchAgainInWholeSteps) {
  constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;
  EXPECT_EQ(memory_of_node(1, 1), 256 * kMebibyte);
  EXPECT_EQ(memory_of_node(256 * kMebibyte, 2), 768 * kMebibyte);
  EXPECT_EQ(memory_of_node(256 * kMebibyte + 1, 2), 1024 * kMebibyte);
}

TEST(BatchNeeds, TheTimeLimitIsTwiceThePredictionAndFiveMinutes) {
  EXPECT_EQ(time_limit_of(0), 300);
  EXPECT_EQ(time_limit_of(600), 1500);
  EXPECT_EQ(time_limit_of(1e6), kLongestStart);
}

}  // namespace
}  // namespace lockstep
