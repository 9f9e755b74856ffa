#include "doctor/run_directory_probe.h"

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "support/collective.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

TEST(RunDirectoryProbe, ExaminesTheNearestFolderThatExists) {
  const Communicator comm = Communicator::world();
  const fs::path place = collective_temp_dir();
  const DirectoryProbe probe = probe_run_directory(comm, (place / "runs" / "mine").string());
  EXPECT_EQ(probe.directory.examined, place.string());
  EXPECT_EQ(probe.directory.error, "");
  if (test_rank() == 0) {
    EXPECT_EQ(probe.of_ranks.size(), static_cast<std::size_t>(test_size()));
    for (const DirectoryReading& reading : probe.of_ranks) {
      EXPECT_EQ(reading.sight, DirectorySight::shared);
      EXPECT_EQ(reading.lock, LockSight::locked);
      EXPECT_GT(reading.free_bytes, 0U);
    }
    EXPECT_TRUE(fs::is_empty(place)) << "something was left there";
  }
}

TEST(RunDirectoryProbe, SaysWhyAPlaceIsNotWritable) {
  const Communicator comm = Communicator::world();
  const fs::path file = collective_temp_dir() / "file";
  if (test_rank() == 0) std::ofstream(file) << "text";
  comm.barrier();
  EXPECT_EQ(probe_run_directory(comm, file.string()).directory.error,
            file.string() + " is not a folder");
  const fs::path long_name = file.parent_path() / std::string(300, 'x');
  EXPECT_EQ(probe_run_directory(comm, long_name.string()).directory.error,
            long_name.string() + ": File name too long");
  EXPECT_EQ(probe_run_directory(comm, (long_name / "below").string()).directory.error,
            long_name.string() + ": File name too long");
  // Nobody may create files in /proc, root neither.
  EXPECT_NE(probe_run_directory(comm, "/proc").directory.error, "");
}

}  // namespace
}  // namespace lockstep
