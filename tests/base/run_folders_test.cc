#include "base/run_folders.h"

#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class RunFolders : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::path(testing::TempDir()) / fmt::format("lockstep-folders-{}", ::getpid());
    fs::create_directories(directory_);
  }
  void TearDown() override { fs::remove_all(directory_); }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const RunFolder& folder : folders_of_run(directory_)) {
      names.push_back(folder.path.lexically_relative(directory_).string());
    }
    return names;
  }
  fs::path directory_;
};

TEST_F(RunFolders, AreThoseOfTheRunAndOfItsTrialsAlone) {
  EXPECT_THAT(names(), ElementsAre("."));
  for (const char* name :
       {"ckpt", "tb", "trials/0003/ckpt", "trials/0003/mine", "trials/notes/ckpt", "run-02/tb",
        "run-mine/ckpt", "other/ckpt", "ckpt/trials/0001"}) {
    fs::create_directories(directory_ / name);
  }
  EXPECT_THAT(names(), ElementsAre(".", "ckpt", "tb", "trials/0003", "trials/0003/ckpt", "run-02",
                                   "run-02/tb"));
}

TEST_F(RunFolders, FilesAreOursByNameAndFolder) {
  for (const char* name : {"lock", "metrics.jsonl", "error.rank12.json", "trial.json",
                           "job.until-step-00000120.textproto", "recipe.json"}) {
    EXPECT_TRUE(is_run_file(name, FolderContent::results)) << name;
    EXPECT_FALSE(is_run_file(name, FolderContent::checkpoints)) << name;
  }
  for (const char* name :
       {"latest", "error.rank.json", "error.rank1x.json", "step-00000001.ckpt", ""}) {
    EXPECT_FALSE(is_run_file(name, FolderContent::results)) << name;
  }
  for (const char* name : {"latest", "best", "step-00000120.ckpt"}) {
    EXPECT_TRUE(is_run_file(name, FolderContent::checkpoints)) << name;
  }
  EXPECT_TRUE(is_run_file("events.out.tfevents.1.host.2.3", FolderContent::tensorboard));
}

TEST_F(RunFolders, WhatIsNoFileInItsPlaceIsRefused) {
  const auto refusal = [&]() -> std::string {
    try {
      require_run_files(directory_);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::missing_input);
      return error.what();
    }
    return "";
  };
  fs::create_directories(directory_ / "ckpt");
  fs::create_directories(directory_ / "metrics");
  ASSERT_EQ(::mkfifo((directory_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(refusal(), "") << "other things may be there";
  ASSERT_EQ(::mkfifo((directory_ / "ckpt/best").c_str(), 0600), 0);
  EXPECT_THAT(refusal(), HasSubstr("ckpt/best: expected a file, found a pipe"));
  fs::remove(directory_ / "ckpt/best");
  fs::create_symlink("summary.json", directory_ / "summary.json");
  EXPECT_THAT(refusal(), HasSubstr("summary.json: Too many levels of symbolic links"));
}

}  // namespace
}  // namespace lockstep
