// Steps whose loss or gradient is not finite, and what a job makes of them (training.on_nonfinite).

#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string kSkip = " --set training.on_nonfinite=SKIP_STEP";
const std::string kRollback = " --set training.on_nonfinite=ROLLBACK";

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> objects;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) objects.push_back(json::parse(line));
  return objects;
}

// The lines of metrics.jsonl without timings.
std::string without_timings(const std::string& text) {
  std::string kept;
  for (json& object : lines_of(text)) {
    object.erase("seconds");
    object.erase("examples_per_second");
    kept += object.dump() + "\n";
  }
  return kept;
}

class Nonfinite : public ProgramFixture {
 protected:
  // 48 rows of y = x, but one target is 1e30: Adam cannot square the gradient of its step, in each
  // of 4 epochs of 6 steps, though J is finite.
  void SetUp() override {
    std::string rows = "x,y\n";
    for (int i = 0; i < 48; ++i) {
      rows += fmt::format("{},{}\n", i % 7, i == 20 ? "1e30" : std::to_string(i % 7));
    }
    write("table.csv", rows);
    write("table.textproto", R"(
      name: "table"
      data { train { csv { file: "table.csv" table { column { name: "y" role: LABEL } } } }
             targets: AS_GIVEN }
      network { layer { units: 40 } output { units: 1 loss: SQUARED_ERROR } }
      optimizer { adam {} }
      training { batch_size: 8 shards: 4 epochs: 4 })");
  }
  [[nodiscard]] json summary(const std::string& run) const {
    return json::parse(file(run + "/summary.json"));
  }
  [[nodiscard]] std::string metrics(const std::string& run) const {
    return without_timings(file(run + "/metrics.jsonl"));
  }
};

TEST_F(Nonfinite, SkippedStepsAreTheSameAtEveryLayoutAndThroughAKill) {
  const std::string train = "train table.textproto" + kSkip + " --run-dir ";
  ASSERT_EQ(run(train + "whole").exit_code, 0);
  const json whole = summary("whole");
  EXPECT_EQ(whole["skipped_steps"], 4) << "one in each epoch";
  EXPECT_EQ(whole["steps"], 24);
  for (const int ranks : {2, 3}) {
    const std::string name = fmt::format("on{}", ranks);
    const auto result = run(train + name + " --threads 2", ranks);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(summary(name)["weights_digest"], whole["weights_digest"]);
    EXPECT_EQ(metrics(name), metrics("whole"));
  }
  EXPECT_NE(run_with_fault(train + "killed", 2, "1 15 kill").exit_code, 0);
  ASSERT_EQ(run(train + "killed --resume must", 3).exit_code, 0);
  EXPECT_EQ(run_with_fault(train + "stopped", 2, "1 15 terminate").exit_code, 75);
  ASSERT_EQ(run(train + "stopped --resume must", 1).exit_code, 0);
  for (const char* name : {"killed", "stopped"}) {
    EXPECT_EQ(summary(name)["weights_digest"], whole["weights_digest"]) << name;
    EXPECT_EQ(summary(name)["skipped_steps"], 4) << name;
    EXPECT_EQ(metrics(name), metrics("whole")) << name;
  }
}

TEST_F(Nonfinite, ARunStopsUnlessTheJobSkips) {
  const auto stopped = run("train table.textproto --run-dir run", 2);
  EXPECT_EQ(stopped.exit_code, 77);
  EXPECT_THAT(stopped.err, HasSubstr("a gradient exceeds"));
  const auto skipped = run("train table.textproto --run-dir skips" + kSkip);
  EXPECT_THAT(skipped.err + skipped.out, HasSubstr("is skipped, and changes no weight"));
  EXPECT_THAT(skipped.err + skipped.out, HasSubstr("4 of the 24 steps of this run were skipped"));
}

// Its target of 1e30 is met in each epoch, so that no rate helps.
TEST_F(Nonfinite, ARunThatRollsBackInVainEndsAndSaysWhy) {
  const auto result = run("train table.textproto --run-dir run" + kRollback, 2);
  EXPECT_EQ(result.exit_code, 77);
  EXPECT_THAT(result.err,
              HasSubstr("it returns to step 0 and continues with 0.5 times the learning "
                        "rate of the job (rollback 1 of 3)"));
  EXPECT_THAT(result.err, HasSubstr("(no rollback: it has rolled back 3 times already "
                                    "(training.rollback.limit))"));
}

// The rate grows by the epoch until the run diverges, returns twice and ends.
class Rollback : public ProgramFixture {
 protected:
  void SetUp() override {
    write("steep.textproto", R"(
      name: "steep" seed: 1
      data {
        train { synthetic { examples: 600 two_spirals { turns: 1.5 noise: 0.02 } } }
        split { dev { count: 100 } }
      }
      network { layer { units: 16 } layer { units: 16 } output { units: 2 } }
      optimizer {
        gradient_descent { learning_rate: 0.1 }
        schedule { exponential { factor_per_epoch: 3 } }
      }
      training { batch_size: 50 epochs: 12 shards: 10 on_nonfinite: ROLLBACK }
      evaluation { every_epochs: 2 train_examples: 0 }
      monitor { every_steps: 7 })");
    ASSERT_EQ(run(kTrain + "whole").exit_code, 0);
  }
  [[nodiscard]] json summary(const std::string& run) const {
    return json::parse(file(run + "/summary.json"));
  }
  void expect_like_whole(const std::string& name) const {
    EXPECT_EQ(summary(name)["weights_digest"], summary("whole")["weights_digest"]) << name;
    EXPECT_EQ(summary(name)["rollbacks"], 2) << name;
    EXPECT_EQ(without_timings(file(name + "/metrics.jsonl")),
              without_timings(file("whole/metrics.jsonl")));
    EXPECT_EQ(file(name + "/flow.jsonl"), file("whole/flow.jsonl"));
  }

  const std::string kTrain = "train steep.textproto --run-dir ";
};

TEST_F(Rollback, EndsWithASmallerRateAndTheSameBitsAnywhere) {
  const std::vector<json> evaluations = lines_of(file("whole/metrics.jsonl"));
  ASSERT_EQ(evaluations.size(), 6U);
  for (std::size_t i = 0; i < evaluations.size(); ++i) {
    EXPECT_EQ(evaluations[i]["step"], 20 * (i + 1));
    EXPECT_EQ(evaluations[i]["rollbacks"], i == 5 ? 2 : 0);
  }
  EXPECT_DOUBLE_EQ(evaluations[5]["learning_rate"].get<double>(), 0.25 * 0.1 * std::pow(3, 11.9));
  std::uint64_t last = 0;
  for (const json& record : lines_of(file("whole/flow.jsonl"))) {
    EXPECT_GT(record["step"].get<std::uint64_t>(), last) << "no step is recorded twice";
    last = record["step"];
  }
  for (const int ranks : {2, 3}) {
    const std::string name = fmt::format("on{}", ranks);
    ASSERT_EQ(run(kTrain + name + " --threads 2", ranks).exit_code, 0);
    expect_like_whole(name);
  }
  ASSERT_EQ(run(kTrain + "unsaved --set checkpointing.enabled=false", 2).exit_code, 0);
  expect_like_whole("unsaved");
}

// Before the run has diverged, between its rollbacks and after them; the last number says which
// time the step begins.
TEST_F(Rollback, IsRepeatedThroughKillsAndInterruptions) {
  for (const char* fault : {"1 113 kill", "1 105 kill 2", "1 112 terminate 2", "1 119 kill 3"}) {
    const std::string name = fmt::format("after {}", fault);
    const std::string train = fmt::format("{}'{}' ", kTrain, name);
    ASSERT_NE(run_with_fault(train, 2, fault).exit_code, 0) << fault;
    const auto resumed = run(train + "--resume must", 3);
    ASSERT_EQ(resumed.exit_code, 0) << fault << resumed.err;
    expect_like_whole(name);
  }
}

TEST_F(Rollback, CanBeVerified) {
  for (const char* part : {"", " --from 100", " --from 110", " --to 100"}) {
    const auto result = run(std::string("verify whole") + part, 2);
    EXPECT_EQ(result.exit_code, 0) << part << result.err;
    EXPECT_THAT(result.out, HasSubstr("verified: the weights of steps")) << part;
  }
}

TEST_F(Rollback, AStoppedRunMayGoOnWithIt) {
  const std::string train = kTrain + "stopped";
  const auto stopped = run(train + " --set training.on_nonfinite=STOP");
  ASSERT_EQ(stopped.exit_code, 77);
  const auto resumed = run(train + " --resume must", 2);
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_THAT(resumed.err, HasSubstr("it returns to step 100 and continues with 0.5 times"));
  EXPECT_THAT(run("inspect stopped/ckpt/latest").out, HasSubstr("rollbacks"));
}

// One rank's loss is not a number in the 8th step: all ranks skip it, and continue alike.
TEST_F(Nonfinite, TheMessageNamesStepShardAndRank) {
  const std::string train = "train job.textproto --set early_stopping=none --run-dir ";
  const auto skipped = run_with_fault(train + "two" + kSkip, 2, "1 7 nan");
  ASSERT_EQ(skipped.exit_code, 0) << skipped.err;
  EXPECT_THAT(
      skipped.err + skipped.out,
      HasSubstr("step 8 is skipped, and changes no weight: the loss of shard 6 (rank 1 on "));
  EXPECT_EQ(summary("two")["skipped_steps"], 1);
  ASSERT_EQ(run_with_fault(train + "one" + kSkip, 1, "0 7 nan").exit_code, 0);
  EXPECT_EQ(summary("one")["weights_digest"], summary("two")["weights_digest"]);
  EXPECT_EQ(metrics("one"), metrics("two"));
  const auto stopped = run_with_fault(train + "stops", 2, "1 7 nan");
  EXPECT_EQ(stopped.exit_code, 77);
  EXPECT_THAT(stopped.err, HasSubstr("diverged at step 8: the loss of shard 6 (rank 1 on "));
}

}  // namespace
}  // namespace lockstep
