#include "comm/abandoned_segments.h"

#include <chrono>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Segments : public testing::Test {
 protected:
  Segments() {
    fs::remove_all(root_);
    fs::create_directories(shared_);
    fs::create_directories(processes_ / "17");
    fs::create_directories(processes_ / "self-made");  // without maps
  }
  ~Segments() override { fs::remove_all(root_); }

  [[nodiscard]] fs::path make(const std::string& name, std::chrono::minutes age) const {
    fs::path path = shared_ / name;
    std::ofstream(path) << std::string(4096, 'x');
    fs::last_write_time(path, fs::file_time_type::clock::now() - age);
    return path;
  }

  fs::path root_ = fs::path(testing::TempDir()) / ("lockstep-segments-" + std::to_string(getpid()));
  fs::path shared_ = root_ / "shm";
  fs::path processes_ = root_ / "proc";
};

TEST_F(Segments, OnlyOldOnesOfOpenMpiThatNoProcessHasMapped) {
  using std::chrono::minutes;
  const fs::path abandoned = make("vader_segment.host.0.1.0", minutes(5));
  const fs::path used = make("vader_segment.host.0.2.0", minutes(5));
  static_cast<void>(make("vader_segment.host.0.3.0", minutes(0)));
  static_cast<void>(make("another-program", minutes(5)));
  std::ofstream(processes_ / "17" / "maps")
      << "7f00-7f01 rw-s 00000000 00:1a 5   /lib/libc.so\n7f02-7f03 rw-s 00000000 00:1a 6   "
      << used.string() << "\n";
  const AbandonedSegments found = abandoned_segments(shared_, processes_);
  EXPECT_THAT(found.files, testing::ElementsAre(abandoned));
  EXPECT_EQ(found.bytes, 4096U);
  EXPECT_THAT(describe(found, "node01"),
              HasSubstr("0.0 MiB in 1 file such as " + abandoned.string() + " on node01"));
}

TEST_F(Segments, ThereMayBeNone) {
  EXPECT_THAT(abandoned_segments(shared_, processes_).files, testing::IsEmpty());
  EXPECT_THAT(abandoned_segments(root_ / "nowhere", processes_).files, testing::IsEmpty());
}

TEST_F(Segments, MatterFromATenthOn) {
  EXPECT_FALSE(matter(10, 100));
  EXPECT_TRUE(matter(11, 100));
}

}  // namespace
}  // namespace lockstep
