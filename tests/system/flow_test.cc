// lockstep flow, lockstep descent and a monitored training, as a user runs them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class Flow : public ProgramFixture {
 protected:
  [[nodiscard]] std::vector<json> lines(const std::string& name) const {
    std::vector<json> all;
    std::istringstream text(file(name));
    for (std::string line; std::getline(text, line);) all.push_back(json::parse(line));
    return all;
  }
};

const std::string kLecture =
    " --set 'network={layer { units: 12 activation: LINEAR initializer { kind: IDENTITY "
    "multiplier: 1.5 } repeat: 150 } output { units: 3 }}'";

TEST_F(Flow, ShowsTheLecturesCaseAsATableAndInWords) {
  const ProgramResult result = run("flow job.textproto --run-dir out/flow" + kLecture);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("activations explode"));
  EXPECT_THAT(result.out, HasSubstr("a factor of 1.5 per layer (1.10)"));
  EXPECT_THAT(result.out, HasSubstr("gradients explode on their way back"));
  EXPECT_THAT(result.out, HasSubstr("  150     12 LINEAR"));
  EXPECT_THAT(result.out, HasSubstr("  151      3 (output)"));
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(file("out/flow/flow.txt"), result.out);
  const json record = json::parse(file("out/flow/flow.json"));
  EXPECT_EQ(record["layers"].size(), 151U);
  EXPECT_EQ(record["findings"][0]["kind"], "exploding_activations");
  EXPECT_NEAR(record["activation_factor"].get<double>(), 1.5, 1e-6);
}

TEST_F(Flow, TheSameTextAndJsonOnAnyRanks) {
  for (const char* format : {"", " --json"}) {
    const std::string arguments = fmt::format("flow job.textproto --examples 50{}", format);
    const ProgramResult one = run(arguments);
    ASSERT_EQ(one.exit_code, 0) << one.err;
    EXPECT_EQ(run(arguments + " --threads 3").out, one.out);
    for (const int ranks : {2, 3}) EXPECT_EQ(run(arguments, ranks).out, one.out);
    EXPECT_NE(run(arguments + " --set seed=8").out, one.out);
  }
}

TEST_F(Flow, AMonitoredTrainingHasItsFiles) {
  const std::string monitor = " --set monitor.every_steps=5 --set training.epochs=3";
  ASSERT_EQ(run("train job.textproto --run-dir plain --set training.epochs=3").exit_code, 0);
  EXPECT_FALSE(fs::exists(directory_ / "plain/flow.jsonl"));
  const ProgramResult result = run("train job.textproto --run-dir run" + monitor);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("signal flow at step 15: sound"));
  const auto records = lines("run/flow.jsonl");
  ASSERT_EQ(records.size(), 4U);
  EXPECT_EQ(records[0]["step"], 1);
  EXPECT_EQ(records[3]["step"], 15);
  EXPECT_GT(records[3]["layers"][0]["update_ratio"].get<double>(), 0);
  EXPECT_THAT(file("run/report.html"), HasSubstr("Signal flow at step 15"));
  // No bit of the weights has changed, at this layout and another.
  const json plain = json::parse(file("plain/summary.json"));
  EXPECT_EQ(json::parse(file("run/summary.json"))["weights_digest"], plain["weights_digest"]);
  EXPECT_GT(json::parse(file("run/summary.json"))["seconds"]["monitor"].get<double>(), 0);
  ASSERT_EQ(run("train job.textproto --run-dir ranks" + monitor, 2).exit_code, 0);
  EXPECT_EQ(json::parse(file("ranks/summary.json"))["weights_digest"], plain["weights_digest"]);
  EXPECT_EQ(file("ranks/flow.jsonl"), file("run/flow.jsonl"));
}

TEST_F(Flow, AResumedTrainingGoesOnInItsFile) {
  const std::string settings =
      " --set monitor.every_steps=2 --set early_stopping.patience=100 --set training.epochs=";
  ASSERT_EQ(run("train job.textproto --run-dir whole" + settings + "4").exit_code, 0);
  ASSERT_EQ(run("train job.textproto --run-dir run" + settings + "2").exit_code, 0);
  // As if the run had gone on after its last checkpoint and then been killed.
  std::ofstream(directory_ / "run/flow.jsonl", std::ios::app)
      << "{\"step\":12,\"layers\":[]}\n{\"step\":14,";
  ASSERT_EQ(run("train job.textproto --run-dir run --resume must" + settings + "4").exit_code, 0);
  // (Schedules depend on the run's length; the job's cosine makes updates differ.)
  const auto whole = lines("whole/flow.jsonl");
  const auto resumed = lines("run/flow.jsonl");
  ASSERT_EQ(resumed.size(), whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_EQ(resumed[i]["step"], whole[i]["step"]);
}

TEST_F(Flow, ADivergingRunTellsWhatTheMonitorSaw) {
  const ProgramResult result =
      run("train job.textproto --run-dir run --set monitor.every_steps=1 --set "
          "'network={layer { units: 12 activation: LINEAR initializer { kind: IDENTITY "
          "multiplier: 2 } repeat: 150 } output { units: 3 }}'");
  EXPECT_EQ(result.exit_code, 77);
  EXPECT_THAT(result.err, HasSubstr("too large for float in layer"));
}

TEST_F(Flow, BadArgumentsAreRefused) {
  EXPECT_EQ(run("flow").exit_code, 2);
  EXPECT_EQ(run("flow none.textproto").exit_code, 66);
  EXPECT_EQ(run("flow job.textproto --examples 0").exit_code, 2);
  EXPECT_EQ(run("flow job.textproto --threads 4097").exit_code, 2);
  EXPECT_EQ(run("flow job.textproto --run-dir job.textproto").exit_code, 74);
  EXPECT_EQ(run("flow job.textproto >/dev/full").exit_code, 74);
  const ProgramResult zero = run("flow job.textproto --set monitor.every_steps=0");
  EXPECT_EQ(zero.exit_code, 2);
  EXPECT_THAT(zero.err, HasSubstr("monitor.every_steps is 0; expected at least 1"));
}

using Descent = Flow;

TEST_F(Descent, JFalls) {
  const ProgramResult result =
      run("descent job.textproto --learning-rate 0.01 --steps 20 --run-dir out");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("PASS: J fell in each of 20 steps"));
  EXPECT_THAT(result.out, HasSubstr("on all 101 training examples"));
  EXPECT_EQ(file("out/descent.txt"), result.out);
  const json record = json::parse(file("out/descent.json"));
  EXPECT_EQ(record["passed"], true);
  const auto costs = record["costs"].get<std::vector<double>>();
  ASSERT_EQ(costs.size(), 21U);
  EXPECT_TRUE(std::is_sorted(costs.rbegin(), costs.rend()));
}

TEST_F(Descent, TooLargeALearningRateIsToldWithABetterOne) {
  const ProgramResult result =
      run("descent job.textproto --set optimizer.gradient_descent.learning_rate=30 --json");
  EXPECT_EQ(result.exit_code, 77) << result.err;
  const json record = json::parse(result.out);
  EXPECT_EQ(record["outcome"], "rate_too_large");
  EXPECT_EQ(record["learning_rate"], 30);
  EXPECT_EQ(record["learning_rate_from"], "the job's");
  const double suggested = record["suggested_learning_rate"].get<double>();
  EXPECT_LT(suggested, 30);
  EXPECT_THAT(record["verdict"].get<std::string>(),
              HasSubstr(fmt::format("--learning-rate {:g}", suggested)));
}

// The job's optimizer is Adam, whose learning rate means something else.
TEST_F(Descent, ChoosesALearningRateWhereTheJobHasNone) {
  const ProgramResult result = run("descent job.textproto --examples 60 --json");
  EXPECT_EQ(result.exit_code, 0) << result.out;
  const json record = json::parse(result.out);
  EXPECT_THAT(record["learning_rate_from"].get<std::string>(), HasSubstr("chosen"));
  EXPECT_EQ(record["examples"], 60);
  EXPECT_EQ(record["train_examples"], 101);
}

TEST_F(Descent, TheSameOnAnyRanks) {
  for (const char* rate : {"0.01", "30"}) {
    const std::string arguments =
        fmt::format("descent job.textproto --steps 5 --learning-rate {} --json", rate);
    const ProgramResult one = run(arguments);
    EXPECT_EQ(run(arguments + " --threads 3").out, one.out);
    for (const int ranks : {2, 3}) {
      const ProgramResult result = run(arguments, ranks);
      EXPECT_EQ(result.out, one.out) << rate << " on " << ranks;
      EXPECT_EQ(result.exit_code, one.exit_code);
    }
  }
}

TEST_F(Descent, ANetworkThatOverflowsIsSentToFlow) {
  const ProgramResult result = run(
      "descent job.textproto --set 'network={layer { units: 12 activation: LINEAR initializer { "
      "kind: IDENTITY multiplier: 40 } repeat: 300 } output { units: 3 }}'");
  EXPECT_EQ(result.exit_code, 77);
  EXPECT_THAT(result.out, HasSubstr("J is not finite before step 1"));
  EXPECT_THAT(result.out, HasSubstr("lockstep flow"));
}

TEST_F(Descent, BadArgumentsAreRefused) {
  for (const char* arguments :
       {"--steps 0", "--learning-rate 0", "--learning-rate -1", "--learning-rate nan",
        "--learning-rate 1x", "--examples 0", "--threads 4097"}) {
    EXPECT_EQ(run(fmt::format("descent job.textproto {}", arguments)).exit_code, 2) << arguments;
  }
  EXPECT_EQ(run("descent none.textproto").exit_code, 66);
  EXPECT_EQ(run("descent job.textproto --run-dir job.textproto --steps 1").exit_code, 74);
}

}  // namespace
}  // namespace lockstep
