// What someone removes from the directory of a running run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <fmt/format.h>

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
    return run_program(fmt::format(
        "cd {}; await() {{ while ! grep -qs -- \"$2\" \"$1\"; do sleep 0.05; done; }}\n"
        "start() {{ log=$1; shift; {} train job.textproto --run-dir run --threads 1 --no-color "
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
