#include "doctor/machine.h"

#include <filesystem>
#include <fstream>
#include <limits>

#include <gtest/gtest.h>

#include "base/usable_cores.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

class MemoryLimit : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(root_);
    fs::create_directories(root_ / "job" / "step");
  }
  void TearDown() override { fs::remove_all(root_); }
  void set(const fs::path& group, const char* text) const {
    std::ofstream(root_ / group / "memory.max") << text << "\n";
  }

  fs::path root_ = fs::path(testing::TempDir()) / "lockstep_memory_limit";
};

TEST_F(MemoryLimit, IsTheSmallestOnTheWayUp) {
  set("job", "4096");
  set("job/step", "8192");
  EXPECT_EQ(memory_limit(root_.string(), "/job/step"), 4096U);
  set("job/step", "1024");
  EXPECT_EQ(memory_limit(root_.string(), "/job/step"), 1024U);
}

TEST_F(MemoryLimit, MayBeAbsent) {
  constexpr std::uint64_t kNone = std::numeric_limits<std::uint64_t>::max();
  set("job", "max");
  EXPECT_EQ(memory_limit(root_.string(), "/job/step"), kNone);
  EXPECT_EQ(memory_limit(root_.string(), "/absent"), kNone);
  EXPECT_EQ(memory_limit(root_.string(), ""), kNone);
}

TEST(Machine, HasCoresMemoryAndAProgram) {
  EXPECT_GT(usable_cores().count(), 0U);
  EXPECT_LE(usable_cores().count(), static_cast<std::size_t>(online_cores()));
  EXPECT_GT(host_memory_space().bytes, 0U);
  EXPECT_LE(host_memory_space().free_bytes, host_memory_space().bytes);
  EXPECT_GT(file_system_space("/").bytes, 0U);
  EXPECT_EQ(file_system_space("/no/such/place").bytes, 0U);
  EXPECT_EQ(program_digest(), program_digest());
}

}  // namespace
}  // namespace lockstep
