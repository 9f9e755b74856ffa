// launch/local --keep-going: a run that loses a rank continues by itself, with the same bits.

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "system/launch_fixture.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

using KeepGoing = LaunchFixture;

// The rank with this fault exists only in the first attempt.
TEST_F(KeepGoing, AKilledRankCostsNoBits) {
  ASSERT_EQ(run("train job.textproto --run-dir whole").exit_code, 0);
  const auto result = local("--keep-going -n 3 job.textproto --run-dir run", "2 12 kill");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("attempt 2 of at most 10: 2 x 1 (ranks x threads)"));
  EXPECT_THAT(result.err, HasSubstr("resuming run/ckpt/"));
  EXPECT_EQ(digest("run"), digest("whole"));
  EXPECT_EQ(state("run"), "finished");
  EXPECT_TRUE(leaves_nothing());
}

TEST_F(KeepGoing, AStoppedRankCostsNoBits) {
  ASSERT_EQ(run("train job.textproto --run-dir whole").exit_code, 0);
  const auto result = local("--keep-going -n 3 job.textproto", "2 12 stop");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("a rank was lost (exit code 76)"));
  EXPECT_EQ(digest("runs/job-1"), digest("whole"));
  EXPECT_TRUE(leaves_nothing());
}

// Rank 0 of every attempt dies at the same step.
TEST_F(KeepGoing, ARunThatGainsNothingEnds) {
  const auto result = local("--keep-going -n 2 job.textproto --run-dir run", "0 12 kill");
  EXPECT_EQ(result.exit_code, 137) << result.err;
  EXPECT_THAT(result.err, HasSubstr("two attempts in a row gained no step"));
  EXPECT_THAT(result.err, Not(HasSubstr("attempt 4")));
  EXPECT_EQ(state("run"), "running") << "rank 0 could not say that it was killed";
}

TEST_F(KeepGoing, TheNumberOfAttemptsHasALimit) {
  const auto result =
      local("--keep-going --attempts 1 -n 2 job.textproto --run-dir run", "1 12 kill");
  EXPECT_EQ(result.exit_code, 137) << result.err;
  EXPECT_THAT(result.err, HasSubstr("this was attempt 1 of at most 1"));
}

TEST_F(KeepGoing, AWrongJobIsNotRepeated) {
  write("wrong.textproto", "name: 1");
  const auto wrong = local("--keep-going -n 2 wrong.textproto");
  EXPECT_EQ(wrong.exit_code, 2) << wrong.err;
  EXPECT_FALSE(fs::exists(directory_ / "runs/wrong-1"));
  const auto diverging =
      local("--keep-going -n 2 job.textproto --set optimizer.adam.learning_rate=1e6");
  EXPECT_EQ(diverging.exit_code, 77) << diverging.err;
  EXPECT_EQ(state("runs/job-1"), "failed");
  const auto absent = local("--keep-going -n 2 job.textproto --set data.train.idx.features=absent");
  EXPECT_EQ(absent.exit_code, 66) << absent.err;
  for (const auto& result : {wrong, diverging, absent}) {
    EXPECT_THAT(result.err, HasSubstr("another attempt would fail in the same way"));
    EXPECT_THAT(result.err, Not(HasSubstr("attempt 2")));
  }
}

TEST_F(KeepGoing, AnInterruptedRunIsSavedAndNotRepeated) {
  const auto result = run_program(fmt::format(
      "cd {} && project/launch/local --keep-going -n 2 job.textproto --run-dir run --set "
      "training.epochs=1000000 --set early_stopping=none >/dev/null & script=$!\n"
      "cd {} && while ! grep -qs step run/metrics.jsonl; do sleep 0.05; done\n"
      "kill -TERM $script; wait $script; exit $?",
      directory_.string(), directory_.string()));
  EXPECT_EQ(result.exit_code, 75) << result.err;
  EXPECT_EQ(read_json("run/summary.json")["stop_reason"], "interrupted");
  EXPECT_EQ(state("run"), "interrupted");
  EXPECT_THAT(result.err, Not(HasSubstr("attempt 2")));
  EXPECT_TRUE(leaves_nothing());
}

// The pause between the attempts lasts until the signal comes.
TEST_F(KeepGoing, ASignalBetweenTwoAttemptsIsNotLost) {
  write("sleep", fmt::format("#!/bin/sh\n! grep -q 'continues in' {}/err || set -- 3600\n"
                             "exec /bin/sleep \"$@\"\n",
                             directory_.string()));
  fs::permissions(directory_ / "sleep", fs::perms::owner_all);
  const auto result = run_program(fmt::format(
      "cd {} && PATH=$PWD:$PATH LOCKSTEP_FAULT='0 12 kill' project/launch/local --keep-going -n 2 "
      "job.textproto --run-dir run 2>err & script=$!\n"
      "cd {} && while ! grep -qs 'continues in' err; do /bin/sleep 0.05; done\n"
      "kill -TERM $script; wait $script; exit $?",
      directory_.string(), directory_.string()));
  EXPECT_EQ(result.exit_code, 75);
  EXPECT_THAT(file("err"), Not(HasSubstr("attempt 2")));
  EXPECT_TRUE(leaves_nothing());
}

TEST_F(KeepGoing, RanksEndWithAScriptThatIsKilled) {
  run_program(fmt::format(
      "cd {} && project/launch/local --keep-going -n 2 job.textproto --run-dir run --set "
      "training.epochs=1000000 --set early_stopping=none >/dev/null 2>&1 & script=$!\n"
      "cd {} && while ! grep -qs step run/metrics.jsonl; do sleep 0.05; done\n"
      "kill -KILL $script",
      directory_.string(), directory_.string()));
  EXPECT_TRUE(leaves_nothing());
}

// With one rank less, a sweep has one group less.
TEST_F(KeepGoing, ASweepContinuesWithFewerGroups) {
  write("sweep.textproto",
        "name: 'sweep' job: 'job.textproto' grid {} metric: DEV_ERROR none {} parameter { name: "
        "'lambda' path: 'regularization.l2_lambda' numbers { value: [0, 1] } }");
  ASSERT_EQ(run("sweep sweep.textproto --run-dir whole").exit_code, 0);
  const auto result =
      local("--keep-going -n 2 sweep sweep.textproto --groups 2 --run-dir run", "1 7 kill");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("attempt 2 of at most 10: 1 x 1"));
  EXPECT_EQ(file("run/sweep.csv"), file("whole/sweep.csv"));
  EXPECT_EQ(state("run"), "finished");
}

TEST_F(KeepGoing, BehindTheJobItIsRefused) {
  for (const char* arguments :
       {"job.textproto --keep-going", "-n 2 train job.textproto --attempts=3",
        "--keep-going job.textproto --attempts 3"}) {
    const auto result = local(arguments);
    EXPECT_EQ(result.exit_code, 2) << arguments;
    EXPECT_THAT(result.err, HasSubstr("goes before the job or the subcommand: launch/local "));
  }
  const auto program = run("train job.textproto --keep-going");
  EXPECT_EQ(program.exit_code, 2);
  EXPECT_THAT(program.err, HasSubstr("it is an option of launch/local and launch/hosts"));
  EXPECT_FALSE(fs::exists(directory_ / "runs"));
}

TEST_F(KeepGoing, OptionsThatDoNotFitAreRefused) {
  for (const char* arguments :
       {"--keep-going evaluate run", "--attempts 3 job.textproto", "--keep-going --attempts 0 job",
        "--keep-going --attempts", "--keep-going job.textproto --resume auto",
        "--keep-going absent.textproto"}) {
    const auto result = local(arguments);
    EXPECT_EQ(result.exit_code, 2) << arguments << ": " << result.err;
  }
  EXPECT_FALSE(fs::exists(directory_ / "runs"));
}

}  // namespace
}  // namespace lockstep
