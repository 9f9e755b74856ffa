// The stall watch in every place where a rank can wait: a rank is stopped there, the job ends with
// 76, the message names the rank, and no process is left. failure_test.cc stops ranks in training
// steps and while MPI starts and ends.

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "system/launch_fixture.h"

namespace lockstep {
namespace {

using testing::HasSubstr;

class Stall : public LaunchFixture {
 protected:
  // Runs a command on two ranks, of which `rank` is stopped at a call on a file: see
  // support/file_calls.cc.
  [[nodiscard]] ProgramResult stopped_at(const std::string& call, int rank,
                                         const std::string& arguments) const {
    const std::string program =
        fmt::format("{} {} --silence-limit 3 --threads 1", LOCKSTEP_WITH_FAULTS, arguments);
    const std::string stops =
        fmt::format("env LD_PRELOAD={} FILE_CALLS_LOG={}/calls FILE_CALLS_FAULT='{} stop' {}",
                    LOCKSTEP_FILE_CALLS, directory_.string(), call, program);
    return run_program(fmt::format("cd {} && {} : -n 1 {}", directory_.string(),
                                   on_ranks(1, rank == 0 ? stops : program),
                                   rank == 1 ? stops : program));
  }

  void expect_end(const ProgramResult& result, int rank) const {
    EXPECT_EQ(result.exit_code, 76) << result.err;
    EXPECT_THAT(result.err, HasSubstr("the job has stalled: "));
    EXPECT_THAT(result.err, HasSubstr(fmt::format("rank {} on ", rank)));
    EXPECT_THAT(result.err, HasSubstr("has not been heard from for "));
    EXPECT_TRUE(leaves_nothing());
  }

  void train() const { ASSERT_EQ(run("train job.textproto --run-dir run").exit_code, 0); }

  void write_sweep() const {
    write("sweep.textproto",
          "name: 'sweep' job: 'job.textproto' grid {} metric: DEV_ERROR none {} parameter { name: "
          "'lambda' path: 'regularization.l2_lambda' numbers { value: [0, 1] } }");
  }
};

TEST_F(Stall, WhileDataIsLoaded) {
  for (const int rank : {0, 1}) {
    expect_end(
        stopped_at("read /features 1", rank,
                   fmt::format("train job.textproto --run-dir {}", rank == 0 ? "zero" : "one")),
        rank);
  }
}

// In each of them the other rank waits, or soon will.
TEST_F(Stall, InEveryActivityOfARun) {
  for (const std::string activity :
       {"data", "forward", "backward", "exchange", "optimizer", "evaluation", "checkpoint"}) {
    SCOPED_TRACE(activity);
    expect_end(run_with_fault(fmt::format("train job.textproto --run-dir {} --silence-limit 3 "
                                          "--set checkpointing.every_steps=2",
                                          activity),
                              2, fmt::format("1 2 stop_in_{}", activity)),
               1);
    ASSERT_EQ(
        run(fmt::format("train job.textproto --run-dir {} --resume auto", activity)).exit_code, 0);
  }
}

TEST_F(Stall, WhileAnEvaluationIsRecorded) {
  expect_end(stopped_at("write metrics.jsonl 1", 0, "train job.textproto --run-dir run"), 0);
  ASSERT_EQ(run("train job.textproto --run-dir run --resume auto").exit_code, 0);
}

TEST_F(Stall, WhileACheckpointIsSaved) {
  expect_end(stopped_at("fsync /step- 2", 0, "train job.textproto --run-dir run"), 0);
  ASSERT_EQ(run("train job.textproto --run-dir run --resume must").exit_code, 0);
}

TEST_F(Stall, WhileARunIsResumed) {
  ASSERT_EQ(run("train job.textproto --run-dir run --set training.epochs=1").exit_code, 0);
  expect_end(stopped_at("read /step- 1", 0, "train job.textproto --run-dir run --resume must"), 0);
}

TEST_F(Stall, WhileTheSummaryIsWritten) {
  expect_end(stopped_at("fsync summary.json 1", 0, "train job.textproto --run-dir run"), 0);
}

TEST_F(Stall, InTheTrainingOfASweepsOtherGroup) {
  write_sweep();
  expect_end(run_with_fault("sweep sweep.textproto --groups 2 --run-dir run --silence-limit 3", 2,
                            "1 7 stop"),
             1);
}

TEST_F(Stall, WhileASweepsOtherGroupWritesItsRecord) {
  write_sweep();
  expect_end(stopped_at("fsync trial.json 1", 1, "sweep sweep.textproto --groups 2 --run-dir run"),
             1);
}

// The other group has no trial left and waits for the one that is stopped.
TEST_F(Stall, WhileASweepsGroupWaitsForTheEnd) {
  write_sweep();
  const auto result = run_with_fault(
      "sweep sweep.textproto --groups 2 --run-dir run --silence-limit 3 --set training.epochs=1", 2,
      "0 4 stop");
  expect_end(result, 0);
}

TEST_F(Stall, InARecipe) {
  expect_end(run_with_fault("recipe job.textproto --runs 2 --run-dir run --silence-limit 3", 2,
                            "1 7 stop 2"),
             1);
}

TEST_F(Stall, InCommandsThatReadAModel) {
  train();
  for (const char* command : {"evaluate run", "diagnose run/ckpt/best", "predict run features"}) {
    SCOPED_TRACE(command);
    expect_end(stopped_at("read /features 1", 1, command), 1);
  }
  expect_end(stopped_at("read /step- 1", 0, "evaluate run"), 0);
}

}  // namespace
}  // namespace lockstep
