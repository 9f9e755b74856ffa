#include "report/sweep_table.h"

#include <optional>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/binomial.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// Four trials of a parameter with awkward texts, ranked 2, 0, 3, 1.
class Table : public testing::Test {
 protected:
  Table() {
    sweep_.name = "s";
    sweep_.metric = Metric::dev_error;
    sweep_.parameters = {{"rate", {"r"}, NumberList{}, {}}, {"la,yers", {"l"}, TextList{}, {}}};
    const char* const texts[] = {"RELU", "a \"b\"", "[{ units: 1 }, { units: 2 }]", "x"};
    for (std::uint32_t i = 0; i < 4; ++i) {
      trials_.push_back({i, {{fmt::format("{}", 0.1 * i), {}}, {texts[i], {}}}, {}});
      trials_.back().loaded.resolved_text = "name: \"job\"\n";
    }
    results_.ranked = {ranked(2, TrialStatus::finished, 0.10),
                       ranked(0, TrialStatus::finished, 0.101),
                       ranked(3, TrialStatus::terminated, 0.3),
                       {1, TrialStatus::diverged, {}}};
    results_.dev_examples = 1000;
  }
  static RankedTrial ranked(std::uint32_t number, TrialStatus status, double error) {
    RankedTrial trial{number, status, {}};
    trial.result.status = status;
    trial.result.epochs = 5;
    trial.result.dev_error = error;
    trial.result.dev_cost = 1.0 / 3;
    trial.result.train_error = 0.05;
    trial.result.weights_digest = fmt::format("digest{}", number);
    return trial;
  }

  SweepConfig sweep_{};
  std::vector<Trial> trials_;
  SweepResults results_{sweep_, trials_, {}, 0, {}, {}};
};

TEST_F(Table, CsvHasARowForEachTrialByNumber) {
  EXPECT_EQ(sweep_csv(results_),
            "trial,rate,\"la,yers\",rank,dev_error,dev_cost,train_error,train_cost,epochs,"
            "best_epoch,status,weights_digest\n"
            "0,0,RELU,2,0.101,0.3333333333333333,0.05,,5,,finished,digest0\n"
            "1,0.1,\"a \"\"b\"\"\",4,,,,,0,,diverged,\n"
            "2,0.2,\"[{ units: 1 }, { units: 2 }]\",1,0.1,0.3333333333333333,0.05,,5,,finished,"
            "digest2\n"
            "3,0.30000000000000004,x,3,0.3,0.3333333333333333,0.05,,5,,terminated,digest3\n");
}

TEST_F(Table, JsonSaysTheSameAndMore) {
  results_.test = CheckpointScores{};
  results_.test->examples = 400;
  results_.test->error = 0.25;
  results_.test->cost = 0.75;
  results_.cautions = {"caution: x"};
  const json all = json::parse(sweep_json(results_));
  EXPECT_EQ(all["name"], "s");
  EXPECT_EQ(all["metric"], "dev_error");
  ASSERT_EQ(all["trials"].size(), 4U);
  EXPECT_EQ(all["trials"][3]["values"]["rate"], 0.30000000000000004);
  EXPECT_EQ(all["trials"][0]["values"]["la,yers"], "RELU");
  EXPECT_TRUE(all["trials"][1]["dev_error"].is_null());
  EXPECT_EQ(all["trials"][1]["rank"], 4);
  const json& winner = all["winner"];
  EXPECT_EQ(winner["trial"], 2);
  EXPECT_EQ(winner["dev_error"], 0.1);
  const Interval interval = wilson_interval(100, 1000);
  EXPECT_EQ(winner["dev_error_interval_95"], json({interval.low, interval.high}));
  EXPECT_EQ(winner["test_error"], 0.25);
  EXPECT_EQ(winner["test_examples"], 400);
  const Interval of_test = wilson_interval(100, 400);
  EXPECT_EQ(winner["test_error_interval_95"], json({of_test.low, of_test.high}));
  EXPECT_EQ(winner["test_cost"], 0.75);
  EXPECT_EQ(winner["dev_examples"], 1000);
  EXPECT_EQ(winner["job"], "winner.textproto");
  EXPECT_THAT(sweep_text(results_),
              HasSubstr(fmt::format("test error 25.00% of 400 examples, 95% interval {:.2f}% to "
                                    "{:.2f}%; measured for the winner only",
                                    100 * of_test.low, 100 * of_test.high)));
  EXPECT_EQ(winner["run"], "trials/0002");
  EXPECT_EQ(all["indistinguishable"], json::array({0}));
  EXPECT_EQ(all["cautions"], json({"caution: x"}));
  for (const json& trial : all["trials"]) EXPECT_FALSE(trial.contains("test_error"));
}

// The seven labels of an example are not independent: 1000 examples are counted.
TEST_F(Table, IntervalsCountExamplesWhereEachHasSeveralLabels) {
  for (Trial& trial : trials_) {
    trial.loaded.job.network.output.units = 7;
    trial.loaded.job.network.output.loss = Loss::logistic;
  }
  const Interval interval = wilson_interval(100, 1000);
  EXPECT_EQ(json::parse(sweep_json(results_))["winner"]["dev_error_interval_95"],
            json({interval.low, interval.high}));
  EXPECT_THAT(sweep_text(results_), HasSubstr("95% interval 8.29% to 12.02%"));
  EXPECT_EQ(indistinguishable(results_), std::vector<std::uint32_t>{0});
}

TEST_F(Table, OfValuesTheNextStepSpeaksOfNoClasses) {
  EXPECT_THAT(next_steps(results_, "r"), HasSubstr("scores it by class"));
  for (Trial& trial : trials_) trial.loaded.job.network.output.loss = Loss::squared_error;
  EXPECT_THAT(next_steps(results_, "r"), Not(HasSubstr("class")));
}

TEST_F(Table, TextRanksAndNamesTheWinner) {
  const std::string text = sweep_text(results_) + next_steps(results_, "runs/s-1");
  EXPECT_THAT(text, HasSubstr("rank  trial  rate"));
  EXPECT_LT(text.find("10.00%"), text.find("10.10%"));
  EXPECT_THAT(text, HasSubstr("winner: trial 2 (rate=0.2 la,yers=[{ units: 1 }, { units: 2 }])"));
  EXPECT_THAT(text, HasSubstr("dev error  10.00% of 1000 examples, 95% interval 8.29% to 12.02%"));
  EXPECT_THAT(text,
              HasSubstr("no test set: the dev error, the best of 4, is likely to be too good"));
  EXPECT_THAT(text, HasSubstr("cannot tell the winner from trial 0: "));
  EXPECT_THAT(text, HasSubstr("runs/s-1/trials/0002/ckpt/latest"));
  EXPECT_EQ(text.find("early stopping"), std::string::npos);
}

TEST_F(Table, AMetricOfPredictionsHasAColumn) {
  sweep_.metric = Metric::roc_auc;
  results_.ranked[0].result.dev_metrics.roc_auc = 0.875;
  EXPECT_THAT(sweep_csv(results_), HasSubstr("rank,dev_error,dev_cost,roc_auc,train_error,"));
  EXPECT_THAT(sweep_csv(results_), HasSubstr(",0.875,"));
  EXPECT_THAT(sweep_text(results_), HasSubstr("  ROC AUC  "));
  EXPECT_THAT(sweep_text(results_), HasSubstr("  on dev     ROC AUC 0.875\n"));
  const json all = json::parse(sweep_json(results_));
  EXPECT_EQ(all["metric"], "roc_auc");
  EXPECT_EQ(all["trials"][2]["dev_metrics"]["roc_auc"], 0.875);
}

TEST_F(Table, ALargeDevSetTellsThemApart) {
  EXPECT_EQ(indistinguishable(results_), std::vector<std::uint32_t>{0});
  results_.dev_examples = 10'000'000;
  EXPECT_EQ(indistinguishable(results_), std::vector<std::uint32_t>());
  EXPECT_THAT(sweep_text(results_), Not(HasSubstr("apart")));
  results_.dev_examples = 1000;
  sweep_.metric = Metric::dev_cost;
  EXPECT_EQ(indistinguishable(results_), std::nullopt) << "costs are not counted";
  EXPECT_TRUE(json::parse(sweep_json(results_))["indistinguishable"].is_null());
}

// As chance has it: 0 and 2 wrong of 500 cannot be told apart, nor can the best and the
// worst of many trials that are equally good.
TEST_F(Table, TheBestOfManyIsComparedWithAllOfThem) {
  results_.dev_examples = 500;
  results_.ranked = {ranked(2, TrialStatus::finished, 0), ranked(0, TrialStatus::finished, 0.004),
                     ranked(3, TrialStatus::finished, 0.012),
                     ranked(1, TrialStatus::finished, 0.05)};
  EXPECT_EQ(indistinguishable(results_), (std::vector<std::uint32_t>{0, 3}));
  results_.ranked.erase(results_.ranked.begin() + 1);
  results_.ranked.pop_back();
  EXPECT_EQ(indistinguishable(results_), std::vector<std::uint32_t>()) << "alone it is told";
}

TEST_F(Table, OtherValuesOfTheSameJobHaveItsResults) {
  trials_[2].also = {{{"0.20", {}}, {"[]", {}}}};
  EXPECT_THAT(sweep_csv(results_), HasSubstr("digest2\n2,0.20,[],1,0.1,"));
  EXPECT_EQ(json::parse(sweep_json(results_))["trials"][2]["also"],
            json::parse(R"([{"rate": 0.2, "la,yers": "[]"}])"));
  EXPECT_THAT(sweep_text(results_),
              HasSubstr("note: trial 2 is rate=0.2 la,yers=[] as well: the same job"));
}

TEST_F(Table, TerminationThatEndedNothingIsSaid) {
  sweep_.termination = MedianRule{2, 1};
  EXPECT_THAT(sweep_text(results_), Not(HasSubstr("ended no trial early")));
  results_.ranked[2].status = TrialStatus::finished;
  EXPECT_THAT(sweep_text(results_), HasSubstr("note: the median rule ended no trial early"));
}

TEST_F(Table, TrialsWithTheWinnersWeightsAreNoRivals) {
  results_.ranked[1].result.weights_digest = results_.ranked[0].result.weights_digest;
  results_.ranked[1].result.dev_error = results_.ranked[0].result.dev_error;
  EXPECT_EQ(indistinguishable(results_), std::vector<std::uint32_t>());
  EXPECT_THAT(twins(results_), ElementsAre(0));
  EXPECT_THAT(sweep_text(results_),
              HasSubstr("note: trial 0 trained to exactly the winner's weights"));
  EXPECT_THAT(sweep_text(results_), Not(HasSubstr("cannot tell")));
}

TEST_F(Table, WithoutAWinner) {
  results_.ranked = {{0, TrialStatus::diverged, {}},
                     {1, TrialStatus::diverged, {}},
                     {2, TrialStatus::diverged, {}},
                     {3, TrialStatus::diverged, {}}};
  EXPECT_EQ(winner_of(results_), nullptr);
  EXPECT_TRUE(json::parse(sweep_json(results_))["winner"].is_null());
  EXPECT_THAT(sweep_text(results_), Not(HasSubstr("winner")));
}

TEST_F(Table, TheWinnersJobSaysWhereItComesFrom) {
  EXPECT_EQ(winner_job(results_),
            "# The winner of the sweep s: trial 2\n"
            "#   rate=0.2 la,yers=[{ units: 1 }, { units: 2 }]\n"
            "# It trains to weights digest2.\n"
            "name: \"job\"\n");
}

}  // namespace
}  // namespace lockstep
