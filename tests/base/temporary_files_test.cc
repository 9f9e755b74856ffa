#include "base/temporary_files.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

TEST(TemporaryFiles, AreKnownByTheirNames) {
  for (const char* name : {"latest.tmp-1", "a.tmp-b.tmp-4711", "metrics.jsonl.tmp-99999"}) {
    EXPECT_TRUE(is_temporary_file(name)) << name;
  }
  for (const char* name :
       {"latest", "notes.tmp", "notes.tmp-", "notes.tmp-old", "x.tmp-1.txt", ".tmp-1", ""}) {
    EXPECT_FALSE(is_temporary_file(name)) << name;
  }
}

TEST(TemporaryFiles, AreRemovedAndNothingElseIs) {
  const fs::path directory =
      fs::path(testing::TempDir()) / ("lockstep-temporary-" + std::to_string(getpid()));
  fs::create_directories(directory / "below");
  for (const char* name : {"state.json.tmp-12", "state.json", "below/x.tmp-12"}) {
    std::ofstream(directory / name) << "text";
  }
  EXPECT_TRUE(remove_temporary_files(directory).empty());
  EXPECT_FALSE(fs::exists(directory / "state.json.tmp-12"));
  EXPECT_TRUE(fs::exists(directory / "state.json"));
  EXPECT_FALSE(fs::exists(directory / "below/x.tmp-12"));
  EXPECT_TRUE(fs::exists(directory / "below"));
  fs::remove_all(directory);
  EXPECT_TRUE(remove_temporary_files(directory).empty()) << "there is nothing to remove";
}

}  // namespace
}  // namespace lockstep
