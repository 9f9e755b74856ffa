// A job that Slurm starts again on a node that does not have its run.

#include "rundir/restart.h"

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <stdlib.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "support/given_environment.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

const Environment kRestarted = with({{"SLURM_RESTART_COUNT", "2"}});

class Restart : public testing::Test {
 protected:
  Restart() {
    std::string pattern = testing::TempDir() + "/lockstep-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    run_ = pattern;
  }
  ~Restart() override {
    std::error_code ignored;
    fs::remove_all(run_, ignored);
  }

  // The message with which the start is refused; empty if it is not.
  [[nodiscard]] std::string refusal(const fs::path& directory, Resume resume = Resume::automatic,
                                    const Environment& environment = kRestarted) const {
    try {
      EXPECT_EQ(check_restart(environment, directory, resume, "node7"), std::nullopt);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::missing_input);
      return error.what();
    }
    return "";
  }

  fs::path run_;
};

TEST_F(Restart, IsRefusedWhereNothingOfTheRunIs) {
  for (const fs::path& directory : {run_, run_ / "absent"}) {
    EXPECT_THAT(refusal(directory),
                HasSubstr("Slurm has started this job before (restart 2), but " +
                          directory.string() + " on node7"));
  }
}

TEST_F(Restart, FindsTheTraceOfAnEarlierStart) {
  for (const char* trace : {"lock", "attempts", "ckpt"}) {
    const fs::path directory = run_ / trace;
    fs::create_directory(directory);
    std::ofstream(directory / trace) << "";
    EXPECT_EQ(refusal(directory), "") << trace;
  }
}

TEST_F(Restart, IsNoMatterForAFirstStartAndForOtherModes) {
  EXPECT_EQ(refusal(run_, Resume::automatic, with({})), "");
  EXPECT_EQ(refusal(run_, Resume::automatic, with({{"SLURM_RESTART_COUNT", "0"}})), "");
  EXPECT_EQ(refusal(run_, Resume::never), "");
  EXPECT_EQ(refusal(run_, Resume::must), "");
}

TEST_F(Restart, MayBeginAnewWhenItIsTold) {
  const auto environment = with({{"SLURM_RESTART_COUNT", "1"}, {"LOCKSTEP_START_AFRESH", "yes"}});
  const auto warning = check_restart(environment, run_, Resume::automatic, "node7");
  EXPECT_THAT(warning.value_or(""),
              HasSubstr("it starts afresh, because LOCKSTEP_START_AFRESH is yes"));
}

}  // namespace
}  // namespace lockstep
