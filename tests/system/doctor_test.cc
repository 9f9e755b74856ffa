// lockstep doctor, as a user runs it on one machine.

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;
namespace fs = std::filesystem;

class Doctor : public ProgramFixture {};

TEST_F(Doctor, ExaminesAnyNumberOfRanksAndLeavesNothing) {
  for (const int ranks : {1, 2, 4}) {
    const ProgramResult result = run("doctor --threads 1", ranks);
    EXPECT_EQ(result.exit_code, 0) << result.err << result.out;
    EXPECT_THAT(result.out, HasSubstr(fmt::format("{} rank", ranks)));
    EXPECT_THAT(result.out, HasSubstr("right matrix products"));
  }
  EXPECT_FALSE(fs::exists(directory_ / "runs"));
  for (const fs::directory_entry& entry : fs::directory_iterator(directory_)) {
    EXPECT_FALSE(entry.path().filename().string().starts_with(".lockstep")) << entry.path();
  }
}

TEST_F(Doctor, AnEmptyNameForJsonIsRefused) {
  const ProgramResult result = run("doctor --json ''");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("expected the name of a file, or - for stdout"));
}

TEST_F(Doctor, WritesJsonBesideTheTextOrInsteadOfIt) {
  const ProgramResult beside = run("doctor job.textproto --json place.json", 2);
  ASSERT_EQ(beside.exit_code, 0) << beside.err << beside.out;
  EXPECT_THAT(beside.out, HasSubstr("2 ranks on 1 host"));
  const json written = json::parse(file("place.json"));
  EXPECT_EQ(written["ranks"].size(), 2U);
  EXPECT_EQ(written["job"]["name"], "tiny");
  EXPECT_EQ(written["launcher"], "mpirun");

  const ProgramResult instead = run("doctor --json -");
  ASSERT_EQ(instead.exit_code, 0) << instead.err << instead.out;
  const json printed = json::parse(instead.out);
  EXPECT_EQ(printed["version"], 1);
  EXPECT_TRUE(printed["launcher"].is_null());
}

TEST_F(Doctor, EndsWithTwoWhereAJobWouldBeRefused) {
  const ProgramResult workers = run("doctor job.textproto --set training.shards=1", 2);
  EXPECT_EQ(workers.exit_code, 2) << workers.err;
  EXPECT_THAT(workers.out, HasSubstr("REFUSED  There are 2 ranks, but training.shards"));

  write("taken", "a file");
  const ProgramResult directory = run("doctor --run-dir taken");
  EXPECT_EQ(directory.exit_code, 2);
  EXPECT_THAT(directory.out, HasSubstr("REFUSED  The run directory cannot be written"));
  EXPECT_THAT(directory.out, HasSubstr("taken is not a folder"));
}

TEST_F(Doctor, AWrongJobEndsAsInTraining) {
  const ProgramResult result = run("doctor job.textproto --set training.shards=none");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("training.shards"));
  EXPECT_EQ(run("doctor absent.textproto", 2).exit_code, 66);
}

}  // namespace
}  // namespace lockstep
