// Which file is meant by what a person names.

#include "checkpoint/find.h"

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <stdlib.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class CheckpointPath : public testing::Test {
 protected:
  CheckpointPath() {
    std::string pattern = testing::TempDir() + "/lockstep-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    run_ = pattern;
    fs::create_directory(run_ / "ckpt");
    for (const char* step : {"step-1.ckpt", "step-2.ckpt"}) write(std::string("ckpt/") + step, "");
  }
  ~CheckpointPath() override {
    std::error_code ignored;
    fs::remove_all(run_, ignored);
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(run_ / name) << text;
  }
  // Relative to the run's directory.
  [[nodiscard]] std::string found(const std::string& named = "") const {
    return fs::relative(find_checkpoint(run_ / named), run_).string();
  }

  fs::path run_;
};

TEST_F(CheckpointPath, OfARunIsThatOfItsSummaryThenTheBestThenTheLatest) {
  write("ckpt/latest", "step-2.ckpt\n");
  EXPECT_EQ(found(), "ckpt/step-2.ckpt");
  write("ckpt/best", "step-1.ckpt\n");
  EXPECT_EQ(found(), "ckpt/step-1.ckpt");
  EXPECT_EQ(found("ckpt"), "ckpt/step-1.ckpt");
  write("summary.json", R"({"stop_reason": "epochs", "checkpoint": "ckpt/latest"})");
  EXPECT_EQ(found(), "ckpt/step-2.ckpt");
  EXPECT_EQ(found("ckpt/best"), "ckpt/step-1.ckpt");
  EXPECT_EQ(found("ckpt/step-1.ckpt"), "ckpt/step-1.ckpt");
}

TEST_F(CheckpointPath, WhatIsNoneIsMissingInput) {
  const auto message = [&](const std::string& named) {
    try {
      find_checkpoint(run_ / named);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::missing_input);
      return std::string(error.what());
    }
    return std::string("found");
  };
  EXPECT_THAT(message(""), HasSubstr("no checkpoint in"));
  write("ckpt/best", "step-3.ckpt\n");
  EXPECT_THAT(message("ckpt/best"), HasSubstr("best does not name a checkpoint beside it"));
  write("ckpt/best", "");
  EXPECT_THAT(message("ckpt/best"), HasSubstr("best does not name a checkpoint beside it"));
}

}  // namespace
}  // namespace lockstep
