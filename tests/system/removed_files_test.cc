// What someone removes from the directory of a running run, or puts there.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

#include <fmt/format.h>

#include "base/run_folders.h"
#include "system/program_fixture.h"

namespace lockstep {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class RemovedFiles : public ProgramFixture {
 protected:
  // A shell script in the directory with functions: start LOG ARGUMENTS... begins a run in the
  // background as $pid, and await FILE TEXT waits until the file has the text.
  [[nodiscard]] ProgramResult script(const std::string& text) const {
    return run_program(
        fmt::format("cd {}; lockstep={}; await() {{ while ! grep -qs -- \"$2\" \"$1\"; do sleep "
                    "0.05; done; }}\n"
                    "start() {{ log=$1; shift; $lockstep train job.textproto --run-dir run "
                    "--threads 1 --no-color "
                    "--set training.epochs=1000000 --set early_stopping=none "
                    "\"$@\" > \"$log.out\" 2> \"$log\" & pid=$!; }}\n"
                    "{}",
                    directory_.string(), LOCKSTEP_PROGRAM, text));
  }
};

TEST_F(RemovedFiles, AreWrittenAgainWithAWarning) {
  const auto result = script(
      "start log; await run/metrics.jsonl '\"step\":10,'; await run/lock job\n"
      "cp run/job.textproto job.before; cp run/environment.json environment.before\n"
      "head -n 2 run/metrics.jsonl > metrics.before\n"
      "rm run/metrics.jsonl run/job.textproto run/environment.json run/lock\n"
      "for name in metrics.jsonl job.textproto environment.json lock; do\n"
      "  await log \"$name was removed\"; await run/$name .; done\n"
      "kill -TERM $pid; wait $pid; echo code $?\n"
      "head -n 2 run/metrics.jsonl | cmp - metrics.before && cmp run/job.textproto job.before &&\n"
      "  cmp run/environment.json environment.before && echo restored\n");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "code 75\nrestored\n") << result.err << file("log");
}

// To open a pipe could wait for ever, and what is written behind a link to /dev/null is lost.
TEST_F(RemovedFiles, WhatIsPutInTheirPlaceIsReplaced) {
  const auto result = script(
      "start log; await run/ckpt/best step; await run/metrics.jsonl '\"step\":10,'\n"
      "cp run/job.textproto job.before\n"
      "replace() { mv -T \"$1\" run/$2; }\n"
      "mkfifo a b c d; ln -s metrics.jsonl e; ln -s /dev/null f; echo mine > g\n"
      "replace a ckpt/best; replace b ckpt/latest; replace c job.textproto; replace d lock\n"
      "replace e metrics.jsonl; replace f environment.json\n"
      "for name in lock metrics.jsonl job.textproto environment.json; do\n"
      "  await log \"$name was removed\"; done\n"
      "await run/ckpt/latest step; await run/ckpt/best step\n"
      "replace g job.textproto; while ! cmp -s run/job.textproto job.before; do sleep 0.05; done\n"
      "kill -TERM $pid; wait $pid; echo code $?\n"
      "find run -type p -o -type l; head -n 1 run/metrics.jsonl | cut -c1-9\n");
  EXPECT_EQ(result.out, "code 75\n{\"step\":5\n") << result.err << file("log");
}

TEST_F(RemovedFiles, WhatCannotBeRestoredDoesNotEndTheRun) {
  const auto result = script(
      "start log; await run/metrics.jsonl '\"step\":10,'; kill -STOP $pid\n"
      "rm run/lock; mkdir run/lock; touch run/lock/mine; kill -CONT $pid\n"
      "await log 'cannot open run/lock: Is a directory'\n"
      "kill -TERM $pid; wait $pid; echo code $?; grep -c 'Is a directory' log; ls run/lock\n");
  EXPECT_EQ(result.out, "code 75\n1\nmine\n") << result.err << file("log");
}

TEST_F(RemovedFiles, CheckpointsThatAreGoneAreSaid) {
  const auto result = script(
      "start log --set checkpointing.every_epochs=100000; await run/metrics.jsonl '\"step\":10,'\n"
      "kill -TERM $pid; wait $pid; echo code $?; rm -f run/state.json\n"
      "start log --resume auto --set checkpointing.every_epochs=100000; await run/state.json run\n"
      "await log resuming; kill -STOP $pid; rm -r run/ckpt; kill -CONT $pid\n"
      "await log 'the newest state of the run, was removed'\n"
      "kill -TERM $pid; wait $pid; echo code $?; ls run/ckpt | grep -q step- && echo saved\n");
  // The last state, and perhaps a best one.
  EXPECT_EQ(result.out, "code 75\ncode 75\nsaved\n") << result.err << file("log");
}

TEST_F(RemovedFiles, OthersFilesStayWhereTheyAre) {
  std::filesystem::create_directories(directory_ / "run-x/ckpt");
  write("run-x/ckpt/step-00000001.ckpt.tmp-999999999", "someone's");
  write("report.docx.tmp-999999999", "someone's");
  write("state.json.tmp-999999999", "a killed session's");
  ASSERT_EQ(run("train job.textproto --run-dir . --set training.epochs=1").exit_code, 0);
  EXPECT_EQ(file("run-x/ckpt/step-00000001.ckpt.tmp-999999999"), "someone's");
  EXPECT_EQ(file("report.docx.tmp-999999999"), "someone's");
  EXPECT_FALSE(std::filesystem::exists(directory_ / "state.json.tmp-999999999"));
}

// base/run_folders.h knows every file that is written.
TEST_F(RemovedFiles, AllFilesOfRunsAreKnown) {
  write("sweep.textproto",
        "name: 'tiny' job: 'job.textproto' set: ['training.epochs=1'] grid {} "
        "parameter { path: 'seed' numbers { value: [1, 2] } }");
  const std::string monitored = " --set training.epochs=1 --set 'monitor={}'";
  ASSERT_EQ(run("train job.textproto --run-dir one" + monitored).exit_code, 0);
  ASSERT_EQ(run("sweep sweep.textproto --run-dir many").exit_code, 0);
  ASSERT_EQ(run("sweep sweep.textproto --run-dir part --part 1/2").exit_code, 0);
  ASSERT_EQ(run("recipe job.textproto --run-dir recipe --runs 2" + monitored).exit_code, 0);
  for (const char* directory : {"one", "many", "part", "recipe"}) {
    std::set<std::filesystem::path> known;
    for (const RunFolder& folder : folders_of_run(directory_ / directory)) {
      for (const auto& entry : std::filesystem::directory_iterator(folder.path)) {
        if (is_run_file(entry.path().filename().string(), folder.content))
          known.insert(entry.path());
      }
    }
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(directory_ / directory)) {
      EXPECT_TRUE(entry.is_directory() || known.contains(entry.path())) << entry.path();
    }
  }
}

TEST_F(RemovedFiles, ASweepKeepsItsLockAndItsFile) {
  write("sweep.textproto",
        "name: 'tiny' job: 'job.textproto' grid {} "
        "set: ['training.epochs=60', 'early_stopping=none'] "
        "parameter { path: 'seed' numbers { value: [1, 2, 3] } }");
  const auto result = script(
      "$lockstep sweep sweep.textproto --run-dir sweep --threads 1 > out 2> log & pid=$!\n"
      "await sweep/trials/0001/metrics.jsonl step; kill -STOP $pid\n"
      "cp sweep/sweep.textproto before; rm -r sweep/lock sweep/sweep.textproto sweep/trials/0000\n"
      "kill -CONT $pid; wait $pid; echo code $?; cmp before sweep/sweep.textproto && echo same\n"
      "ls sweep/lock\n");
  EXPECT_EQ(result.out, "code 0\nsame\nsweep/lock\n") << result.err << file("log");
  EXPECT_THAT(file("log"), AllOf(HasSubstr("sweep/lock was removed"),
                                 HasSubstr("sweep/sweep.textproto was removed"),
                                 HasSubstr("sweep/trials/0000/trial.json, the record of an ended "
                                           "trial, was removed")));
}

TEST_F(RemovedFiles, ADirectoryThatIsGoneIsMadeAgain) {
  const auto result = script(
      "start log; await run/metrics.jsonl '\"step\":10,'\n"
      "mv run elsewhere\n"
      "await log 'metrics.jsonl was removed'; await log 'job.textproto was removed'\n"
      "kill -TERM $pid; wait $pid; echo code $?; head -n 1 run/metrics.jsonl | cut -c1-9\n");
  EXPECT_EQ(result.out, "code 75\n{\"step\":5\n") << result.err << file("log");
}

TEST_F(RemovedFiles, ACutRecordIsSaidAndTheNextOnesAreWhole) {
  const auto result = script(
      "start log; await run/metrics.jsonl '\"step\":10,'; kill -STOP $pid\n"
      "truncate -s 100 run/metrics.jsonl; kill -CONT $pid; await log 'metrics.jsonl was cut'\n"
      "lines=$(wc -l < run/metrics.jsonl); while (($(wc -l < run/metrics.jsonl) < lines + 2)); do "
      "sleep 0.05; done\n"
      "kill -TERM $pid; wait $pid; echo code $?; sed 1d run/metrics.jsonl | cut -c1-8 | sort -u\n");
  EXPECT_EQ(result.out, "code 75\n{\"step\":\n") << result.err << file("log");
}

// Without its lock file, a second program could not see the first.
TEST_F(RemovedFiles, ARunWhoseDirectoryAnotherProgramHasTakenEnds) {
  const auto result = script(
      "start first; await run/ckpt/latest step; await run/metrics.jsonl '\"step\":10,'\n"
      "one=$pid; kill -STOP $one; rm run/lock\n"
      "start second --resume auto; await second 'resuming'; await run/lock 'job'\n"
      "kill -CONT $one; wait $one; echo code $?; kill -TERM $pid; wait $pid; echo code $?\n");
  EXPECT_EQ(result.out, "code 73\ncode 75\n") << result.err << file("first") << file("second");
  EXPECT_THAT(file("first"), AllOf(HasSubstr("run is in use by process"), HasSubstr("job ")));
}

}  // namespace
}  // namespace lockstep
