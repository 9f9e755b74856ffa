#include "base/peak_memory.h"

#include <fstream>
#include <string>
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

// The system counts in units of 1024 bytes. The peak may grow between the questions.
TEST(PeakMemory, IsInBytes) {
  const auto kilobytes = [] {
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line)) {
      if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6));
    }
    return 0ULL;
  };
  const auto before = kilobytes();
  const std::uint64_t bytes = peak_memory_bytes();
  EXPECT_GE(bytes, before * 1024);
  EXPECT_LE(bytes, kilobytes() * 1024);
}

}  // namespace
}  // namespace lockstep
