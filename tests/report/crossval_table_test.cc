#include "report/crossval_table.h"

#include <array>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

FoldScores fold(std::uint32_t repeat, std::uint32_t number, double error,
                std::optional<double> roc_auc) {
  CheckpointScores scores;
  scores.examples = 25;
  scores.error = error;
  scores.cost = 2 * error;
  scores.metrics.roc_auc = roc_auc;
  TrialResult result;
  result.status = TrialStatus::finished;
  result.epochs = 4;
  result.weights_digest = "d1";
  return {.repeat = repeat, .fold = number, .result = result, .test = scores};
}

CrossvalResults two_repeats() {
  return {.job_name = "leaves",
          .plan = {2, 2},
          .examples = 50,
          .folds = {fold(0, 0, 0.12, 0.9), fold(0, 1, 0.2, 0.8), fold(1, 0, 0.16, 0.7),
                    fold(1, 1, 0.08, std::nullopt)},
          .notes = {"a note"}};
}

// By NumPy: np.mean(x), np.std(x, ddof=1).
TEST(CrossvalTable, SpreadIsMeanAndDeviation) {
  const Spread spread = spread_of(std::array{0.12, 0.2, 0.16, 0.08});
  EXPECT_DOUBLE_EQ(spread.mean, 0.14);
  EXPECT_DOUBLE_EQ(spread.deviation, 0.05163977794943223);
}

TEST(CrossvalTable, TextSaysWhatTheNumbersAre) {
  const std::string text = crossval_text(two_repeats());
  EXPECT_THAT(text, HasSubstr("cross-validation of leaves: 2 folds of 50 examples, 2 repeats"));
  EXPECT_THAT(text, HasSubstr("mean    folds            14.00%   0.2800"));
  EXPECT_THAT(text, HasSubstr("deviation    folds             5.16%   0.1033"));
  // The means of the repeats are 0.16 and 0.12.
  EXPECT_THAT(text, HasSubstr("deviation  repeats             2.83%"));
  EXPECT_THAT(text, HasSubstr("not that of the mean"));
  EXPECT_THAT(text, HasSubstr("ROC AUC: 1 of 4 folds have none, so that it has no mean."));
  EXPECT_THAT(text, HasSubstr("a note\n"));
}

TEST(CrossvalTable, FilesHaveEveryFold) {
  EXPECT_EQ(crossval_csv(two_repeats()),
            "repeat,fold,status,test_examples,error,cost,roc_auc,epochs,weights_digest\n"
            "0,0,finished,25,0.12,0.24,0.9,4,d1\n"
            "0,1,finished,25,0.2,0.4,0.8,4,d1\n"
            "1,0,finished,25,0.16,0.32,0.7,4,d1\n"
            "1,1,finished,25,0.08,0.16,,4,d1\n");
  const json all = json::parse(crossval_json(two_repeats()));
  EXPECT_EQ(all["runs"].size(), 4U);
  EXPECT_DOUBLE_EQ(all["over_folds"]["error"]["mean"].get<double>(), 0.14);
  EXPECT_DOUBLE_EQ(all["over_repeats"]["error"]["deviation"].get<double>(), 0.028284271247461905);
  EXPECT_TRUE(all["over_folds"]["roc_auc"].is_null());
}

TEST(CrossvalTable, HasNoMeanWhenAFoldDiverged) {
  CrossvalResults results = two_repeats();
  results.plan = {4, 1};
  results.folds[2].test.reset();
  results.folds[2].result.status = TrialStatus::diverged;
  EXPECT_FALSE(is_complete(results));
  const std::string text = crossval_text(results);
  EXPECT_THAT(text, HasSubstr("a fold diverged, so that there are no means"));
  EXPECT_THAT(text, Not(HasSubstr("14.00%")));
  const json all = json::parse(crossval_json(results));
  EXPECT_TRUE(all["over_folds"]["error"].is_null());
  EXPECT_TRUE(all["over_repeats"].is_null());
}

}  // namespace
}  // namespace lockstep
