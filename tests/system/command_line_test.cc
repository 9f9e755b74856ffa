// The command line apart from its main paths: words that are not known, pipes, signals,
// launchers, what is left behind by a run that is refused.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <fmt/format.h>

#include "system/program_fixture.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
namespace fs = std::filesystem;

class CommandLine : public ProgramFixture {
 protected:
  // A shell script in the directory, with the program as $lockstep and
  // await FILE TEXT, which waits until the file has the text.
  [[nodiscard]] ProgramResult script(const std::string& text) const {
    return run_program(
        fmt::format("cd {}; lockstep={}\n"
                    "await() {{ while ! grep -qs \"$2\" \"$1\"; do sleep 0.05; done; }}\n{}",
                    directory_.string(), LOCKSTEP_PROGRAM, text));
  }
};

TEST_F(CommandLine, UnknownWordsGetASuggestion) {
  const auto tran = run("tran job.textproto");
  EXPECT_EQ(tran.exit_code, 2);
  EXPECT_THAT(tran.err, HasSubstr("no command \"tran\"; did you mean train?"));
  const auto runs = run("runs list");
  EXPECT_EQ(runs.exit_code, 2);
  EXPECT_THAT(runs.err, HasSubstr("no command \"runs\""));
  const auto option = run("train job.textproto --thread 1");
  EXPECT_EQ(option.exit_code, 2);
  EXPECT_THAT(option.err, HasSubstr("did you mean --threads?"));
  const auto extra = run("train job.textproto first second");
  EXPECT_EQ(extra.exit_code, 2);
  EXPECT_THAT(extra.err, HasSubstr("train does not take first second"));
}

TEST_F(CommandLine, APipeThatNobodyReadsEndsQuietly) {
  ASSERT_EQ(run("train job.textproto --run-dir run --set training.epochs=1").exit_code, 0);
  for (const char* command : {"predict run features", "check job.textproto", "inspect run"}) {
    const auto result = script(
        fmt::format("{{ await closed yes; $lockstep {}; echo \"code $?\" >code; }} | "
                    "{{ exec <&-; echo yes >closed; await code code; }}\ncat code; rm code closed",
                    command));
    EXPECT_EQ(result.out, "code 141\n") << command;
    EXPECT_THAT(result.err, IsEmpty()) << command;
  }
}

TEST_F(CommandLine, AJobMayComeFromAPipeThatIsWrittenTo) {
  const auto silent = script("mkfifo pipe; $lockstep check pipe");
  EXPECT_EQ(silent.exit_code, 66);
  EXPECT_THAT(silent.err, HasSubstr("a pipe that nobody writes to"));
  const auto written = script("cat job.textproto > pipe & $lockstep check pipe; echo \"code $?\"");
  EXPECT_THAT(written.out, HasSubstr("code 0")) << written.err;
}

TEST_F(CommandLine, ARunThatIsRefusedLeavesNoDirectory) {
  const auto bad_data = run("train job.textproto --set network.output.units=2", 2);
  EXPECT_EQ(bad_data.exit_code, 65) << bad_data.err;
  EXPECT_FALSE(fs::exists(directory_ / "runs/tiny-1"));
  EXPECT_EQ(run("recipe job.textproto --set network.output.units=2").exit_code, 65);
  EXPECT_FALSE(fs::exists(directory_ / "runs/tiny-recipe-1"));
  write("sweep.textproto",
        "name: \"s\" job: \"job.textproto\" grid {} parameter { path: \"network.output.units\" "
        "numbers { value: [2] } }");
  EXPECT_EQ(run("sweep sweep.textproto").exit_code, 65);
  EXPECT_FALSE(fs::exists(directory_ / "runs/s-1"));
  // A directory that was named stays, with what went wrong in it.
  EXPECT_EQ(run("train job.textproto --set network.output.units=2 --run-dir named").exit_code, 65);
  EXPECT_TRUE(fs::exists(directory_ / "named/error.rank0.json"));
}

TEST_F(CommandLine, AClosedTerminalIsARequestToStop) {
  const std::string train =
      "$lockstep train job.textproto --set training.epochs=1000000 --set early_stopping=none "
      "--set optimizer.schedule=none --set checkpointing.every_epochs=100000 --threads 1 ";
  const auto stopped = script(train +
                              "--run-dir run >out 2>err & pid=$!\n"
                              "await run/metrics.jsonl step; kill -HUP $pid; wait $pid");
  EXPECT_EQ(stopped.exit_code, 75) << stopped.err << file("err");
  EXPECT_TRUE(fs::exists(directory_ / "run/ckpt/latest"));
}

TEST_F(CommandLine, NohupStaysInForce) {
  const auto result = script(
      "nohup $lockstep train job.textproto --set training.epochs=300 --set early_stopping=none "
      "--threads 1 --run-dir run >out 2>err & pid=$!\n"
      "await run/metrics.jsonl step; kill -HUP $pid; wait $pid");
  EXPECT_EQ(result.exit_code, 0) << result.err << file("err");
}

// The shell of `salloc -n 4`, where nothing was started by Slurm.
TEST_F(CommandLine, SerialCommandsRunInTheShellOfAnAllocation) {
  ASSERT_EQ(run("train job.textproto --run-dir run --set training.epochs=1").exit_code, 0);
  const std::string allocation = "export SLURM_JOB_ID=7 SLURM_NTASKS=4 SLURM_PROCID=0\n";
  for (const char* command : {"check job.textproto", "inspect run", "evaluate run --split train",
                              "predict run features"}) {
    EXPECT_EQ(script(allocation + "$lockstep " + command).exit_code, 0) << command;
  }
}

TEST_F(CommandLine, TasksOfAnotherMpiAreRefused) {
  const auto result = script("PMI_SIZE=2 PMI_RANK=0 $lockstep train job.textproto");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("MPI sees 1 rank, mpiexec started 2"));
}

// What is of an earlier end does not stand beside later checkpoints.
TEST_F(CommandLine, ResultsOfAnEarlierEndGoWhenTheRunGoesOn) {
  ASSERT_EQ(run("train job.textproto --run-dir run --set training.epochs=2 "
                "--set optimizer.schedule=none --set early_stopping=none")
                .exit_code,
            0);
  for (const char* name : {"summary.json", "diagnosis.json", "diagnosis.txt"}) {
    ASSERT_TRUE(fs::exists(directory_ / "run" / name)) << name;
  }
  const auto killed = script(
      "$lockstep train job.textproto --run-dir run --resume auto --threads 1 "
      "--set training.epochs=1000000 --set optimizer.schedule=none --set early_stopping=none "
      "--set checkpointing.every_epochs=100000 >out 2>err & pid=$!\n"
      "await run/metrics.jsonl '\"step\":20,'; kill -KILL $pid; wait $pid");
  EXPECT_EQ(killed.exit_code, 137) << killed.err << file("err");
  for (const char* name : {"summary.json", "diagnosis.json", "diagnosis.txt"}) {
    EXPECT_FALSE(fs::exists(directory_ / "run" / name)) << name;
  }
  const auto diagnosed = run("diagnose run");
  EXPECT_THAT(diagnosed.err, HasSubstr("its run has not come to an end"));
}

}  // namespace
}  // namespace lockstep
