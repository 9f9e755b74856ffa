#include "report/kept_file.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "report/samples.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

class KeptFileTest : public testing::Test {
 protected:
  void expect_restored() {
    file_.restore();
    EXPECT_TRUE(fs::is_regular_file(fs::symlink_status(path_)));
    EXPECT_EQ(read_text(path_), "content");
    ASSERT_EQ(warnings_.size(), 1U);
    EXPECT_THAT(warnings_[0], testing::HasSubstr("was removed, replaced or changed"));
    warnings_.clear();
    file_.restore();
    EXPECT_THAT(warnings_, testing::IsEmpty());
  }
  fs::path path_ = fresh_directory() / "job";
  std::vector<std::string> warnings_;
  KeptFile file_{path_, "content", [this](const std::string& text) { warnings_.push_back(text); }};
};

TEST_F(KeptFileTest, IsRestoredWhateverIsThereInstead) {
  EXPECT_EQ(read_text(path_), "content");
  fs::remove(path_);
  expect_restored();
  std::ofstream(path_) << "another";
  expect_restored();
  fs::resize_file(path_, 3);
  expect_restored();
  fs::remove(path_);
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  expect_restored();
  fs::remove(path_);
  fs::create_symlink("job", path_);
  expect_restored();
  fs::remove(path_);
  fs::create_symlink("/dev/null", path_);
  expect_restored();
  fs::remove_all(path_.parent_path());
  expect_restored();
}

TEST_F(KeptFileTest, ADirectoryInItsPlaceIsAnError) {
  fs::remove(path_);
  fs::create_directory(path_);
  EXPECT_THROW(file_.restore(), Error);
}

}  // namespace
}  // namespace lockstep
