#include "base/open_file.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace lockstep {
namespace {

namespace fs = std::filesystem;

TEST(NamesOpenFile, UntilTheFileIsRemovedOrReplaced) {
  const fs::path path = fs::path(testing::TempDir()) / ("open-file-" + std::to_string(getpid()));
  std::ofstream(path) << "one";
  const int descriptor = ::open(path.c_str(), O_RDONLY);
  ASSERT_GE(descriptor, 0);
  EXPECT_EQ(names_open_file(path, descriptor), true);
  fs::rename(path, path.string() + ".moved");
  EXPECT_EQ(names_open_file(path, descriptor), false);
  std::ofstream(path) << "another";
  EXPECT_EQ(names_open_file(path, descriptor), false);
  ::close(descriptor);
  EXPECT_EQ(names_open_file(path, -1), std::nullopt);
  fs::remove(path);
  fs::remove(path.string() + ".moved");
}

}  // namespace
}  // namespace lockstep
