// What `evaluate` says of a set, on counts in which no two numbers are equal.

#include "report/score_tables.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// 100 examples of three classes; of class 1, four were taken for class 2.
CheckpointScores sample_scores() {
  CheckpointScores scores;
  scores.step = 12;
  scores.weights_digest = "0123";
  scores.examples = 100;
  scores.error = 0.2;
  scores.cost = 0.75;
  scores.class_names = {"cat", "dog", "a name that is longer than it may be"};
  scores.decisions =
      DecisionCounts{.classes = 3, .units = 1, .counts = {30, 1, 2, 3, 20, 4, 5, 5, 30}};
  return scores;
}

TEST(ScoreText, HasALineForEachOfSeveralTargets) {
  CheckpointScores scores;
  scores.examples = 5;
  scores.cost = 0.5;
  scores.metrics.rmse = 1250.5;
  scores.metrics.mae = 2.0;
  scores.metrics.targets = {{2500, 3.5, 0.25}, {1, 0.5, {}}};
  scores.target_names = {"price", "width"};
  const std::string text = score_text(scores, {"split", "test"});
  EXPECT_THAT(text, HasSubstr("RMSE 1250  MAE 2\n\n"
                              "target         RMSE          MAE       R2\n"
                              "price          2500          3.5   0.2500\n"
                              "width             1          0.5 constant\n"));
  scores.target_names.clear();
  EXPECT_THAT(score_text(scores, {"split", "test"}), HasSubstr("\n0              2500 "));
  const json targets = score_json(scores, {"split", "test"})["metrics"]["targets"];
  EXPECT_EQ(targets, json::parse(R"([{"rmse": 2500, "mae": 3.5, "r2": 0.25},
                                     {"rmse": 1, "mae": 0.5}])"));
}

TEST(ScoreText, NamesTheWorstExamplesOfClasses) {
  CheckpointScores scores = sample_scores();
  scores.worst = {
      {.example = 7, .place = "pets.csv:9", .labels = {0}, .predictions = {0.125F, 0.75F, 0.125F}},
      {.example = 3, .place = "", .labels = {2}, .predictions = {0.5F, 0.25F, 0.25F}}};
  const std::string text = score_text(scores, {"split", "dev"});
  EXPECT_THAT(text, HasSubstr(R"(
worst (by the probability of the class)                              class  most probable
pets.csv:9                                                    cat (0.1250)   dog (0.7500)
example 3                                a name that is longer... (0.2500)   cat (0.5000)
)"));
  EXPECT_EQ(score_json(scores, {"split", "dev"})["worst"][0],
            Json::parse(R"({"example": 7, "place": "pets.csv:9", "class": "cat",
                            "probability": 0.125, "most_probable": "dog",
                            "its_probability": 0.75})"));
}

TEST(ScoreText, NamesTheWorstExamplesOfValues) {
  CheckpointScores scores;
  scores.target_names = {"price", "width"};
  scores.worst = {
      {.example = 0, .place = "a.csv:2", .output = 1, .labels = {5, 1.5F}, .predictions = {5, 7}}};
  EXPECT_THAT(score_text(scores, {"split", "dev"}), HasSubstr(R"(
worst (by the difference)  actual  predicted
a.csv:2                       1.5          7  width
)"));
  EXPECT_EQ(score_json(scores, {"split", "dev"})["worst"],
            Json::parse(R"([{"example": 0, "place": "a.csv:2", "labels": [5, 1.5],
                             "predictions": [5, 7]}])"));
}

TEST(ScoreText, HasErrorClassesAndConfusion) {
  EXPECT_EQ(score_text(sample_scores(), {"split", "dev"}),
            R"(dev set of 100 examples, weights after step 12 (digest 0123)
error 20.00% (accuracy 80.00%), 95% interval 13.34% to 28.88%
cost  0.75

                   class  examples  precision       95% interval   recall       95% interval       F1
                     cat        33     78.95%   63.65% to 88.93%   90.91%   76.43% to 96.86%   84.51%
                     dog        27     76.92%   57.95% to 88.97%   74.07%   55.32% to 86.83%   75.47%
a name that is longer...        40     83.33%   68.11% to 92.13%   75.00%   59.81% to 85.81%   78.95%

confusion matrix: a row for each true class, a column for each decision
                                              cat                      dog a name that is longer...
                     cat                       30                        1                        2
                     dog                        3                       20                        4
a name that is longer...                        5                        5                       30
)");
}

TEST(ScoreText, ANameOf24LettersIsWhole) {
  CheckpointScores scores = sample_scores();
  scores.class_names[0] = std::string(24, 'x');
  scores.class_names[1] = std::string(25, 'y');
  const std::string text = score_text(scores, {"split", "dev"});
  EXPECT_THAT(text, HasSubstr("\n" + std::string(24, 'x') + " "));
  EXPECT_THAT(text, HasSubstr("\n" + std::string(21, 'y') + "... "));
}

// 21 classes: a table of the 20 worst and no matrix.
TEST(ScoreText, OfManyClassesTheWorstAreShown) {
  CheckpointScores scores = sample_scores();
  scores.class_names.clear();
  const auto with_classes = [&](std::uint64_t classes) {
    DecisionCounts counts{
        .classes = classes, .units = 1, .counts = std::vector<std::uint64_t>(classes * classes, 1)};
    for (std::uint64_t c = 0; c < classes; ++c) counts.counts[c * classes + c] = 100 - 4 * c;
    scores.decisions = counts;
    return score_text(scores, {"split", "dev"});
  };
  const std::string all = with_classes(20);
  EXPECT_THAT(all, Not(HasSubstr("worst")));
  EXPECT_THAT(all, HasSubstr("confusion matrix: a row"));
  const std::string worst = with_classes(21);
  EXPECT_THAT(worst, HasSubstr("the 20 worst of 21 (by F1; --json has all):\n"));
  EXPECT_THAT(worst, HasSubstr("confusion matrix of 21 classes: see --json\n"));
  EXPECT_THAT(worst, Not(HasSubstr("\n        0 "))) << "the best is left out";
  EXPECT_LT(worst.find("\n       20 "), worst.find("\n        1 ")) << "the worst comes first";
}

TEST(ScoreText, UnitsThatDecideApartHaveALineEach) {
  CheckpointScores scores = sample_scores();
  scores.class_names.clear();
  scores.decisions =
      DecisionCounts{.classes = 2, .units = 2, .counts = {50, 10, 15, 25, 70, 5, 5, 20}};
  const std::string text = score_text(scores, {"split", "dev"});
  EXPECT_THAT(text, HasSubstr("   yes of  examples"));
  EXPECT_THAT(text, HasSubstr("   unit 0        40     71.43%"));
  EXPECT_THAT(text, HasSubstr("   unit 1        25     80.00%"));
  EXPECT_THAT(text, Not(HasSubstr("confusion")));
  const json object = score_json(scores, {"split", "dev"});
  EXPECT_EQ(object["confusion_of_units"], json::parse("[[[50,10],[15,25]],[[70,5],[5,20]]]"));
  EXPECT_FALSE(object.contains("confusion"));
}

TEST(ScoreText, WhatIsDividedByNothingIsADash) {
  CheckpointScores scores = sample_scores();
  scores.class_names.clear();
  scores.decisions = DecisionCounts{.classes = 2, .units = 1, .counts = {100, 0, 0, 0}};
  EXPECT_THAT(score_text(scores, {"split", "dev"}),
              HasSubstr("        1         0          -                  -        -              "
                        "    -        -\n"));
  scores.error.reset();
  scores.decisions.reset();
  EXPECT_EQ(score_text(scores, {"split", "test"}),
            "test set of 100 examples, weights after step 12 (digest 0123)\ncost  0.75\n");
}

TEST(ScoreJson, HasTheSameNumbers) {
  const json object = score_json(sample_scores(), {"split", "dev"});
  EXPECT_EQ(object["split"], "dev");
  EXPECT_EQ(object["step"], 12);
  EXPECT_EQ(object["examples"], 100);
  EXPECT_EQ(object["error"], 0.2);
  EXPECT_EQ(object["cost"], 0.75);
  EXPECT_EQ(object["confusion"], json::parse("[[30,1,2],[3,20,4],[5,5,30]]"));
  const json& dog = object["classes"][1];
  EXPECT_EQ(dog["name"], "dog");
  EXPECT_EQ(dog["examples"], 27);
  EXPECT_EQ(dog["decided"], 26);
  EXPECT_EQ(dog["right"], 20);
  EXPECT_EQ(dog["precision"], 20.0 / 26);
  EXPECT_EQ(dog["recall"], 20.0 / 27);
  EXPECT_NEAR(object["error_interval_95"][0], 0.1334, 1e-4);
  EXPECT_NEAR(object["error_interval_95"][1], 0.2888, 1e-4);
}

}  // namespace
}  // namespace lockstep
