// `lockstep diagnose` and `lockstep recipe` from the outside.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "support/tiny_job.h"
#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

// Too small a network for the tiny data, trained too briefly.
constexpr const char* kUnderfitJob = R"(
  name: "underfit" seed: 7
  data {
    train { idx { features: "features" labels: "labels" } }
    split { dev { count: 40 } test { count: 30 } }
  }
  network { layer { units: 2 activation: TANH } output { units: 3 } }
  optimizer { gradient_descent { learning_rate: 0.05 } }
  training { batch_size: 24 shards: 12 epochs: 4 })";

class Diagnose : public ProgramFixture {
 protected:
  Diagnose() { std::ofstream(directory_ / "underfit.textproto") << kUnderfitJob; }
};

TEST_F(Diagnose, ATrainingEndsWithItsVerdict) {
  const auto result = run("train underfit.textproto --run-dir run");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("verdict  high bias"));
  EXPECT_THAT(result.out, HasSubstr("recipe   hidden layers of 8 units: --set "
                                    "'network.layer[0].units=8'"));
  const json diagnosis = json::parse(file("run/diagnosis.json"));
  EXPECT_EQ(diagnosis["verdict"], "bias");
  const json summary = json::parse(file("run/summary.json"));
  EXPECT_EQ(summary["diagnosis"], diagnosis);
  EXPECT_EQ(summary["dev_examples"], 40);
  EXPECT_EQ(summary["train_examples"], 71);
  EXPECT_EQ(summary["features"], 12);
  EXPECT_EQ(summary["images"], true);
  EXPECT_THAT(file("run/report.html"), HasSubstr("Bias and variance"));

  // The command says the same of the run, and of its last checkpoint too.
  const auto text = run("diagnose run");
  ASSERT_EQ(text.exit_code, 0) << text.err;
  EXPECT_EQ(text.out, file("run/diagnosis.txt"));
  EXPECT_EQ(json::parse(run("diagnose run --json").out), diagnosis);
  const auto checkpoint = run("diagnose run/ckpt/latest --json");
  ASSERT_EQ(checkpoint.exit_code, 0) << checkpoint.err;
  EXPECT_EQ(json::parse(checkpoint.out)["gaps"], diagnosis["gaps"]);
  const auto on_ranks = run("diagnose run/ckpt/latest --json", 3);
  EXPECT_EQ(on_ranks.out, checkpoint.out) << on_ranks.err;
}

TEST_F(Diagnose, TheBaseErrorCanBeGiven) {
  ASSERT_EQ(run("train underfit.textproto --run-dir run").exit_code, 0);
  const auto result = run("diagnose run --base-error 0.5 --json");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(json::parse(result.out)["base_error"], 0.5);
  EXPECT_THAT(run("diagnose run --base-error 0.5").out, HasSubstr("given: --base-error"));
  EXPECT_THAT(run("diagnose run").out, HasSubstr("assumed; diagnosis.base_error can say better"));
  EXPECT_NE(json::parse(result.out)["verdict"], "bias");
  EXPECT_EQ(run("diagnose run --base-error 1.5").exit_code, 2);
  EXPECT_EQ(run("diagnose run --base-error 1").exit_code, 2) << "nothing would be high";
}

TEST_F(Diagnose, WithoutADevSetItSaysSo) {
  ASSERT_EQ(run("train underfit.textproto --run-dir run --set 'data.split={}'").exit_code, 0);
  const auto result = run("diagnose run");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("variance cannot be measured"));
  EXPECT_THAT(result.out, HasSubstr("--set data.split.dev.count="));
}

// 30 of class 0 and 10 of class 1 have the same feature, and so have 40 of class 1.
TEST_F(Diagnose, WhatEqualFeaturesGetWrongIsCounted) {
  {
    std::ofstream table(directory_ / "equal.csv");
    table << "x,y\n";
    for (int i = 0; i < 80; ++i) table << (i < 40 ? "1" : "2") << "," << (i < 30 ? 0 : 1) << "\n";
    std::ofstream(directory_ / "equal.textproto") << R"(
      name: "equal"
      data { train { csv { file: "equal.csv" table { column { name: "y" role: LABEL } } } } }
      network { output { units: 2 } } optimizer { adam { learning_rate: 0.1 } }
      training { batch_size: 16 shards: 4 epochs: 3 })";
  }
  for (const int ranks : {1, 3}) {
    const std::string name = fmt::format("on-{}", ranks);
    ASSERT_EQ(run("train equal.textproto --run-dir " + name, ranks).exit_code, 0);
    EXPECT_EQ(json::parse(file(name + "/diagnosis.json"))["train_error_floor"], 0.125);
    EXPECT_EQ(json::parse(file(name + "/summary.json"))["train_error_floor"], 0.125);
    EXPECT_THAT(run("diagnose " + name).out,
                HasSubstr("floor         12.50%   counted: equal features, different labels"));
    const auto checkpoint = run("diagnose " + name + "/ckpt/latest --json", ranks);
    EXPECT_EQ(json::parse(checkpoint.out)["train_error_floor"], 0.125) << checkpoint.err;
  }
}

TEST_F(Diagnose, ValuesAreJudgedByTheirRmse) {
  const auto train =
      run("train underfit.textproto --run-dir run --set network.output.loss=SQUARED_ERROR "
          "--set network.output.units=1");
  ASSERT_EQ(train.exit_code, 0) << train.err;
  EXPECT_THAT(train.out, HasSubstr("verdict  high bias"));
  const auto result = run("diagnose run");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("note: errors are RMSE in percent of the deviation"));
  EXPECT_THAT(result.out, HasSubstr("assumed; diagnosis.base_rmse can say better"));
  const json of_run = json::parse(run("diagnose run --json").out);
  EXPECT_EQ(of_run["errors_are"], "relative_rmse");
  const json of_checkpoint = json::parse(run("diagnose run/ckpt/latest --json", 2).out);
  EXPECT_EQ(of_checkpoint["errors"], of_run["errors"]);
  EXPECT_EQ(of_checkpoint["gaps"], of_run["gaps"]);
  EXPECT_EQ(run("diagnose run --base-error 0.1").exit_code, 2);
  EXPECT_EQ(run("diagnose run --base-rmse 1e9").exit_code, 0);
}

TEST_F(Diagnose, WhatIsNoFinishedRun) {
  EXPECT_EQ(run("diagnose nowhere").exit_code, 66);
  fs::create_directory(directory_ / "empty");
  const auto empty = run("diagnose empty");
  EXPECT_EQ(empty.exit_code, 66);
  EXPECT_THAT(empty.err, HasSubstr("has no summary.json"));
  std::ofstream(directory_ / "empty/summary.json") << "{ half";
  EXPECT_EQ(run("diagnose empty").exit_code, 65);
  EXPECT_EQ(run("diagnose job.textproto").exit_code, 65) << "not a checkpoint";
}

TEST_F(Diagnose, AnInterruptedRunIsSaidToBeUnfinished) {
  ASSERT_EQ(run_with_fault("train underfit.textproto --run-dir run", 2, "1 5 terminate").exit_code,
            75);
  const auto result = run("diagnose run");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("the verdict on an unfinished training"));
  EXPECT_THAT(result.out, HasSubstr("1. finish the run"));
  // Once finished, it is as if it had never been interrupted.
  ASSERT_EQ(run("train underfit.textproto --run-dir whole").exit_code, 0);
  ASSERT_EQ(run("train underfit.textproto --run-dir run --resume must").exit_code, 0);
  EXPECT_EQ(file("run/diagnosis.json"), file("whole/diagnosis.json"));
}

TEST_F(Diagnose, ASummaryOfAnOlderVersionHasItsSizesFromTheData) {
  ASSERT_EQ(run("train underfit.textproto --run-dir run").exit_code, 0);
  const std::string now = run("diagnose run").out;
  json summary = json::parse(file("run/summary.json"));
  for (const char* key : {"train_examples", "train_dev_examples", "dev_examples", "test_examples",
                          "features", "images", "diagnosis"}) {
    summary.erase(key);
  }
  std::ofstream(directory_ / "run/summary.json") << summary.dump();
  const auto result = run("diagnose run");
  EXPECT_EQ(result.out, now) << result.err;
}

TEST_F(Diagnose, TheRecipeIsTheSameOnAllRanks) {
  const auto alone = run("recipe underfit.textproto --runs 4 --run-dir alone");
  ASSERT_EQ(alone.exit_code, 0) << alone.err;
  EXPECT_THAT(alone.out, HasSubstr("the unchanged job"));
  EXPECT_THAT(alone.out, HasSubstr("The budget of 4 runs is used up"));
  EXPECT_THAT(alone.err, HasSubstr("recipe: run 1 of 4: start"));
  for (const char* name : {"recipe.txt", "recipe.json", "best.textproto", "run-04/summary.json",
                           "run-04/diagnosis.txt", "run-04/report.html"}) {
    EXPECT_TRUE(fs::exists(directory_ / "alone" / name)) << name;
  }
  EXPECT_THAT(file("alone/recipe.json"), Not(HasSubstr("test_error")));

  const auto three = run("recipe underfit.textproto --runs 4 --run-dir three --json", 3);
  ASSERT_EQ(three.exit_code, 0) << three.err;
  EXPECT_EQ(file("three/recipe.json"), file("alone/recipe.json"));
  EXPECT_EQ(file("three/recipe.txt"), file("alone/recipe.txt"));
  EXPECT_EQ(file("three/best.textproto"), file("alone/best.textproto"));
  EXPECT_EQ(json::parse(three.out), json::parse(file("three/recipe.json")));

  // The best job is ready to be trained, to the errors of the table.
  const json recipe = json::parse(three.out);
  ASSERT_EQ(run("train three/best.textproto --run-dir best").exit_code, 0);
  const std::size_t best = recipe["best"].get<std::size_t>() - 1;
  EXPECT_EQ(json::parse(file("best/summary.json"))["dev_error"],
            recipe["trials"][best]["dev_error"]);
}

TEST_F(Diagnose, AnInterruptedRecipeGoesOnAtAnotherLayout) {
  ASSERT_EQ(run("recipe underfit.textproto --runs 3 --run-dir whole").exit_code, 0);
  // Two runs have 12 steps; the third, which trains longer, is struck.
  const auto stopped =
      run_with_fault("recipe underfit.textproto --runs 3 --run-dir parts", 2, "1 15 terminate");
  ASSERT_EQ(stopped.exit_code, 75) << stopped.err;
  EXPECT_THAT(file("parts/recipe.txt"), HasSubstr("--resume auto continues it"));
  EXPECT_EQ(json::parse(file("parts/recipe.json"))["trials"].size(), 2U);
  const auto refused = run("recipe underfit.textproto --runs 3 --run-dir parts");
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("already holds a recipe"));
  const auto resumed = run("recipe underfit.textproto --runs 3 --run-dir parts --resume auto", 3);
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_EQ(file("parts/recipe.json"), file("whole/recipe.json"));
  const auto fewer = run("recipe underfit.textproto --runs 2 --run-dir parts --resume auto");
  EXPECT_EQ(fewer.exit_code, 2);
  EXPECT_THAT(fewer.err, HasSubstr("holds a recipe of 3 runs, more than --runs 2"));
  EXPECT_EQ(file("parts/recipe.json"), file("whole/recipe.json"));
  const auto nothing = run("recipe underfit.textproto --run-dir none --resume must");
  EXPECT_EQ(nothing.exit_code, 66);
  EXPECT_THAT(nothing.err, HasSubstr("no recipe to resume in none"));
  const auto other =
      run("recipe underfit.textproto --runs 3 --run-dir parts --resume auto "
          "--set seed=8");
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("holds a run of another job: seed 7, but this recipe has 8"));
}

TEST_F(Diagnose, TheRecipeNeedsErrorsToGoBy) {
  const auto no_dev = run("recipe underfit.textproto --set 'data.split={}'");
  EXPECT_EQ(no_dev.exit_code, 2);
  EXPECT_THAT(no_dev.err, HasSubstr("the job has no dev set"));
  const auto squared = run("recipe underfit.textproto --set network.output.loss=SQUARED_ERROR");
  EXPECT_EQ(squared.exit_code, 2);
  EXPECT_THAT(squared.err, HasSubstr("class labels are predicted as values"));
  EXPECT_EQ(run("recipe underfit.textproto --runs 0").exit_code, 2);
  EXPECT_EQ(run("recipe nowhere.textproto").exit_code, 66);
  EXPECT_FALSE(fs::exists(directory_ / "runs")) << "nothing was begun";
}

TEST_F(Diagnose, TheRecipeOfValuesGoesByRmse) {
  std::string table = "x,y\n";
  for (int i = 0; i < 200; ++i) {
    table += fmt::format("{},{}\n", i % 23, 1000 + 50 * ((i % 23) % 5) + i % 2);
  }
  write("values.csv", table);
  write("values.textproto", R"(
    name: "values" seed: 1
    data {
      train { csv { file: "values.csv" table { column { name: "y" role: LABEL } } } }
      split { dev { count: 50 } test { count: 50 } } max_copied_share: 1
    }
    network { layer { units: 2 } output { units: 1 loss: SQUARED_ERROR } }
    optimizer { adam { learning_rate: 0.03 } }
    training { batch_size: 20 epochs: 20 })");
  const auto result = run("recipe values.textproto --runs 2 --run-dir values");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("RMSE in percent of the deviation of the targets"));
  EXPECT_THAT(result.out, HasSubstr("test RMSE"));
  const json recipe = json::parse(file("values/recipe.json"));
  EXPECT_EQ(recipe["errors_are"], "relative_rmse");
  const double dev = recipe["trials"][0]["dev_error"];
  const json summary = json::parse(file("values/run-01/summary.json"));
  EXPECT_EQ(dev, summary["relative_rmse"]["dev"]["value"]);
  ASSERT_EQ(run("recipe values.textproto --runs 2 --run-dir ranks", 2).exit_code, 0);
  EXPECT_EQ(file("ranks/recipe.json"), file("values/recipe.json")) << "at any layout";
}

TEST_F(Diagnose, ADirectoryOfSeveralRunsNamesOneOfThem) {
  ASSERT_EQ(run("recipe underfit.textproto --runs 1 --run-dir several").exit_code, 0);
  const auto result = run("diagnose several");
  EXPECT_EQ(result.exit_code, 66);
  EXPECT_THAT(result.err, HasSubstr("it holds a recipe; diagnose one of its runs, such as "
                                    "several/run-01"));
  EXPECT_EQ(run("diagnose several/run-01").exit_code, 0);
  // Nor is it a place for anything else, resumed or not.
  for (const char* resume : {"", " --resume auto", " --resume must"}) {
    const auto train = run(std::string("train underfit.textproto --run-dir several") + resume);
    EXPECT_EQ(train.exit_code, 2);
    EXPECT_THAT(train.err, HasSubstr("several holds a recipe, not a run: choose another"));
    const auto recipe =
        run(std::string("recipe underfit.textproto --run-dir several/run-01") + resume);
    EXPECT_EQ(recipe.exit_code, 2);
    EXPECT_THAT(recipe.err, HasSubstr("several/run-01 holds a run, not a recipe"));
  }
  EXPECT_FALSE(fs::exists(directory_ / "several/metrics.jsonl"));
}

TEST_F(Diagnose, ADivergingJobEndsTheRecipeWithItsCode) {
  const auto result =
      run("recipe underfit.textproto --run-dir wild --set network.layer[0].activation=RELU --set "
          "optimizer.gradient_descent.learning_rate=1e30");
  EXPECT_EQ(result.exit_code, 77) << result.err;
  EXPECT_THAT(result.out, HasSubstr("also with smaller learning rates"));
  EXPECT_THAT(result.out, Not(HasSubstr("best.textproto"))) << "there is none";
  const json error = json::parse(file("wild/run-01/error.rank0.json"));
  EXPECT_EQ(error["exit_code"], 77);
}

// Errors on other data are not compared.
TEST_F(Diagnose, ARecipeIsNotContinuedOnOtherData) {
  ASSERT_EQ(run("recipe underfit.textproto --runs 1 --run-dir recipe").exit_code, 0);
  write_tiny_data(directory_, 151);
  const std::string again = "recipe underfit.textproto --runs 2 --run-dir recipe --resume auto";
  const auto refused = run(again, 2);
  EXPECT_EQ(refused.exit_code, 65);
  EXPECT_THAT(refused.err, HasSubstr("the training data is not that of the earlier runs"));
  const auto allowed = run(again + " --allow-changed-data");
  EXPECT_EQ(allowed.exit_code, 0) << allowed.err;
}

}  // namespace
}  // namespace lockstep
