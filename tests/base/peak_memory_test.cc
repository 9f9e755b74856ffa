#include "base/peak_memory.h"

#include <vector>

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(PeakMemory, CountsWhatWasTouched) {
  const std::uint64_t before = peak_memory_bytes();
  EXPECT_GT(before, 0U);
  constexpr std::size_t kBytes = std::size_t{64} << 20;
  {
    std::vector<char> block(kBytes, 1);
    EXPECT_EQ(block.back(), 1);
  }
  EXPECT_GE(peak_memory_bytes(), before + kBytes / 2);
}

}  // namespace
}  // namespace lockstep
