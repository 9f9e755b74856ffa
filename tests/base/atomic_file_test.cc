#include "base/atomic_file.h"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <fmt/format.h>

#include <gtest/gtest.h>

#include "base/error.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

class AtomicFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/lockstep-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory = pattern;
  }
  void TearDown() override {
    std::error_code ignored;
    fs::remove_all(directory, ignored);
  }

  [[nodiscard]] std::string content(const std::string& name) const {
    std::ifstream file(directory / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] auto entries() const {
    return std::distance(fs::directory_iterator(directory), fs::directory_iterator());
  }

  fs::path directory;
};

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

TEST_F(AtomicFileTest, AppearsOnCommitOnly) {
  AtomicFile file(directory / "a");
  file.write(bytes("one "));
  file.write(bytes("two"));
  EXPECT_FALSE(fs::exists(directory / "a"));
  file.commit();
  EXPECT_EQ(content("a"), "one two");
  EXPECT_EQ(entries(), 1);
}

// Several buffers and a rest, in pieces of all sizes.
TEST_F(AtomicFileTest, ALargeFileHasItsBytesInOrder) {
  std::string text;
  text.resize(13'000'007);
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 31 + i / 997);
  AtomicFile file(directory / "a");
  std::string_view rest = text;
  for (std::size_t size = 1; !rest.empty(); size = size * 3 + 1) {
    const std::string_view piece = rest.substr(0, size);
    file.write(bytes(piece));
    rest.remove_prefix(piece.size());
  }
  file.commit();
  EXPECT_TRUE(content("a") == text);
}

TEST_F(AtomicFileTest, AFileOfWholeBuffersHasNoRest) {
  const std::string text(std::size_t{8} << 20, 'x');
  AtomicFile file(directory / "a");
  file.write(bytes(text));
  file.commit();
  EXPECT_TRUE(content("a") == text);
}

// A link in the place of a run's file may lead to a file of somebody else.
TEST_F(AtomicFileTest, AFileOfARunReplacesALinkAndAnOutputFollowsIt) {
  write_output(directory / "victim", "precious");
  std::filesystem::create_symlink("victim", directory / "link");
  write_output(directory / "link", "output");
  EXPECT_TRUE(std::filesystem::is_symlink(directory / "link"));
  EXPECT_EQ(content("victim"), "output");
  replace_file(directory / "link", "record");
  EXPECT_FALSE(std::filesystem::is_symlink(directory / "link"));
  EXPECT_EQ(content("link"), "record");
  EXPECT_EQ(content("victim"), "output");
}

// As --output /dev/stdout, whatever stdout is.
TEST_F(AtomicFileTest, AnOutputIsWrittenToAnOpenFileOfThisProcess) {
  const int file = ::open((directory / "file").c_str(), O_WRONLY | O_CREAT, 0644);
  ASSERT_EQ(::write(file, "before ", 7), 7);
  std::filesystem::create_symlink(fmt::format("/proc/self/fd/{}", file), directory / "link");
  for (const std::filesystem::path& name :
       {directory / "link", std::filesystem::path(fmt::format("/dev/fd/{}", file))}) {
    write_output(name, "text ");
    EXPECT_TRUE(std::filesystem::is_symlink(directory / "link"));
  }
  ASSERT_EQ(::write(file, "after", 5), 5);
  ::close(file);
  EXPECT_EQ(content("file"), "before text text after");
}

TEST_F(AtomicFileTest, TheModeOfAnOutputStays) {
  write_output(directory / "private", "old");
  std::filesystem::permissions(directory / "private", std::filesystem::perms::owner_read);
  write_output(directory / "private", "new");
  EXPECT_EQ(std::filesystem::status(directory / "private").permissions(),
            std::filesystem::perms::owner_read);
  replace_file(directory / "private", "record");
  EXPECT_NE(std::filesystem::status(directory / "private").permissions(),
            std::filesystem::perms::owner_read)
      << "a record that someone made unreadable can be read again";
}

TEST_F(AtomicFileTest, UncommittedLeavesNothingBehind) {
  { AtomicFile(directory / "a").write(bytes("text")); }
  EXPECT_EQ(entries(), 0);
}

TEST_F(AtomicFileTest, UncommittedLeavesTheOldFileAlone) {
  replace_file(directory / "a", "old");
  { AtomicFile(directory / "a").write(bytes("new")); }
  EXPECT_EQ(content("a"), "old");
  replace_file(directory / "a", "newer");
  EXPECT_EQ(content("a"), "newer");
  EXPECT_EQ(entries(), 1);
}

TEST_F(AtomicFileTest, AnExceptionDiscardsTheFile) {
  EXPECT_THROW(
      {
        AtomicFile file(directory / "a");
        file.write(bytes("text"));
        throw std::runtime_error("elsewhere");
      },
      std::runtime_error);
  EXPECT_EQ(entries(), 0);
}

TEST_F(AtomicFileTest, FailuresAreIoErrorsThatNameTheFile) {
  try {
    AtomicFile file(directory / "absent" / "a");
    FAIL() << "expected an Error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::io);
    EXPECT_NE(std::string(error.what()).find("absent/a: No such file"), std::string::npos)
        << error.what();
  }
}

TEST_F(AtomicFileTest, AFailedCommitLeavesNothingBehind) {
  fs::create_directory(directory / "a");  // a file cannot replace it
  {
    AtomicFile file(directory / "a");
    file.write(bytes("text"));
    EXPECT_THROW(file.commit(), Error);
  }
  EXPECT_EQ(entries(), 1);
}

}  // namespace
}  // namespace lockstep
