#include "base/temporary_files.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

TEST(TemporaryFiles, AreKnownByTheirNames) {
  EXPECT_EQ(name_without_mark("latest.tmp-1"), "latest");
  EXPECT_EQ(name_without_mark("a.tmp-b.tmp-4711"), "a.tmp-b");
  for (const char* name :
       {"latest", "notes.tmp", "notes.tmp-", "notes.tmp-old", "x.tmp-1.txt", ""}) {
    EXPECT_EQ(name_without_mark(name), "") << name;
  }
}

// Someone may name a directory that holds other things as well.
TEST(TemporaryFiles, OnlyThoseOfARunsFilesAreRemoved) {
  const fs::path directory =
      fs::path(testing::TempDir()) / ("lockstep-temporary-" + std::to_string(getpid()));
  fs::create_directories(directory / "summary.json.tmp-13");
  for (const char* name : {"state.json.tmp-999999999", "state.json", "report.docx.tmp-999999999"}) {
    std::ofstream(directory / name) << "text";
  }
  const RunFolder folder{directory, FolderContent::results};
  EXPECT_TRUE(remove_temporary_files(folder).empty());
  EXPECT_FALSE(fs::exists(directory / "state.json.tmp-999999999"));
  EXPECT_TRUE(fs::exists(directory / "state.json"));
  EXPECT_TRUE(fs::exists(directory / "report.docx.tmp-999999999"));
  const fs::path living = directory / ("state.json.tmp-" + std::to_string(getppid()));
  std::ofstream(living) << "text";
  EXPECT_TRUE(remove_temporary_files(folder).empty());
  EXPECT_TRUE(fs::exists(living));
  EXPECT_TRUE(fs::is_directory(directory / "summary.json.tmp-13"));
  fs::remove_all(directory);
  EXPECT_TRUE(remove_temporary_files(folder).empty()) << "there is nothing to remove";
}

}  // namespace
}  // namespace lockstep
