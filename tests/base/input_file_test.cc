#include "base/input_file.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

std::string refusal(const fs::path& path) {
  try {
    (void)read_if_there(path);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::missing_input);
    return error.what();
  }
  return "";
}

TEST(InputFile, OnlyFilesAreOpened) {
  const fs::path folder =
      fs::path(testing::TempDir()) / fmt::format("lockstep-input-file-{}", ::getpid());
  fs::create_directory(folder);
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(refusal(folder / "pipe"),
            (folder / "pipe").string() + ": expected a file, found a pipe or device");
  EXPECT_EQ(refusal("/dev/zero"), "/dev/zero: expected a file, found a pipe or device");
  EXPECT_EQ(refusal(folder), folder.string() + ": expected a file, found a directory");
  EXPECT_FALSE(read_if_there(folder / "absent"));
  EXPECT_EQ(read_file(folder / "absent"), "");
  std::ofstream(folder / "file") << "text";
  fs::create_symlink("file", folder / "link");
  EXPECT_EQ(read_if_there(folder / "link"), "text");
  fs::create_symlink("circle", folder / "circle");
  EXPECT_EQ(refusal(folder / "circle"),
            (folder / "circle").string() + ": Too many levels of symbolic links");
  const std::string blocks(200'000, 'x');
  std::ofstream(folder / "large") << blocks;
  EXPECT_EQ(read_file(folder / "large"), blocks);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace lockstep
