// What `importance` says, on numbers of which no two are equal.

#include "report/importance_table.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep {
namespace {

using testing::HasSubstr;

Importance sample() {
  return {.step = 12,
          .weights_digest = "0123",
          .split = EvaluationSplit::dev,
          .examples = 40,
          .repeats = 4,
          .metric = Metric::dev_error,
          .original = 0.125,
          .columns = {{"weight", {0.25, 0.375, 0.25, 0.125}, 0.25, {0.1, 0.4}, 4},
                      {"two\nlines", {0.0, -0.025, 0.025, 0.0}, 0.0, {-0.0325, 0.0325}, 1}}};
}

TEST(ImportanceText, HasALineForEachColumn) {
  EXPECT_THAT(importance_text(sample()),
              HasSubstr(R"(dev set of 40 examples, weights after step 12 (digest 0123): error 12.50%
when the values of a column are permuted over the examples, the error rises by (percentage points):

column         importance             95% interval       worse in
weight              25.00           10.00 to 40.00         4 of 4
"two\nlines"         0.00            -3.25 to 3.25         1 of 4

Columns with the same information share their importance)"));
}

TEST(ImportanceText, OfAnotherMetricIsInItsUnit) {
  Importance importance = sample();
  importance.metric = Metric::r2;
  importance.original = 0.87654;
  importance.columns[0].mean = 1234.567;
  const std::string text = importance_text(importance);
  EXPECT_THAT(text, HasSubstr(": R2 0.8765\n"));
  EXPECT_THAT(text, HasSubstr("the R2 falls by:\n"));
  EXPECT_THAT(text, HasSubstr("weight               1235               0.1 to 0.4"));
}

TEST(ImportanceText, HasTheMostImportantColumnsOfMany) {
  Importance importance = sample();
  for (int i = 0; i < 50; ++i) {
    importance.columns.push_back({"column " + std::to_string(i), {0, 0, 0, 0}, 0, {0, 0}, 0});
  }
  const std::string text = importance_text(importance);
  EXPECT_THAT(text, HasSubstr("\ncolumn 47 "));
  EXPECT_THAT(text, HasSubstr("\nand 2 less important columns: see --json\n"));
  EXPECT_EQ(importance_json(importance)["columns"].size(), 52U);
}

TEST(ImportanceJson, HasEveryRepeat) {
  EXPECT_EQ(importance_json(sample()), Json::parse(R"({
    "split": "dev", "step": 12, "examples": 40, "weights_digest": "0123", "repeats": 4,
    "metric": "error", "larger_is_better": false, "original": 0.125,
    "columns": [
      {"name": "weight", "importance": 0.25, "interval_95": [0.1, 0.4], "worse_share": 1.0,
       "of_repeats": [0.25, 0.375, 0.25, 0.125]},
      {"name": "two\nlines", "importance": 0.0, "interval_95": [-0.0325, 0.0325],
       "worse_share": 0.25, "of_repeats": [0.0, -0.025, 0.025, 0.0]}]})"));
}

}  // namespace
}  // namespace lockstep
