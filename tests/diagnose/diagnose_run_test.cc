#include "diagnose/diagnose_run.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/tiny_job.h"

namespace lockstep {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

Summary results(double train_error, double dev_error) {
  Summary summary;
  summary.stop_reason = "epochs";
  summary.steps = 100;
  summary.best_step = 100;
  summary.train_error = train_error;
  summary.dev_error = dev_error;
  summary.train_cost = 0.5;
  summary.dev_cost = 0.75;
  summary.l2_penalty = 0.125;
  summary.train_examples = 10'000;
  summary.dev_examples = 2000;
  summary.features = 12;
  return summary;
}

TEST(DiagnoseRun, TakesTheBaseErrorOfTheJob) {
  const Summary summary = results(0.15, 0.16);
  EXPECT_EQ(diagnose_run(tiny_job("/"), summary, {}).verdict, "bias");
  const Diagnosis known = diagnose_run(tiny_job("/", {"diagnosis.base_error=0.15"}), summary, {});
  EXPECT_EQ(known.verdict, "neither");
  EXPECT_TRUE(known.recipe.empty());
}

TEST(DiagnoseRun, ComesWithTheRecipe) {
  const Diagnosis bias = diagnose_run(tiny_job("/"), results(0.15, 0.16), {});
  ASSERT_FALSE(bias.recipe.empty());
  EXPECT_EQ(bias.recipe.front().kind, "bigger network");
}

TEST(DiagnoseRun, DevOfAnotherSourceMayMismatch) {
  const LoadedJob job =
      tiny_job("/", {"data.split={}", "data.dev.idx={features: 'a' labels: 'b'}"});
  EXPECT_EQ(diagnose_run(job, results(0.01, 0.11), {}).verdict, "variance or mismatch");
}

TEST(DiagnoseRun, AHeldOutSourceMayMismatchUnlessTrainDevTells) {
  const LoadedJob job = tiny_job("/", {"data.held_out.idx={features: 'a' labels: 'b'}"});
  Summary summary = results(0.01, 0.11);
  EXPECT_EQ(diagnose_run(job, summary, {}).verdict, "variance or mismatch");
  EXPECT_EQ(diagnose_run(tiny_job("/"), summary, {}).verdict, "variance") << "out of train";
  summary.train_dev_error = 0.012;
  summary.train_dev_examples = 2000;
  EXPECT_EQ(diagnose_run(job, summary, {}).verdict, "mismatch");
}

TEST(DiagnoseRun, EarlyStoppingIsForADevErrorThatWasBetterBefore) {
  const LoadedJob job = tiny_job("/", {"early_stopping=none"});
  const auto stops_early = [&](std::optional<std::uint64_t> best_step) {
    Summary summary = results(0.01, 0.11);
    summary.best_step = best_step;
    const Diagnosis d = diagnose_run(job, summary, {});
    return std::ranges::count(d.recipe, "early stopping", &RecipeStep::kind) > 0;
  };
  EXPECT_TRUE(stops_early(99));
  EXPECT_FALSE(stops_early(100)) << "the end is best";
  EXPECT_FALSE(stops_early(std::nullopt));
}

TEST(DiagnoseRun, ValuesAreJudgedByTheirRmse) {
  const auto diagnosed = [](const std::vector<std::string>& more) {
    std::vector<std::string> overrides = {"network.output={units: 1 loss: SQUARED_ERROR}",
                                          "early_stopping.metric=DEV_COST"};
    overrides.insert(overrides.end(), more.begin(), more.end());
    Summary summary = results(0, 0);
    summary.train_error = summary.dev_error = std::nullopt;
    summary.value_errors = {.train = RelativeRmse{0.1, 0.001},
                            .train_dev = {},
                            .dev = RelativeRmse{0.18, 0.004},
                            .test = {},
                            .deviation = 4000};
    return diagnose_run(tiny_job("/", overrides), summary, {});
  };
  const Diagnosis d = diagnosed({});
  EXPECT_TRUE(d.of_values);
  EXPECT_EQ(d.verdict, "bias and variance");
  ASSERT_TRUE(d.variance && d.avoidable_bias);
  EXPECT_NEAR(d.variance->value, 0.08, 1e-12);
  EXPECT_NEAR(d.variance->interval.low, 0.08 - 1.959964 * std::hypot(0.001, 0.004), 1e-12);
  EXPECT_THAT(d.notes, Contains(HasSubstr("RMSE in percent of the deviation of the target over the "
                                          "training set, 4000")));
  ASSERT_FALSE(d.recipe.empty());
  EXPECT_THAT(d.recipe.front().reason, HasSubstr("the RMSE on the training set is 10.00% of"));
  const Diagnosis with_base = diagnosed({"diagnosis.base_rmse=380"});
  EXPECT_NEAR(with_base.base_error, 0.095, 1e-12);
  EXPECT_EQ(with_base.verdict, "variance");
}

TEST(DiagnoseRun, SquaredErrorHasMeanLossesInsteadOfAVerdict) {
  const LoadedJob job =
      tiny_job("/", {"network.output.loss=SQUARED_ERROR", "early_stopping.metric=DEV_COST"});
  Summary summary = results(0, 0);
  summary.train_error = summary.dev_error = std::nullopt;
  const Diagnosis d = diagnose_run(job, summary, {});
  EXPECT_EQ(d.verdict, "unknown");
  EXPECT_THAT(d.notes, Contains(HasSubstr("train 0.3750, dev 0.7500"))) << "without the penalty";
  EXPECT_TRUE(d.recipe.empty());
}

TEST(DiagnoseRun, AnInterruptedRunIsSaidToBeUnfinished) {
  Summary summary = results(0.15, 0.16);
  summary.stop_reason = "interrupted";
  const Diagnosis d = diagnose_run(tiny_job("/"), summary, {});
  EXPECT_THAT(d.notes, Contains(HasSubstr("unfinished")));
  EXPECT_EQ(d.recipe.front().kind, "finish");
}

// Keeps the diagnosis of a finished run.
class Keeper : public TrainingObserver {
 public:
  explicit Keeper(std::optional<Diagnosis>& kept) : kept_(kept) {}
  void on_finish(const Summary& summary) override { kept_ = summary.diagnosis; }

 private:
  std::optional<Diagnosis>& kept_;
};

std::string longer_training(const Diagnosis& diagnosis) {
  for (const RecipeStep& step : diagnosis.recipe) {
    if (step.kind == "train longer") return step.reason;
  }
  return "";
}

// Whether J was falling is told from all evaluations, those before a resume too:
// an interrupted run ends with the diagnosis of one that was not.
TEST(WithDiagnosis, AResumedRunRemembersItsEvaluations) {
  std::vector<Evaluation> evaluations(4);
  for (std::size_t i = 0; i < evaluations.size(); ++i) {
    evaluations[i].step = 10 * (i + 1);
    evaluations[i].cost = 1.0 / static_cast<double>(i + 1);
  }
  const LoadedJob job = tiny_job("/");
  std::optional<Diagnosis> whole;
  std::optional<Diagnosis> resumed;
  const auto nothing = [](const std::filesystem::path&, std::uint64_t) {
    return std::vector<Evaluation>();
  };
  const auto earlier = [&](const std::filesystem::path& run_dir, std::uint64_t first_step) {
    EXPECT_EQ(run_dir, "here");
    EXPECT_EQ(first_step, 30U);
    return std::vector<Evaluation>(evaluations.begin(), evaluations.begin() + 3);
  };
  RunStart start;
  start.run_dir = "here";
  const auto once = with_diagnosis(std::make_unique<Keeper>(whole), job, nothing);
  once->on_start(start);
  for (const Evaluation& evaluation : evaluations) once->on_evaluation(evaluation);
  once->on_finish(results(0.15, 0.16));
  start.first_step = 30;
  const auto again = with_diagnosis(std::make_unique<Keeper>(resumed), job, earlier);
  again->on_start(start);
  again->on_evaluation(evaluations[3]);
  again->on_finish(results(0.15, 0.16));
  ASSERT_TRUE(whole && resumed);
  EXPECT_THAT(longer_training(*whole), HasSubstr("J was still falling"));
  EXPECT_EQ(longer_training(*resumed), longer_training(*whole));
}

// With a constant learning rate, a flat end of J speaks against longer training, and a curve with
// holes for neither.
TEST(DiagnoseRun, ConcludesNothingFromACurveWithHoles) {
  const LoadedJob job = tiny_job("/", {"optimizer.schedule.constant={}"});
  std::vector<Evaluation> evaluations(10);
  for (std::uint64_t i = 0; i < evaluations.size(); ++i) {
    evaluations[i].step = 10 * (i + 1);
    evaluations[i].cost = 1;
  }
  const auto kinds = [&](const Diagnosis& diagnosis) {
    std::vector<std::string> all;
    for (const RecipeStep& step : diagnosis.recipe) all.push_back(step.kind);
    return all;
  };
  Summary summary = results(0.15, 0.16);
  summary.evaluations = evaluations.size();
  EXPECT_THAT(kinds(diagnose_run(job, summary, evaluations)), Not(Contains("train longer")));
  evaluations.erase(evaluations.begin() + 7);
  const Diagnosis with_hole = diagnose_run(job, summary, evaluations);
  EXPECT_THAT(kinds(with_hole), Contains("train longer"));
  EXPECT_THAT(with_hole.notes, Contains(HasSubstr("1 of the 10 evaluations were lost")));
}

}  // namespace
}  // namespace lockstep
