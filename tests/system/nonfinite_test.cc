// Steps whose loss or gradient is not finite, and what a job makes of them (training.on_nonfinite).

#include <string>

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
      data { train { csv { file: "table.csv" table { column { name: "y" role: LABEL } } } } }
      network { layer { units: 40 } output { units: 1 loss: SQUARED_ERROR } }
      optimizer { adam {} }
      training { batch_size: 8 shards: 4 epochs: 4 })");
  }
  [[nodiscard]] json summary(const std::string& run) const {
    return json::parse(file(run + "/summary.json"));
  }
  // The lines of metrics.jsonl without timings.
  [[nodiscard]] std::string metrics(const std::string& run) const {
    std::istringstream lines(file(run + "/metrics.jsonl"));
    std::string kept;
    for (std::string line; std::getline(lines, line);) {
      json object = json::parse(line);
      object.erase("seconds");
      object.erase("examples_per_second");
      kept += object.dump() + "\n";
    }
    return kept;
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
  EXPECT_THAT(stopped.err, HasSubstr("the gradient is beyond"));
  const auto skipped = run("train table.textproto --run-dir skips" + kSkip);
  EXPECT_THAT(skipped.err + skipped.out, HasSubstr("is skipped, and changes no weight"));
  EXPECT_THAT(skipped.err + skipped.out, HasSubstr("4 of the 24 steps of this run were skipped"));
}

// One rank's loss is not a number in the 8th step: all ranks skip it, and go on alike.
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
