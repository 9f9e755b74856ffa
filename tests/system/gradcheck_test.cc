// `lockstep gradcheck` from the outside: verdicts, files, layouts, exit codes,
// and the jobs we ship.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class Gradcheck : public ProgramFixture {};

TEST_F(Gradcheck, IsGreatBeforeAndAfterTraining) {
  const auto result = run("gradcheck job.textproto --after 10");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(result.out, HasSubstr("12-170-90-3, 17873 parameters, in double"));
  EXPECT_THAT(result.out, HasSubstr("mean loss of 24 training examples"));
  EXPECT_THAT(result.out, HasSubstr("the penalty with m = 101"));
  EXPECT_THAT(result.out, HasSubstr("dropout: off"));
  EXPECT_THAT(result.out, HasSubstr("253 of 17873 entries"));
  EXPECT_THAT(result.out, HasSubstr("initial weights"));
  EXPECT_THAT(result.out, HasSubstr("weights after step 10"));
  EXPECT_THAT(result.out, HasSubstr("layer3.bias"));
  EXPECT_THAT(result.out, HasSubstr("great: at most 1e-7 apart"));
  EXPECT_THAT(result.out, Not(HasSubstr("worst entries")));
}

TEST_F(Gradcheck, PrintsTheSameBytesAtEveryLayout) {
  for (const char* arguments : {"--after 7 --entries 20 --json", "--dropout frozen"}) {
    const auto alone = run(fmt::format("gradcheck job.textproto --threads 1 {}", arguments));
    ASSERT_EQ(alone.exit_code, 0) << alone.err;
    EXPECT_EQ(run(fmt::format("gradcheck job.textproto --threads 5 {}", arguments)).out, alone.out);
    for (const int ranks : {2, 3, 4}) {
      const auto spread =
          run(fmt::format("gradcheck job.textproto --threads 2 {}", arguments), ranks);
      ASSERT_EQ(spread.exit_code, 0) << spread.err;
      EXPECT_EQ(spread.out, alone.out) << ranks << " ranks";
    }
  }
}

TEST_F(Gradcheck, JsonHasEveryTensorAndItsWorstEntries) {
  const auto result = run("gradcheck job.textproto --json --dropout frozen --entries 4 --rows 12");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const json report = json::parse(result.out);
  EXPECT_EQ(report["passed"], true);
  EXPECT_EQ(report["units"], json({12, 170, 90, 3}));
  EXPECT_EQ(report["entries"], 5 * 4 + 3);
  EXPECT_EQ(report["examples"], 12);
  EXPECT_EQ(report["train_examples"], 101);
  EXPECT_EQ(report["dropout"], "frozen");
  ASSERT_EQ(report["checks"].size(), 1U);
  const json& check = report["checks"][0];
  EXPECT_EQ(check["verdict"], "great");
  EXPECT_TRUE(check["suspect"].is_null());
  EXPECT_EQ(check["theta"]["compared"].get<int>() + check["theta"]["at_kink"].get<int>(), 23);
  ASSERT_EQ(check["tensors"].size(), 6U);
  const json& weight = check["tensors"][2];
  EXPECT_EQ(weight["name"], "layer2.weight");
  EXPECT_EQ(weight["rows"], 90);
  EXPECT_EQ(weight["columns"], 170);
  EXPECT_LE(weight["ratio"].get<double>(), 1e-7);
  ASSERT_GE(weight["worst"].size(), 1U);
  for (const json& entry : weight["worst"]) {
    EXPECT_LT(entry["row"], 90);
    EXPECT_LT(entry["column"], 170);
    EXPECT_NEAR(entry["numerical"], entry["analytic"], 1e-8);
  }
}

TEST_F(Gradcheck, ChecksACheckpointAndWritesBesideIt) {
  ASSERT_EQ(run("train job.textproto --run-dir run").exit_code, 0);
  const auto result = run("gradcheck job.textproto run/ckpt/latest --run-dir run");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(file("run/gradcheck.txt"), result.out);
  const json report = json::parse(file("run/gradcheck.json"));
  const json summary = json::parse(file("run/summary.json"));
  const auto inspected = run("inspect run/ckpt/latest");
  EXPECT_THAT(inspected.out, HasSubstr(report["checks"][0]["weights_digest"].get<std::string>()));
  EXPECT_EQ(report["checks"][0]["step"], summary["steps"]);
  EXPECT_TRUE(fs::exists(directory_ / "run/metrics.jsonl"));

  const auto other = run("gradcheck job.textproto run --set network.layer[0].units=171");
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("12-170-90-3, but the job's is 12-171-90-3"));
  EXPECT_EQ(run("gradcheck job.textproto run --after 3").exit_code, 2);
}

TEST_F(Gradcheck, SaysWhenNothingSpeaksEitherWay) {
  // With weights of zero every ReLU unit stands exactly at its kink.
  const std::string at_kink =
      "gradcheck job.textproto --set network.layer[0].activation=RELU "
      "--set network.layer[0].initializer.kind=ZERO ";
  const auto text = run(at_kink);
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("unresolved: no verdict"));
  EXPECT_TRUE(json::parse(run(at_kink + "--json").out)["passed"].is_null());
}

TEST_F(Gradcheck, OneSidedDifferencesAreSaidToBeSuch) {
  const auto result = run("gradcheck job.textproto --one-sided");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("against a one-sided difference with epsilon 1e-05"));
  EXPECT_THAT(result.out, HasSubstr("of the order of epsilon, not of its square (1.12)"));
  const json report = json::parse(run("gradcheck job.textproto --one-sided --json").out);
  EXPECT_EQ(report["difference"], "one_sided");
  EXPECT_TRUE(report["passed"].is_null());
}

TEST_F(Gradcheck, ADisagreementIsShownAndEndsWith70) {
  const auto result = run_with_fault("gradcheck job.textproto --run-dir new", 1, "0 0 gradient");
  EXPECT_EQ(result.exit_code, 70);
  EXPECT_THAT(result.err, HasSubstr("the gradient is not the gradient of J"));
  EXPECT_THAT(result.out, HasSubstr("worst entries"));
  EXPECT_THAT(result.out, HasSubstr("suspect: "));
  const json report = json::parse(file("new/gradcheck.json"));
  EXPECT_EQ(report["passed"], false);
  EXPECT_FALSE(report["checks"][0]["suspect"]["hint"].get<std::string>().empty());
  const auto spread = run_with_fault("gradcheck job.textproto", 3, "0 0 gradient");
  EXPECT_EQ(spread.exit_code, 70);
  EXPECT_EQ(spread.out, result.out);
  EXPECT_EQ(run("gradcheck job.textproto --epsilon 0.1").exit_code, 0);
}

TEST_F(Gradcheck, ABlownUpTrainingIsNoFaultOfTheGradient) {
  const auto result =
      run("gradcheck " LOCKSTEP_JOBS_DIR
          "/spirals.textproto --after 50 --entries 20 --set optimizer.adam.learning_rate=1e30",
          2);
  EXPECT_EQ(result.exit_code, 77) << result.out;
  EXPECT_THAT(result.err, HasSubstr("nothing to compare the gradient with"));
  EXPECT_THAT(result.err, HasSubstr("after step 50: J is"));
  EXPECT_THAT(result.err, HasSubstr("(at the initial weights the gradient was great)"));
  EXPECT_THAT(result.out, Not(HasSubstr("suspect")));
}

TEST_F(Gradcheck, SaysWhatIsWrongWithItsArguments) {
  EXPECT_EQ(run("gradcheck nowhere.textproto").exit_code, 66);
  EXPECT_EQ(run("gradcheck job.textproto nowhere").exit_code, 66);
  EXPECT_EQ(run("gradcheck job.textproto job.textproto").exit_code, 65);
  for (const char* arguments : {"--entries 0", "--entries some", "--rows 25", "--rows 0",
                                "--rows 1200", "--after 31", "--after -1", "--epsilon 0",
                                "--epsilon nan", "--dropout on", "--threads 4097", "--step 3"}) {
    const auto result = run(fmt::format("gradcheck job.textproto {}", arguments));
    EXPECT_EQ(result.exit_code, 2) << arguments;
    EXPECT_EQ(result.out, "") << arguments;
    EXPECT_NE(result.err, "") << arguments;
  }
  EXPECT_EQ(run("gradcheck job.textproto --run-dir job.textproto").exit_code, 74);
  EXPECT_EQ(run("gradcheck job.textproto > /dev/full").exit_code, 74);
}

TEST_F(Gradcheck, PassesOnEveryJobWeShip) {
  int jobs = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(LOCKSTEP_JOBS_DIR)) {
    if (entry.path().extension() != ".textproto") continue;
    ++jobs;
    const auto result =
        run(fmt::format("gradcheck {} --after 1 --entries 2 --set training.batch_size=16 --json",
                        entry.path().string()));
    ASSERT_EQ(result.exit_code, 0) << entry.path() << result.err;
    const json report = json::parse(result.out);
    ASSERT_EQ(report["checks"].size(), 2U) << entry.path();
    EXPECT_EQ(report["passed"], true) << entry.path();
    // Through 50 or 150 layers a gradient is so small that J's rounding shows.
    const bool is_deep = entry.path().filename().string().starts_with("deep-");
    for (const json& check : report["checks"]) {
      const auto verdict = check["verdict"].get<std::string>();
      EXPECT_TRUE(verdict == "great" || (is_deep && verdict == "fair"))
          << entry.path() << ": " << verdict;
    }
  }
  EXPECT_GE(jobs, 8);
}

}  // namespace
}  // namespace lockstep
