#include "report/append_file.h"

#include <csignal>
#include <string>

#include <sys/resource.h>

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
