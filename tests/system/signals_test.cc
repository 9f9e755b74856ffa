// Signals to launch/local and to commands that have nothing to save, and an mpirun that hangs.

#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "support/tiny_job.h"
#include "system/launch_fixture.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class Signals : public LaunchFixture {
 protected:
  // A shell script in the directory, with long_run ARGUMENT..., which starts launch/local on a
  // training without end as $script, and await FILE TEXT, which waits until the file has the text.
  // A shell makes SIGINT ignored in what it starts in the background, and a terminal does not.
  [[nodiscard]] ProgramResult script(const std::string& text) const {
    return run_program(fmt::format(
        "cd {}\n"
        "await() {{ while ! grep -qs \"$2\" \"$1\"; do sleep 0.05; done; }}\n"
        "long_run() {{ env --default-signal=INT project/launch/local -n 2 job.textproto --run-dir "
        "run --set training.epochs=1000000 --set early_stopping=none & script=$!; }}\n"
        "{}",
        directory_.string(), text));
  }
};

TEST_F(Signals, EachLetsTheRanksOfLocalSave) {
  for (const char* signal : {"TERM", "INT", "HUP", "USR1", "USR2", "XCPU"}) {
    const auto result =
        script(fmt::format("rm -rf run; long_run; await run/metrics.jsonl step\n"
                           "kill -{} $script; wait $script; exit $?",
                           signal));
    EXPECT_EQ(result.exit_code, 75) << signal << ": " << result.err;
    EXPECT_THAT(result.err, HasSubstr("local: the ranks are asked to save and end"));
    EXPECT_THAT(result.out, HasSubstr("project/launch/local -n 2 -t 1 train run/job.textproto "
                                      "--run-dir run --resume auto"));
    EXPECT_EQ(read_json("run/summary.json")["stop_reason"], "interrupted") << signal;
    EXPECT_TRUE(fs::exists(directory_ / "run/ckpt/latest")) << signal;
    EXPECT_TRUE(leaves_nothing()) << signal;
  }
}

// To the program itself; SIGUSR2 and SIGXCPU would end it without a handler.
TEST_F(Signals, EachLetsAProgramWithoutALauncherSave) {
  for (const char* signal : {"TERM", "USR2", "XCPU"}) {
    const auto result = script(fmt::format(
        "rm -rf run; {} train job.textproto --run-dir run --set training.epochs=1000000 --set "
        "early_stopping=none >/dev/null & program=$!\n"
        "await run/metrics.jsonl step; kill -{} $program; wait $program; exit $?",
        LOCKSTEP_PROGRAM, signal));
    EXPECT_EQ(result.exit_code, 75) << signal << ": " << result.err;
    EXPECT_TRUE(fs::exists(directory_ / "run/ckpt/latest")) << signal;
  }
}

// mpirun kills ranks one second after it has got SIGTERM.
TEST_F(Signals, RanksThatNeedLongerThanMpirunAllowsAreWaitedFor) {
  const auto result = script(
      "LOCKSTEP_FAULT='0 0 slow_end'; export LOCKSTEP_FAULT; long_run\n"
      "await run/metrics.jsonl step; kill -TERM $script; wait $script; exit $?");
  EXPECT_EQ(result.exit_code, 75) << result.err;
  EXPECT_EQ(state("run"), "interrupted");
  EXPECT_TRUE(leaves_nothing());
}

TEST_F(Signals, ASecondOneDoesNotWait) {
  const auto result = script(
      "LOCKSTEP_FAULT='0 7 hang'; export LOCKSTEP_FAULT; long_run 2>err\n"
      "await run/metrics.jsonl step; kill -INT $script; await err 'asked to save'\n"
      "kill -INT $script; wait $script; exit $?");
  EXPECT_EQ(result.exit_code, 130) << file("err");
  EXPECT_TRUE(leaves_nothing());
}

// mpirun is replaced by a program that waits for ever with no process below it, as Open MPI 4.1.4
// sometimes does when a rank dies just after its start.
TEST_F(Signals, AnMpirunThatHangsIsEnded) {
  write("mpirun", "#!/bin/sh\nexec sleep 3600\n");
  fs::permissions(directory_ / "mpirun", fs::perms::owner_all);
  const auto result =
      script("PATH=$PWD:$PATH LOCKSTEP_MPIRUN_LIMIT=1 project/launch/local -n 2 evaluate run");
  EXPECT_EQ(result.exit_code, 76) << result.err;
  EXPECT_THAT(result.err, HasSubstr("mpirun has had no process below it for 1 s"));
  EXPECT_THAT(result.err, HasSubstr("start again"));
  EXPECT_TRUE(leaves_nothing());
  EXPECT_EQ(script("LOCKSTEP_MPIRUN_LIMIT=soon project/launch/local evaluate run").exit_code, 2);
}

// A reader that takes the first bytes only holds predict in the middle of its table.
TEST_F(Signals, PredictEndsSoon) {
  ASSERT_EQ(run("train job.textproto --run-dir run").exit_code, 0);
  fs::create_directory(directory_ / "large");
  write_tiny_data(directory_ / "large", 20000);
  for (const char* launched : {"", "-n 2"}) {
    const std::string start =
        *launched == 0 ? LOCKSTEP_PROGRAM : fmt::format("project/launch/local {}", launched);
    const auto result = script(fmt::format(
        "rm -f pipe began done; mkfifo pipe\n"
        "{{ head -c 10; echo yes >began; await done yes; }} <pipe >/dev/null & reader=$!\n"
        "{} predict run large/features --output pipe & program=$!\n"
        "await began yes; kill -TERM $program; wait $program; code=$?\n"
        "echo yes >done; wait $reader; exit $code",
        start));
    EXPECT_EQ(result.exit_code, 75) << launched << result.err;
    EXPECT_THAT(result.err, HasSubstr("a signal asked for an end; the result is incomplete"));
    EXPECT_TRUE(leaves_nothing()) << launched;
  }
}

}  // namespace
}  // namespace lockstep
