// The promise "it ends": what happens to one rank, and what the user sees.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include <sys/stat.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;
namespace fs = std::filesystem;

int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

class Failure : public ProgramFixture {
 protected:
  [[nodiscard]] ProgramResult train(int ranks, const std::string& arguments,
                                    const std::string& fault = "") const {
    return run_with_fault("train job.textproto " + arguments, ranks, fault);
  }
  [[nodiscard]] json summary(const std::string& run) const {
    return json::parse(text_of_file(directory_ / run / "summary.json"));
  }
};

TEST_F(Failure, AnExceptionOnOneRankEndsAll) {
  const auto result = train(3, "--run-dir run", "1 7 throw");
  EXPECT_EQ(result.exit_code, 70);
  EXPECT_EQ(count(result.err, "made to fail by a test"), 1) << result.err;
  EXPECT_THAT(result.err, HasSubstr("[rank 1 "));
  const json error = json::parse(file("run/error.rank1.json"));
  EXPECT_THAT(error["message"].get<std::string>(), HasSubstr("made to fail by a test"));
  ASSERT_EQ(train(2, "--run-dir run --resume must").exit_code, 0);
  EXPECT_FALSE(fs::exists(directory_ / "run/error.rank1.json"));
}

TEST_F(Failure, AKilledRankEndsAllAndTheRunGoesOnAtAnotherLayout) {
  ASSERT_EQ(train(1, "--run-dir whole").exit_code, 0);
  const auto killed = train(2, "--run-dir run", "1 12 kill");
  EXPECT_NE(killed.exit_code, 0);
  EXPECT_NE(killed.exit_code, 124) << "a rank hung";
  const auto resumed = train(3, "--run-dir run --resume must --threads 2");
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(summary("run")["weights_digest"], summary("whole")["weights_digest"]);
}

TEST_F(Failure, ATerminatedRunIsResumable) {
  ASSERT_EQ(train(2, "--run-dir whole").exit_code, 0);
  const auto stopped = train(2, "--run-dir run", "1 7 terminate");
  EXPECT_EQ(stopped.exit_code, 75) << stopped.err;
  EXPECT_EQ(summary("run")["stop_reason"], "interrupted");
  ASSERT_EQ(train(4, "--run-dir run --resume auto").exit_code, 0);
  EXPECT_EQ(summary("run")["weights_digest"], summary("whole")["weights_digest"]);
  EXPECT_EQ(summary("run")["stop_reason"], summary("whole")["stop_reason"]);
}

TEST_F(Failure, ASignalBeforeTheWorkBeginsIsNotLost) {
  for (const int ranks : {1, 2}) {
    const auto result = train(ranks, "--run-dir run", "0 0 early");
    EXPECT_EQ(result.exit_code, 75) << result.err;
    EXPECT_EQ(count(result.err, "a signal asked for an end before the work began"), 1)
        << result.err;
    EXPECT_FALSE(fs::exists(directory_ / "run"));
  }
}

TEST_F(Failure, TheStateFileSaysHowARunEnded) {
  const auto state = [&] { return json::parse(file("run/state.json")); };
  ASSERT_EQ(train(2, "--run-dir run", "1 7 terminate").exit_code, 75);
  EXPECT_EQ(state()["state"], "interrupted");
  EXPECT_EQ(state()["step"], 8);
  EXPECT_NE(train(2, "--run-dir run --resume must", "0 12 kill").exit_code, 0);
  EXPECT_EQ(state()["state"], "running");
  EXPECT_EQ(state()["step"], 8);
  EXPECT_TRUE(state()["exit_code"].is_null());
  ASSERT_EQ(train(3, "--run-dir run --resume must", "1 12 throw").exit_code, 70);
  EXPECT_EQ(state()["state"], "failed");
  EXPECT_EQ(state()["exit_code"], 70);
  EXPECT_EQ(state()["rank"], 1);
  ASSERT_EQ(train(2, "--run-dir run --resume must").exit_code, 0);
  EXPECT_EQ(state()["state"], "finished");
  EXPECT_EQ(state()["exit_code"], 0);
  EXPECT_EQ(state()["step"], summary("run")["steps"]);
}

// No rank but rank 0 can say that rank 0 was stopped.
TEST_F(Failure, TheStateFileSaysThatRankZeroIsLost) {
  EXPECT_EQ(train(2, "--run-dir run --silence-limit 4", "0 7 stop").exit_code, 76);
  const json state = json::parse(file("run/state.json"));
  EXPECT_EQ(state["state"], "failed");
  EXPECT_EQ(state["exit_code"], 76);
  EXPECT_EQ(state["rank"], 1);
}

TEST_F(Failure, ASweepAndARecipeHaveAState) {
  write("sweep.textproto",
        "name: 'sweep' job: 'job.textproto' grid {} metric: DEV_ERROR none {} parameter { name: "
        "'lambda' path: 'regularization.l2_lambda' numbers { value: [0, 1] } }");
  ASSERT_EQ(run("sweep sweep.textproto --run-dir sweep").exit_code, 0);
  EXPECT_EQ(json::parse(file("sweep/state.json"))["state"], "finished");
  const auto recipe = run("recipe job.textproto --runs 1 --run-dir recipe");
  ASSERT_EQ(recipe.exit_code, 0) << recipe.err;
  EXPECT_EQ(json::parse(file("recipe/state.json"))["state"], "finished");
  EXPECT_EQ(run_with_fault("recipe job.textproto --runs 1 --run-dir stopped", 1, "0 7 terminate")
                .exit_code,
            75);
  EXPECT_EQ(json::parse(file("stopped/state.json"))["state"], "interrupted");
}

// The whole program: it reads the variables, and is refused before it makes the directory.
TEST_F(Failure, ARestartWithoutItsRunIsRefused) {
  const std::string command = fmt::format(
      "cd {} && SLURM_RESTART_COUNT=1 {{}} {} train job.textproto --run-dir run "
      "--resume auto",
      directory_.string(), LOCKSTEP_PROGRAM);
  const auto refused = run_program(fmt::format(fmt::runtime(command), ""));
  EXPECT_EQ(refused.exit_code, 66);
  EXPECT_THAT(refused.err, HasSubstr("Slurm has started this job before (restart 1), but run on "));
  EXPECT_FALSE(fs::exists(directory_ / "run"));
  const auto anew = run_program(fmt::format(fmt::runtime(command), "LOCKSTEP_START_AFRESH=yes"));
  EXPECT_EQ(anew.exit_code, 0) << anew.err;
  EXPECT_THAT(anew.err, HasSubstr("warning: Slurm has started this job before"));
  EXPECT_EQ(run_program(fmt::format(fmt::runtime(command), "")).exit_code, 0);
}

TEST_F(Failure, AStoppedRankIsNamedAndTheJobEnds) {
  const auto result = train(3, "--run-dir run --silence-limit 5", "1 7 stop");
  EXPECT_EQ(result.exit_code, 76) << result.err;
  EXPECT_THAT(result.err, HasSubstr("lockstep: warning: rank 1 on "));
  EXPECT_EQ(count(result.err, "lockstep: the job has stalled: rank 1 on "), 1) << result.err;
  const json error = json::parse(file("run/error.rank0.json"));
  EXPECT_EQ(error["exit_code"], 76);
  EXPECT_THAT(error["message"].get<std::string>(), HasSubstr("rank 1 on "));
  ASSERT_EQ(train(2, "--run-dir run --resume must").exit_code, 0);
}

// MPI itself waits then, and the stall watch does not stand yet, or no longer.
TEST_F(Failure, ARankThatIsStoppedWhileMpiStartsOrEndsDoesNotHoldTheJob) {
  const auto start = train(2, "--run-dir run --silence-limit 1", "0 0 stop_at_start");
  EXPECT_EQ(start.exit_code, 76) << start.err;
  EXPECT_THAT(start.err, HasSubstr("MPI did not start within 10 s"));
  EXPECT_FALSE(fs::exists(directory_ / "run"));
  const auto end = train(2, "--run-dir run --silence-limit 1", "1 0 stop_at_end");
  EXPECT_EQ(end.exit_code, 76) << end.err;
  EXPECT_THAT(end.err, HasSubstr("MPI did not end within 10 s"));
  EXPECT_TRUE(fs::exists(directory_ / "run/summary.json"));
}

TEST_F(Failure, RanksThatLoseRankZeroEndByThemselves) {
  const auto result = train(3, "--run-dir run --silence-limit 5", "0 7 stop");
  EXPECT_EQ(result.exit_code, 76) << result.err;
  EXPECT_THAT(result.err, HasSubstr("rank 0 on "));
  EXPECT_TRUE(fs::exists(directory_ / "run/error.rank1.json") ||
              fs::exists(directory_ / "run/error.rank2.json"));
}

TEST_F(Failure, AJobWithoutProgressEndsAndTheRankThatHangsIsNamed) {
  const auto result = train(3, "--run-dir run --progress-limit 6", "2 7 hang");
  EXPECT_EQ(result.exit_code, 76) << result.err;
  EXPECT_THAT(result.err, HasSubstr("the others wait for rank 2 on "));
}

TEST_F(Failure, ALimitOfZeroEndsNothing) {
  EXPECT_EQ(train(3, "--silence-limit 0 --progress-limit 0").exit_code, 0);
  for (const char* limit : {"-1", "0.5", "nan", "inf", "soon"}) {
    for (const char* option : {"--silence-limit", "--progress-limit"}) {
      const auto result = train(1, fmt::format("{} {}", option, limit));
      EXPECT_EQ(result.exit_code, 2) << option << " " << limit;
      EXPECT_THAT(result.err, HasSubstr("expected a number of seconds from 1 to 1e9, or 0"));
    }
  }
}

TEST_F(Failure, RankZeroAloneFails) {
  fs::create_directory(directory_ / "run");
  std::ofstream(directory_ / "run/ckpt") << "a file where the directory should be";
  const auto result = train(3, "--run-dir run --resume auto");
  EXPECT_EQ(result.exit_code, 66) << result.err;
  EXPECT_EQ(count(result.err, "run/ckpt: Not a directory"), 1) << result.err;
}

TEST_F(Failure, ALaunchThatMpiDoesNotSeeIsRefused) {
  const auto result = run_program(
      fmt::format("cd {} && SLURM_NTASKS=4 SLURM_STEP_ID=0 SLURM_PROCID=0 {} train job.textproto",
                  directory_.string(), LOCKSTEP_PROGRAM));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err,
              HasSubstr("srun started this program without PMIx, which Open MPI needs: use srun "
                        "--mpi=pmix"));
}

TEST_F(Failure, ARankWithAnotherJobIsNamed) {
  const std::string program = fmt::format("{} train job.textproto --run-dir run", LOCKSTEP_PROGRAM);
  const auto result = run_program(
      fmt::format("cd {} && {} -n 1 {} --set optimizer.adam.learning_rate=0.01 : -n 1 {} --set "
                  "optimizer.adam.learning_rate=0.1",
                  directory_.string(), LOCKSTEP_MPIEXEC, program, program));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err,
              HasSubstr("rank 1 differs: optimizer.adam.learning_rate 0.1, rank 0 has 0.01"));
}

// Whatever decides how a rank continues: it would wait for others for ever.
TEST_F(Failure, ARankWithOtherOptionsIsNamed) {
  const auto result = run_program(fmt::format(
      "cd {} && {} -n 1 {} train job.textproto --run-dir run --resume auto : -n 1 {} train "
      "job.textproto --run-dir run",
      directory_.string(), LOCKSTEP_MPIEXEC, LOCKSTEP_PROGRAM, LOCKSTEP_PROGRAM));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err,
              HasSubstr("rank 1 differs: called with `train job.textproto --run-dir run`, "
                        "rank 0 with `train job.textproto --run-dir run --resume auto`"));
}

TEST_F(Failure, ASecondProgramInTheRunDirectoryIsRefused) {
  fs::create_directory(directory_ / "run");
  for (const char* command :
       {"train job.textproto --run-dir run --resume auto", "recipe job.textproto --run-dir run"}) {
    const auto result = run_program(fmt::format(
        "cd {} && flock run/lock sh -c 'echo process 7 on node3, job other > run/lock; {} {}'",
        directory_.string(), LOCKSTEP_PROGRAM, command));
    EXPECT_EQ(result.exit_code, 73);
    EXPECT_THAT(result.err, HasSubstr("run is in use by process 7 on node3, job other;"));
  }
  // Two real programs: the second is refused while the first trains.
  const auto second = run_program(fmt::format(
      "cd {0} && {1} train job.textproto --run-dir two --threads 1 --set training.epochs=1000000 "
      "--set early_stopping=none --set checkpointing.every_epochs=1000000 >/dev/null 2>&1 &\n"
      "first=$!; cd {0}; while ! grep -qs step two/metrics.jsonl; do sleep 0.05; done\n"
      "{1} train job.textproto --run-dir two --resume auto; code=$?; kill $first; wait $first\n"
      "exit $code",
      directory_.string(), LOCKSTEP_PROGRAM));
  EXPECT_EQ(second.exit_code, 73) << second.err;
  EXPECT_THAT(second.err, HasSubstr("two is in use by process "));
  // The lock goes with its process, whatever becomes of it and of the file.
  EXPECT_NE(train(1, "--run-dir run", "0 7 kill").exit_code, 0);
  EXPECT_EQ(train(2, "--run-dir run --resume must").exit_code, 0);
}

TEST_F(Failure, AClosedStderrHidesNoExitCode) {
  EXPECT_EQ(run("check nowhere 2>/dev/full").exit_code, 66);
  EXPECT_EQ(run("check nowhere 2>&-").exit_code, 66);
  EXPECT_EQ(run("train job.textproto --run-dir run >/dev/full 2>/dev/full").exit_code, 74);
}

TEST_F(Failure, ResultsThatCannotBeWrittenAreAnError) {
  ASSERT_EQ(run("train job.textproto --run-dir run").exit_code, 0);
  for (const char* command :
       {"check job.textproto", "inspect run", "evaluate run", "evaluate run --json", "diagnose run",
        "diagnose run --json", "--version", "train --help", "predict run features"}) {
    EXPECT_EQ(run(fmt::format("{} >/dev/full", command)).exit_code, 74) << command;
  }
}

TEST_F(Failure, AReaderThatHasLeftEndsTheHelpWithoutAMessage) {
  // The pipe has a reader only until the program begins.
  const auto result = run_program(
      fmt::format("cd {} && mkfifo left && (exec 4<left) & cd {} && while [ ! -p left ]; do :; "
                  "done; exec 3>left; wait; {} --help >&3",
                  directory_.string(), directory_.string(), LOCKSTEP_PROGRAM));
  EXPECT_EQ(result.exit_code, 141);
  EXPECT_EQ(result.err, "");
}

TEST_F(Failure, AnOutputThatIsNoFileStaysWhatItIs) {
  ASSERT_EQ(run("train job.textproto --run-dir run").exit_code, 0);
  write("there", "");
  fs::create_symlink("there", directory_ / "link");
  const std::string expected = run("predict run features").out;
  ASSERT_EQ(run("predict run features --output link").exit_code, 0);
  EXPECT_TRUE(fs::is_symlink(directory_ / "link"));
  EXPECT_EQ(file("there"), expected);
  const auto piped = run_program(
      fmt::format("cd {0} && mkfifo pipe && cat pipe > copy & cd {0} && while [ ! -p pipe ]; do :; "
                  "done; {1} predict run features --output pipe; code=$?; wait; exit $code",
                  directory_.string(), LOCKSTEP_PROGRAM));
  EXPECT_EQ(piped.exit_code, 0) << piped.err;
  EXPECT_TRUE(fs::is_fifo(directory_ / "pipe"));
  EXPECT_EQ(file("copy"), expected);
  // A link of our own, as /dev/stdout is one.
  fs::create_symlink("/proc/self/fd/1", directory_ / "stdout");
  EXPECT_EQ(run("predict run features --output stdout").out, expected);
  EXPECT_TRUE(fs::is_symlink(directory_ / "stdout"));
}

// Opening a pipe to which nobody writes would wait for ever.
TEST_F(Failure, APipeInPlaceOfAFileIsRefused) {
  ASSERT_EQ(run("train job.textproto --run-dir run").exit_code, 0);
  ASSERT_EQ(::mkfifo((directory_ / "pipe").c_str(), 0600), 0);
  for (const char* command :
       {"evaluate pipe", "predict run pipe", "plan job.textproto --nodes 2 --doctor pipe",
        "check job.textproto --set data.train.idx.features=pipe", "diagnose pipe",
        "inspect pipe"}) {
    const auto result = run(command);
    EXPECT_THAT(result.exit_code, testing::AnyOf(65, 66)) << command << ": " << result.err;
    EXPECT_THAT(result.err, HasSubstr("pipe: ")) << command;
  }
}

TEST_F(Failure, APipeInARunDirectoryIsRefused) {
  ASSERT_EQ(run("train job.textproto --run-dir run --set training.epochs=1").exit_code, 0);
  for (const char* name : {"metrics.jsonl", "state.json", "summary.json", "ckpt/latest"}) {
    const fs::path file = directory_ / "run" / name;
    fs::rename(file, directory_ / "kept");
    ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
    const auto result = run("train job.textproto --run-dir run --resume must");
    EXPECT_EQ(result.exit_code, 66) << name << ": " << result.err;
    EXPECT_THAT(result.err, HasSubstr(fmt::format("run/{}: expected a file, found a pipe", name)));
    fs::rename(directory_ / "kept", file);
  }
  EXPECT_EQ(run("train job.textproto --run-dir run --resume must").exit_code, 0);
}

TEST_F(Failure, ABlowUpThatStaysFiniteIsDivergence) {
  const auto result =
      run("train job.textproto --run-dir run --set optimizer.adam.learning_rate=1e6");
  EXPECT_EQ(result.exit_code, 77);
  EXPECT_THAT(result.err, HasSubstr("the training loss is more than 10000 times that of guessing"));
}

TEST_F(Failure, TooManyRanksAreRefused) {
  const auto result =
      train(2, "--run-dir run --set training.shards=1 --set training.batch_size=12");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err,
              HasSubstr("2 ranks, but training.shards is 1: use at most 1 rank and more threads"));
}

TEST_F(Failure, DivergenceHasItsExitCode) {
  const auto result = train(2,
                            "--run-dir run --set optimizer.gradient_descent.learning_rate=1e30 "
                            "--set network.layer[1].activation=RELU");
  EXPECT_EQ(result.exit_code, 77) << result.err;
  EXPECT_THAT(result.err, HasSubstr("diverged at step"));
  EXPECT_EQ(count(result.err, "diverged at step"), 1);
}

}  // namespace
}  // namespace lockstep
