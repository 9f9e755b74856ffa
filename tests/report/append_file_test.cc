#include "report/append_file.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "base/error.h"
#include "report/samples.h"

namespace lockstep {
namespace {

// Files of this process end at `bytes` while this lives, as on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_limit_);
    rlimit limit = old_limit_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_limit_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  void (*old_handler_)(int);
  rlimit old_limit_{};
};

TEST(AppendFile, KeepsWhatIsThereAndShowsEachRecordAtOnce) {
  const auto path = fresh_directory() / "log";
  AppendFile(path).append("one\n");
  AppendFile file(path);
  file.append("two\n");
  EXPECT_EQ(read_text(path), "one\ntwo\n");
  file.append("three\n");
  EXPECT_EQ(read_text(path), "one\ntwo\nthree\n");
}

TEST(AppendFile, FullDiskLeavesWholeRecordsAndLosesNone) {
  const auto path = fresh_directory() / "log";
  AppendFile file(path);
  file.append("one\n");
  {
    const FileSizeLimit full(6);
    EXPECT_THROW(file.append("second\n"), Error);
    EXPECT_EQ(read_text(path), "one\n");
    EXPECT_THROW(file.append("third\n"), Error);
    EXPECT_EQ(read_text(path), "one\n");
  }
  file.append("fourth\n");
  EXPECT_EQ(read_text(path), "one\nsecond\nthird\nfourth\n");
  EXPECT_NO_THROW(file.sync());
}

TEST(AppendFile, WritesAFileAgainThatWasRemovedOrReplaced) {
  const auto path = fresh_directory() / "log";
  std::vector<std::string> warnings;
  AppendFile file(path, [&](const std::string& text) { warnings.push_back(text); });
  file.append("one\n");
  std::filesystem::remove(path);
  file.append("two\n");
  EXPECT_EQ(read_text(path), "one\ntwo\n");
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings[0].find(path.string() + " was removed, replaced or changed"),
            std::string::npos);
  const auto other = path.parent_path() / "other";
  std::ofstream(other) << "another file";
  std::filesystem::rename(other, path);
  file.append("three\n");
  EXPECT_EQ(read_text(path), "one\ntwo\nthree\n");
  std::filesystem::remove_all(path.parent_path());
  file.append("four\n");
  EXPECT_EQ(read_text(path), "one\ntwo\nthree\nfour\n");
  EXPECT_EQ(warnings.size(), 3U);
}

// To open one of these could wait for ever, or lose what is written.
TEST(AppendFile, TakesThePlaceOfWhatIsNoFile) {
  const auto path = fresh_directory() / "log";
  std::vector<std::string> warnings;
  AppendFile file(path, [&](const std::string& text) { warnings.push_back(text); });
  std::string expected;
  const auto append_instead_of = [&](const std::function<void()>& make) {
    std::filesystem::remove(path);
    make();
    file.append("line\n");
    expected += "line\n";
    EXPECT_TRUE(std::filesystem::is_regular_file(std::filesystem::symlink_status(path)));
    EXPECT_EQ(read_text(path), expected);
  };
  append_instead_of([&] { ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0); });
  append_instead_of([&] { std::filesystem::create_symlink("log", path); });
  append_instead_of([&] { std::filesystem::create_symlink("/dev/null", path); });
  EXPECT_EQ(warnings.size(), 3U);
}

TEST(AppendFile, RemovesWhatAnotherProgramAppends) {
  const auto path = fresh_directory() / "log";
  std::vector<std::string> warnings;
  AppendFile file(path, [&](const std::string& text) { warnings.push_back(text); });
  file.append("one\n");
  std::ofstream(path, std::ios::app) << "mine";
  file.append("two\n");
  EXPECT_EQ(read_text(path), "one\ntwo\n");
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings[0].find("4 bytes that another program appended"), std::string::npos);
}

TEST(AppendFile, SaysWhenItWasCutAndBeginsALine) {
  const auto path = fresh_directory() / "log";
  std::vector<std::string> warnings;
  AppendFile file(path, [&](const std::string& text) { warnings.push_back(text); });
  file.append("one\ntwo\n");
  std::filesystem::resize_file(path, 5);
  file.append("three\n");
  EXPECT_EQ(read_text(path), "one\nt\nthree\n");
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings[0].find("3 of its 8 bytes are lost"), std::string::npos) << warnings[0];
  file.append("four\n");
  EXPECT_EQ(warnings.size(), 1U);
}

TEST(AppendFile, SaysWhichFileItCannotOpen) {
  const auto path = fresh_directory() / "absent" / "log";
  try {
    const AppendFile file(path);
    FAIL() << "opened a file in a directory that does not exist";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::io);
    EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace lockstep
