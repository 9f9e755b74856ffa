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
  // A shell script in the directory with functions. start LOG STEP ARGUMENTS... begins a run
  // without end in the background as $pid, which stops itself at that step, where it writes no
  // file; await_stop waits for that, and go_on lets it continue. await FILE TEXT waits until there
  // is a file with the text, await_end until the program has ended after a request to stop.
  [[nodiscard]] ProgramResult script(const std::string& text) const {
    return run_program(fmt::format(
        R"(cd {}; lockstep={}
await() {{ until [ -f "$1" ] && grep -qs -- "$2" "$1"; do sleep 0.05; done; }}
await_stop() {{ until grep -q '^State:.*stopped' "/proc/$pid/status"; do sleep 0.05; done; }}
go_on() {{ kill -CONT "$pid"; }}
await_end() {{ kill -TERM "$pid"; wait "$pid"; echo code $?; }}
start() {{
  log=$1 step=$2; shift 2
  LOCKSTEP_FAULT="0 $step stop" $lockstep train job.textproto --run-dir run --threads 1 --no-color \
    --set training.epochs=1000000 --set early_stopping=none "$@" >"$log.out" 2>"$log" & pid=$!
}}
{})",
        directory_.string(), LOCKSTEP_WITH_FAULTS, text));
  }
};

TEST_F(RemovedFiles, AreWrittenAgainWithAWarning) {
  const auto result = script(R"(start log 12; await_stop
cp run/job.textproto job.before; cp run/environment.json environment.before
head -n 2 run/metrics.jsonl >metrics.before
rm run/metrics.jsonl run/job.textproto run/environment.json run/lock; go_on
for name in metrics.jsonl job.textproto environment.json lock; do
  await log "$name was removed"; await run/$name .
done
await_end
head -n 2 run/metrics.jsonl | cmp - metrics.before && cmp run/job.textproto job.before &&
  cmp run/environment.json environment.before && echo restored)");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "code 75\nrestored\n") << result.err << file("log");
}

// To open a pipe could wait for ever, and what is written behind a link to /dev/null is lost.
TEST_F(RemovedFiles, WhatIsPutInTheirPlaceIsReplaced) {
  const auto result = script(R"(start log 12; await_stop
cp run/job.textproto job.before
replace() { mv -T "$1" "run/$2"; }
mkfifo a b c d; ln -s metrics.jsonl e; ln -s /dev/null f; echo mine >g
replace a ckpt/best; replace b ckpt/latest; replace c job.textproto; replace d lock
replace e metrics.jsonl; replace f environment.json; go_on
for name in lock metrics.jsonl job.textproto environment.json; do
  await log "$name was removed"
done
await run/ckpt/latest step; await run/ckpt/best step
replace g job.textproto; until cmp -s run/job.textproto job.before; do sleep 0.05; done
await_end
find run -type p -o -type l; head -n 1 run/metrics.jsonl | cut -c1-9)");
  EXPECT_EQ(result.out, "code 75\n{\"step\":5\n") << result.err << file("log");
}

TEST_F(RemovedFiles, WhatCannotBeRestoredDoesNotEndTheRun) {
  const auto result = script(R"(start log 12; await_stop
rm run/lock; mkdir run/lock; touch run/lock/mine; go_on
await log 'cannot open run/lock: Is a directory'; await run/metrics.jsonl '"step":20,'
await_end; grep -c 'Is a directory' log; ls run/lock)");
  EXPECT_EQ(result.out, "code 75\n1\nmine\n") << result.err << file("log");
}

// The run resumes, so that its newest state is of an earlier session.
TEST_F(RemovedFiles, CheckpointsThatAreGoneAreSaid) {
  ASSERT_EQ(run("train job.textproto --run-dir run --set training.epochs=2 "
                "--set optimizer.schedule=none --set early_stopping=none")
                .exit_code,
            0);
  const auto result = script(R"(start log 12 --resume auto --set checkpointing.every_epochs=100000 \
  --set optimizer.schedule=none
await_stop; await log resuming; rm -r run/ckpt; go_on
await log 'the newest state of the run, was removed'
await_end; ls run/ckpt | grep -q step- && echo saved)");
  // The last state, and perhaps a best one.
  EXPECT_EQ(result.out, "code 75\nsaved\n") << result.err << file("log");
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

// The program stops itself in the second trial.
TEST_F(RemovedFiles, ASweepKeepsItsLockAndItsFile) {
  write("sweep.textproto",
        "name: 'tiny' job: 'job.textproto' grid {} "
        "set: ['training.epochs=3', 'early_stopping=none'] "
        "parameter { path: 'seed' numbers { value: [1, 2, 3] } }");
  const auto result = script(R"(export LOCKSTEP_FAULT='0 7 stop 2'
$lockstep sweep sweep.textproto --run-dir sweep --threads 1 >out 2>log & pid=$!
await_stop; cp sweep/sweep.textproto before
rm -r sweep/lock sweep/sweep.textproto sweep/trials/0000; go_on
wait "$pid"; echo code $?; cmp before sweep/sweep.textproto && echo same
ls sweep/lock)");
  EXPECT_EQ(result.out, "code 0\nsame\nsweep/lock\n") << result.err << file("log");
  EXPECT_THAT(file("log"), AllOf(HasSubstr("sweep/lock was removed"),
                                 HasSubstr("sweep/sweep.textproto was removed"),
                                 HasSubstr("sweep/trials/0000/trial.json, the record of an ended "
                                           "trial, was removed")));
}

TEST_F(RemovedFiles, ADirectoryThatIsGoneIsMadeAgain) {
  const auto result = script(R"(start log 12; await_stop; mv run elsewhere; go_on
await log 'metrics.jsonl was removed'; await log 'job.textproto was removed'
await_end; head -n 1 run/metrics.jsonl | cut -c1-9)");
  EXPECT_EQ(result.out, "code 75\n{\"step\":5\n") << result.err << file("log");
}

TEST_F(RemovedFiles, ACutRecordIsSaidAndTheNextOnesAreWhole) {
  const auto result = script(R"(start log 12; await_stop
truncate -s 100 run/metrics.jsonl; go_on
await log 'metrics.jsonl was cut'; await run/metrics.jsonl '^{"step":25,'
await_end; sed 1d run/metrics.jsonl | cut -c1-8 | sort -u; sed -n 2p run/metrics.jsonl | cut -c1-11)");
  EXPECT_EQ(result.out, "code 75\n{\"step\":\n{\"step\":15,\n") << result.err << file("log");
}

// Without its lock file, a second program could not see the first.
TEST_F(RemovedFiles, ARunWhoseDirectoryAnotherProgramHasTakenEnds) {
  const auto result = script(R"(start first 12; await_stop; one=$pid; rm run/lock
start second never --resume auto; await second resuming; await run/lock job
kill -CONT "$one"; wait "$one"; echo code $?; await_end)");
  EXPECT_EQ(result.out, "code 73\ncode 75\n") << result.err << file("first") << file("second");
  EXPECT_THAT(file("first"), AllOf(HasSubstr("run is in use by process"), HasSubstr("job ")));
}

}  // namespace
}  // namespace lockstep
