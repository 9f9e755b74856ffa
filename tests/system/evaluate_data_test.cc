// `lockstep evaluate --data`: scores of a file with labels that belongs to no set of the run.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "system/things_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

class EvaluateData : public ThingsFixture {};

// The rows of things.csv as a file of their own: fewer columns, and in another order.
TEST_F(EvaluateData, ScoresANewFileAsItScoresASet) {
  train();
  std::string rows = "kind,extra,color,size\n";
  for (int i = 0; i < 40; ++i) {
    rows += fmt::format("{},x,{},{}\n", i % 10 < 5 ? "small" : "large",
                        i % 2 == 0 ? "red" : "green", i % 10);
  }
  write("labelled.csv", rows);
  const std::string text = printed("evaluate run --data labelled.csv");
  EXPECT_THAT(text, StartsWith("labelled.csv of 40 examples, weights after step 20 (digest "));
  const std::string train_text = printed("evaluate run --split train");
  EXPECT_EQ(text.substr(text.find("\nerror")), train_text.substr(train_text.find("\nerror")));
  const auto quiet = run("evaluate run --data labelled.csv");
  EXPECT_EQ(quiet.err, "labelled.csv: left out, not in the training file: \"extra\"\n");
  const auto piped = run_program(fmt::format("cd {} && cat labelled.csv | {} evaluate run --data -",
                                             directory_.string(), LOCKSTEP_PROGRAM));
  EXPECT_EQ(piped.out, "-" + text.substr(text.find(" of 40")));
  json scores = json::parse(printed("evaluate run --data labelled.csv --json"));
  EXPECT_EQ(scores["data"], "labelled.csv");
  json of_train = json::parse(printed("evaluate run --split train --json"));
  scores.erase("data");
  of_train.erase("split");
  EXPECT_EQ(scores, of_train);
}

TEST_F(EvaluateData, RefusesFilesThatItCannotScore) {
  train();
  expect_refused("evaluate run --data new.csv", 65,
                 "new.csv: has no labels: column \"kind\" is absent, with which predictions are "
                 "compared; add it (`lockstep predict` needs no labels)");
  write("labelled.csv", "kind,color,size\nsmall,red,1\nhuge,green,8\n");
  expect_refused("evaluate run --data labelled.csv", 65,
                 "labelled.csv:3:1: a class that the training file does not have, \"huge\"");
  write("labelled.csv", "kind,color,size\nsmall,blue,1\nlarge,green,\n");
  expect_refused("evaluate run --data labelled.csv", 65, "--unknown-category all_zero");
  expect_refused("evaluate run --data labelled.csv --unknown-category all_zero", 65,
                 "--when-missing training_mean");
  const auto filled = run(
      "evaluate run --data labelled.csv --unknown-category all_zero --when-missing training_mean");
  EXPECT_EQ(filled.exit_code, 0) << filled.err;
  EXPECT_THAT(filled.err, HasSubstr("labelled.csv: 1 value of column \"size\" is missing"));
  write("labelled.csv", "kind,color,size,extra\nsmall,red,1,1\n");
  expect_refused("evaluate run --data labelled.csv --refuse-new-columns", 65,
                 "not in the training file: \"extra\"");
  expect_refused("evaluate run --data labelled.csv --split dev", 2, "--split is for the sets");
  expect_refused("evaluate run --when-missing refuse", 2, "--when-missing is for --data FILE");
  expect_refused("evaluate run --data labelled.csv --labels labels", 2,
                 "--labels is for formats with a file of labels");
}

TEST_F(EvaluateData, TakesTheLabelsOfImagesFromAFileOfTheirOwn) {
  write("images.textproto", R"(
    name: "images" data { train { idx { features: "features" labels: "labels" } } }
    network { output { units: 3 } } optimizer { adam {} }
    training { batch_size: 24 shards: 2 steps: 5 })");
  ASSERT_EQ(run("train images.textproto --run-dir tiny").exit_code, 0);
  const json of_file = json::parse(printed("evaluate tiny --data features --labels labels --json"));
  const json of_set = json::parse(printed("evaluate tiny --split train --json"));
  EXPECT_EQ(of_file["error"], of_set["error"]);
  EXPECT_EQ(of_file["confusion"], of_set["confusion"]);
  EXPECT_EQ(of_file["metrics"]["baseline_error"], of_set["metrics"]["baseline_error"]);
  expect_refused("evaluate tiny --data features", 2,
                 "the labels of the model's format are in a file of their own");
  expect_refused("evaluate tiny --data features --labels labels --when-missing refuse", 2,
                 "are for tables");
}

}  // namespace
}  // namespace lockstep
