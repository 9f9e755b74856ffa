#include "diagnose/recipe_steps.h"

#include <algorithm>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "diagnose/bias_variance.h"
#include "support/tiny_job.h"

namespace lockstep {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::uint64_t kTrain = 50'000;
constexpr std::uint64_t kDev = 5000;

RunFacts facts() {
  RunFacts facts;
  facts.stop_reason = "epochs";
  facts.train_examples = kTrain;
  facts.dev_examples = kDev;
  facts.features = 784;
  facts.images = true;
  return facts;
}

Diagnosis diagnosis(double train, double dev) {
  RunErrors errors;
  errors.train = {train, kTrain};
  errors.dev = {dev, kDev};
  return diagnose_errors(errors, {0, 0, 0.02, 0.33});
}
Diagnosis high_bias() { return diagnosis(0.15, 0.16); }
Diagnosis high_variance() { return diagnosis(0.01, 0.11); }
Diagnosis both() { return diagnosis(0.15, 0.30); }
Diagnosis everything() {
  RunErrors errors;
  errors.train = {0.1, kTrain};
  errors.train_dev = {0.2, kDev};
  errors.dev = {0.3, kDev};
  return diagnose_errors(errors, {0, 0, 0.02, 0.33});
}

// Nothing but a network and an optimizer: two ReLU layers and plain SGD.
LoadedJob plain(const std::vector<std::string>& overrides = {}) {
  return parse_job(R"(
    name: "plain"
    data {
      train { idx { features: "x" labels: "y" } }
      split { dev { count: 5000 } }
    }
    network { layer { units: 300 } layer { units: 100 } output { units: 10 } }
    optimizer { gradient_descent { learning_rate: 0.1 } }
    training { batch_size: 64 epochs: 10 })",
                   "plain", "/", overrides);
}

std::vector<std::string> kinds(const std::vector<RecipeStep>& steps) {
  std::vector<std::string> kinds;
  for (const RecipeStep& step : steps) {
    if (kinds.empty() || kinds.back() != step.kind) kinds.push_back(step.kind);
  }
  return kinds;
}

// The lines of every step of a kind.
std::vector<std::vector<std::string>> lines_of(const std::vector<RecipeStep>& steps,
                                               const std::string& kind) {
  std::vector<std::vector<std::string>> lines;
  for (const RecipeStep& step : steps) {
    if (step.kind == kind) lines.push_back(step.set);
  }
  return lines;
}

TEST(RecipeSteps, BiasInTheOrderOfTheLecture) {
  EXPECT_THAT(kinds(recipe_steps(plain(), high_bias(), facts())),
              ElementsAre("bigger network", "train longer", "other optimizer", "learning rate",
                          "schedule", "batch size", "other architecture"));
}

TEST(RecipeSteps, VarianceInTheOrderOfTheLecture) {
  EXPECT_THAT(kinds(recipe_steps(plain(), high_variance(), facts())),
              ElementsAre("more data", "L2", "dropout", "bigger and regularized", "augmentation",
                          "schedule", "other architecture"));
}

TEST(RecipeSteps, BiasComesBeforeVariance) {
  EXPECT_THAT(
      kinds(recipe_steps(plain(), both(), facts())),
      ElementsAre("bigger network", "train longer", "other optimizer", "learning rate", "schedule",
                  "batch size", "other architecture", "more data", "L2", "dropout",
                  "bigger and regularized", "augmentation", "schedule", "other architecture"));
}

TEST(RecipeSteps, NothingToDoWhenNothingIsHigh) {
  EXPECT_THAT(recipe_steps(plain(), diagnosis(0.005, 0.01), facts()), IsEmpty());
}

TEST(RecipeSteps, MoreDataDoesNotCureBias) {
  for (const RecipeStep& step : recipe_steps(plain(), high_bias(), facts())) {
    EXPECT_NE(step.kind, "more data");
  }
}

TEST(RecipeSteps, ABiggerNetworkIsWiderOrGetsItsFirstLayer) {
  EXPECT_THAT(lines_of(recipe_steps(plain(), high_bias(), facts()), "bigger network"),
              ElementsAre(ElementsAre("network.layer[0].units=600", "network.layer[1].units=400")));
  const LoadedJob logistic = plain({"network={output {units: 10}}"});
  const auto steps = recipe_steps(logistic, high_bias(), facts());
  EXPECT_THAT(lines_of(steps, "bigger network"),
              ElementsAre(ElementsAre("network.layer[0]={units: 256}")));
  EXPECT_THAT(steps.front().reason, HasSubstr("logistic regression"));
}

TEST(RecipeSteps, BesideOneWideLayerComesASecondBeforeMoreUnits) {
  EXPECT_THAT(lines_of(recipe_steps(plain({"network.layer=[{units: 256}]"}), high_bias(), facts()),
                       "bigger network"),
              ElementsAre(ElementsAre("network.layer[1]={units: 256}"),
                          ElementsAre("network.layer[0].units=512")));
  EXPECT_THAT(lines_of(recipe_steps(plain({"network.layer=[{units: 64}]"}), high_bias(), facts()),
                       "bigger network"),
              ElementsAre(ElementsAre("network.layer[0].units=256")));
}

TEST(RecipeSteps, WhatAllLayersGetIsOneLine) {
  const auto many =
      recipe_steps(plain({"network.layer=[{units: 10 repeat: 150}]"}), high_bias(), facts());
  EXPECT_THAT(lines_of(many, "bigger network"),
              ElementsAre(ElementsAre("network.layer[*].units=40")));
  EXPECT_EQ(many.front().action, "hidden layers of 150 times 40 units");
  const auto mixed = recipe_steps(plain({"network.layer=[{units: 3}, {units: 100 repeat: 49}]"}),
                                  high_bias(), facts());
  EXPECT_EQ(mixed.front().action, "hidden layers of 12, 49 times 400 units");
  EXPECT_EQ(mixed.front().set.size(), 50U);
}

TEST(RecipeSteps, ANetworkDoesNotGrowWithoutEnd) {
  const LoadedJob wide = plain({"network.layer[0].units=4096", "network.layer[1].units=3000"});
  EXPECT_THAT(lines_of(recipe_steps(wide, high_bias(), facts()), "bigger network"),
              ElementsAre(ElementsAre("network.layer[1].units=4096")));
}

TEST(RecipeSteps, LongerTrainingOnlyWhereItMayHelp) {
  RunFacts flat = facts();
  flat.cost_was_falling = false;
  EXPECT_THAT(lines_of(recipe_steps(plain(), high_bias(), flat), "train longer"), IsEmpty());
  // A schedule that ends with small steps makes J flat by itself.
  EXPECT_THAT(lines_of(recipe_steps(plain({"optimizer.schedule.cosine={}"}), high_bias(), flat),
                       "train longer"),
              ElementsAre(ElementsAre("training.epochs=20")));
  RunFacts falling = facts();
  falling.cost_was_falling = true;
  const auto steps = recipe_steps(plain({"training.steps=700"}), high_bias(), falling);
  EXPECT_THAT(lines_of(steps, "train longer"), ElementsAre(ElementsAre("training.steps=1400")));
  EXPECT_THAT(steps[1].reason, HasSubstr("J was still falling"));
}

TEST(RecipeSteps, EarlyStoppingIsGivenMorePatience) {
  RunFacts stopped = facts();
  stopped.stop_reason = "early_stopping";
  EXPECT_THAT(lines_of(recipe_steps(plain({"early_stopping.patience=4"}), high_bias(), stopped),
                       "train longer"),
              ElementsAre(ElementsAre("early_stopping.patience=8")));
}

TEST(RecipeSteps, OtherOptimizersAndNormalizedInputs) {
  EXPECT_THAT(lines_of(recipe_steps(plain(), high_bias(), facts()), "other optimizer"),
              ElementsAre(ElementsAre("optimizer.adam={}"),
                          ElementsAre("optimizer.momentum.learning_rate=0.1")));
  const auto adam = recipe_steps(plain({"optimizer.adam={}"}), high_bias(), facts());
  EXPECT_THAT(lines_of(adam, "other optimizer"), IsEmpty());
  EXPECT_THAT(lines_of(adam, "learning rate"),
              ElementsAre(ElementsAre("optimizer.adam.learning_rate=0.0003"),
                          ElementsAre("optimizer.adam.learning_rate=0.003")));
  EXPECT_THAT(lines_of(recipe_steps(plain(), high_bias(), facts()), "learning rate"),
              ElementsAre(ElementsAre("optimizer.gradient_descent.learning_rate=0.03"),
                          ElementsAre("optimizer.gradient_descent.learning_rate=0.3")));
  EXPECT_THAT(lines_of(recipe_steps(plain({"data.normalization.none={}"}), high_bias(), facts()),
                       "normalize"),
              ElementsAre(ElementsAre("data.normalization.standardize={}")));
}

TEST(RecipeSteps, BatchesAreMadeSmallerOrWhereTheyAreSmallLarger) {
  const auto batch = [](const char* line) {
    return lines_of(recipe_steps(plain({line}), high_bias(), facts()), "batch size");
  };
  EXPECT_THAT(batch("training.batch_size=256"), ElementsAre(ElementsAre("training.batch_size=64")));
  EXPECT_THAT(batch("training.batch_size=64"), ElementsAre(ElementsAre("training.batch_size=256")));
  EXPECT_THAT(batch("training.full_batch=true"),
              ElementsAre(ElementsAre("training.batch_size=256")));
}

TEST(RecipeSteps, ALearningRateThatFallsAlreadyNeedsNoOtherSchedule) {
  for (const Diagnosis& of : {high_bias(), high_variance()}) {
    EXPECT_THAT(lines_of(recipe_steps(plain(), of, facts()), "schedule"),
                ElementsAre(ElementsAre("training.epochs=20", "optimizer.schedule.cosine={}")));
    EXPECT_THAT(lines_of(recipe_steps(plain({"optimizer.schedule.exponential={}"}), of, facts()),
                         "schedule"),
                IsEmpty());
  }
}

TEST(RecipeSteps, ABiggerNetworkAgainstVarianceIsRegularized) {
  const auto bigger = [](const std::vector<std::string>& overrides) {
    return lines_of(recipe_steps(plain(overrides), high_variance(), facts()),
                    "bigger and regularized");
  };
  EXPECT_THAT(bigger({}),
              ElementsAre(ElementsAre("network.layer[0].units=600", "network.layer[1].units=400",
                                      "network.layer[0].keep_prob=0.7",
                                      "network.layer[1].keep_prob=0.8", "training.epochs=20")));
  EXPECT_THAT(bigger({"network.layer[*].units=4096"}), IsEmpty()) << "it cannot grow";
}

TEST(RecipeSteps, LessRegularizationAgainstBias) {
  const LoadedJob job = plain({"network.layer[0].keep_prob=0.5", "network.input_keep_prob=0.9",
                               "regularization.l2_lambda=30"});
  EXPECT_THAT(
      lines_of(recipe_steps(job, high_bias(), facts()), "less regularization"),
      ElementsAre(ElementsAre("network.input_keep_prob=0.95", "network.layer[0].keep_prob=0.75",
                              "regularization.l2_lambda=10")));
  const auto less = [](const std::vector<std::string>& overrides) {
    return lines_of(recipe_steps(plain(overrides), high_bias(), facts()), "less regularization");
  };
  EXPECT_THAT(less({"regularization.l1_lambda=30"}),
              ElementsAre(ElementsAre("regularization.l1_lambda=10")));
  EXPECT_THAT(
      less({"regularization.l1_lambda=30", "regularization.l2_lambda=60"}),
      ElementsAre(ElementsAre("regularization.l2_lambda=20", "regularization.l1_lambda=10")));
}

TEST(RecipeSteps, LambdaGoesWithTheNumberOfExamples) {
  EXPECT_THAT(lines_of(recipe_steps(plain(), high_variance(), facts()), "L2"),
              ElementsAre(ElementsAre("regularization.l2_lambda=5"),
                          ElementsAre("regularization.l2_lambda=20")));
  EXPECT_THAT(
      lines_of(recipe_steps(plain({"regularization.l2_lambda=2"}), high_variance(), facts()), "L2"),
      ElementsAre(ElementsAre("regularization.l2_lambda=6"),
                  ElementsAre("regularization.l2_lambda=20")));
}

TEST(RecipeSteps, LambdasOfTheLayersWhereAllHaveTheirOwn) {
  const LoadedJob job = plain({"network.layer[0].regularization.l2_lambda=1",
                               "network.layer[1].regularization.l2_lambda=2",
                               "network.output.regularization.l2_lambda=0"});
  EXPECT_THAT(lines_of(recipe_steps(job, high_variance(), facts()), "L2").front(),
              ElementsAre("network.layer[0].regularization.l2_lambda=6",
                          "network.layer[1].regularization.l2_lambda=6",
                          "network.output.regularization.l2_lambda=6"));
}

// The lecture's network 3-7-7-3-2-1 in larger: the largest matrix drops most (1.7).
TEST(RecipeSteps, DropoutIsStrongestWhereTheWeightsAreMost) {
  RunFacts narrow = facts();
  narrow.features = 30;
  const LoadedJob job = plain({"network.layer[0].units=70", "network.layer[1].units=70",
                               "network.layer[2]={units: 30}", "network.layer[3]={units: 10}"});
  EXPECT_THAT(
      lines_of(recipe_steps(job, high_variance(), narrow), "dropout"),
      ElementsAre(ElementsAre("network.layer[0].keep_prob=0.8", "network.layer[1].keep_prob=0.7",
                              "network.layer[2].keep_prob=0.8")));
}

TEST(RecipeSteps, DropoutHasALowerEnd) {
  const LoadedJob job =
      plain({"network.layer[0].keep_prob=0.55", "network.layer[1].keep_prob=0.5"});
  EXPECT_THAT(lines_of(recipe_steps(job, high_variance(), facts()), "dropout"),
              ElementsAre(ElementsAre("network.layer[0].keep_prob=0.5")));
}

TEST(RecipeSteps, AugmentationIsForImages) {
  RunFacts table = facts();
  table.images = false;
  EXPECT_THAT(lines_of(recipe_steps(plain(), high_variance(), table), "augmentation"), IsEmpty());
  const LoadedJob shifted =
      plain({"data.augmentation.shift={}", "data.image={height: 28 width: 28}"});
  EXPECT_THAT(lines_of(recipe_steps(shifted, high_variance(), facts()), "augmentation"),
              ElementsAre(ElementsAre("data.augmentation.horizontal_flip={}")));
}

TEST(RecipeSteps, EarlyStoppingWhereTheDevErrorHadBeenBetter) {
  RunFacts better = facts();
  better.dev_was_best_before_the_end = true;
  EXPECT_THAT(lines_of(recipe_steps(plain(), high_variance(), better), "early stopping"),
              ElementsAre(ElementsAre("early_stopping={metric: DEV_ERROR patience: 10}")));
  EXPECT_THAT(lines_of(recipe_steps(plain({"early_stopping={}"}), high_variance(), better),
                       "early stopping"),
              IsEmpty());
}

TEST(RecipeSteps, ADevSetLargerThanNeededIsTrainingDataLost) {
  RunFacts much = facts();
  much.dev_examples = 100'000;
  const auto steps = recipe_steps(plain({"data.split.dev.count=100000"}), high_variance(), much);
  const auto step = std::ranges::find_if(steps, [](const RecipeStep& s) { return !s.comparable; });
  ASSERT_NE(step, steps.end());
  EXPECT_THAT(step->set, ElementsAre(HasSubstr("data.split.dev.count=")));
}

// 20% of few examples, a tenth of many, 10,000 of very many (1.1).
TEST(RecipeSteps, ADevSetIsHeldOutWhereThereIsNone) {
  const auto lines = [](std::uint64_t examples) {
    RunErrors errors;
    errors.train = {0.01, examples};
    RunFacts all = facts();
    all.train_examples = examples;
    all.dev_examples = 0;
    return lines_of(
        recipe_steps(plain({"data.split={}"}), diagnose_errors(errors, {0, 0, 0.02, 0.33}), all),
        "dev set");
  };
  EXPECT_THAT(lines(3), ElementsAre(ElementsAre("data.split.dev.count=1")));
  EXPECT_THAT(lines(10'000), ElementsAre(ElementsAre("data.split.dev.count=2000")));
  EXPECT_THAT(lines(10'010), ElementsAre(ElementsAre("data.split.dev.count=1001")));
  EXPECT_THAT(lines(1'000'000), ElementsAre(ElementsAre("data.split.dev.count=10000")));
}

TEST(RecipeSteps, MismatchAsksForTrainingDataLikeDev) {
  RunErrors errors;
  errors.train = {0.05, kTrain};
  errors.train_dev = {0.06, kDev};
  errors.dev = {0.2, kDev};
  const Diagnosis mismatch = diagnose_errors(errors, {0.05, 0, 0.02, 0.33});
  ASSERT_EQ(mismatch.verdict, "mismatch");
  const auto steps = recipe_steps(
      load_job(std::filesystem::path(LOCKSTEP_JOBS_DIR) / "fashion-mismatched.textproto", {}),
      mismatch, facts());
  EXPECT_THAT(kinds(steps), ElementsAre("data like dev", "augmentation"));
  EXPECT_THAT(steps[0].set, ElementsAre("data.train.corruption={gaussian_noise: 60 seed: 2}"));
  EXPECT_THAT(steps[1].set, IsEmpty()) << "collecting data is for people";
}

TEST(RecipeSteps, FirstOfAllAVerdictMustBePossible) {
  RunErrors train_only;
  train_only.train = {0.01, kTrain};
  const auto no_dev = recipe_steps(plain({"data.split={}"}),
                                   diagnose_errors(train_only, {0, 0, 0.02, 0.33}), facts());
  EXPECT_THAT(lines_of(no_dev, "dev set"), ElementsAre(ElementsAre(HasSubstr("dev.count="))));

  RunErrors elsewhere;
  elsewhere.train = {0.01, kTrain};
  elsewhere.dev = {0.11, kDev};
  elsewhere.dev_from_elsewhere = true;
  const auto which = recipe_steps(plain(), diagnose_errors(elsewhere, {0, 0, 0.02, 0.33}), facts());
  EXPECT_EQ(which.front().kind, "train-dev set");
  EXPECT_FALSE(which.front().comparable);

  RunFacts interrupted = facts();
  interrupted.stop_reason = "interrupted";
  EXPECT_EQ(recipe_steps(plain(), high_bias(), interrupted).front().kind, "finish");
}

TEST(RecipeSteps, AnUncertainVarianceAsksForALargerDevSet) {
  RunErrors errors;
  errors.train = {0.02, 5000};
  errors.dev = {0.05, 40};
  RunFacts small = facts();
  small.train_examples = 5000;
  small.dev_examples = 40;
  const auto steps = recipe_steps(plain(), diagnose_errors(errors, {0.02, 0, 0.02, 0.33}), small);
  ASSERT_THAT(kinds(steps), ElementsAre("dev set"));
  EXPECT_THAT(steps[0].set, ElementsAre(HasSubstr("data.split.dev.count=")));
}

// Every line loads with its job and changes it: all of our jobs, and jobs with
// whatever a step could stumble over.
TEST(RecipeSteps, EveryLineIsValidForItsJob) {
  std::vector<LoadedJob> jobs;
  for (const auto& entry : std::filesystem::directory_iterator(LOCKSTEP_JOBS_DIR)) {
    jobs.push_back(load_job(entry.path(), {}));
  }
  const std::vector<std::vector<std::string>> variants = {
      {},
      {"network={output {units: 10}}"},
      {"network.layer[0].activation=SIGMOID", "network.layer[1].activation=TANH"},
      {"network.layer[0].units=1", "network.layer[1].units=20"},
      {"network.layer[0].keep_prob=0.5", "network.layer[1].keep_prob=0.97"},
      {"regularization={l2_lambda: 3 l1_lambda: 0.5}"},
      {"regularization.l2_lambda=3", "network.output.regularization.l2_lambda=0"},
      {"network.layer[0].regularization.l1_lambda=1", "network.layer[1].regularization.l1_lambda=1",
       "network.output.regularization.l1_lambda=1"},
      {"optimizer.adam={}", "optimizer.schedule.step={}"},
      {"optimizer.rmsprop={}"},
      {"optimizer.momentum={}"},
      {"optimizer.nesterov={}", "data.normalization.none={}"},
      {"training.steps=100", "training.full_batch=true"},
      {"early_stopping={patience: 3}", "data.split.stratified=true"},
      {"data.augmentation={rotation {}}", "data.image={height: 4 width: 3}"},
      {"network.output={units: 1 loss: LOGISTIC}"},
  };
  for (const auto& overrides : variants) jobs.push_back(plain(overrides));

  RunFacts eventful = facts();
  eventful.dev_was_best_before_the_end = true;
  RunFacts stopped = eventful;
  stopped.stop_reason = "early_stopping";
  stopped.features = 0;
  RunErrors train_only;
  train_only.train = {0.2, kTrain};
  RunErrors few;
  few.train = {0.02, kTrain};
  few.dev = {0.05, 40};
  int lines = 0;
  for (const LoadedJob& job : jobs) {
    for (const Diagnosis& of : {both(), everything(), diagnose_errors(few, {0, 0, 0.02, 0.33}),
                                diagnose_errors(train_only, {0, 0, 0.02, 0.33})}) {
      for (const RunFacts& known : {facts(), eventful, stopped, RunFacts{}}) {
        for (const RecipeStep& step : recipe_steps(job, of, known)) {
          EXPECT_FALSE(step.action.empty() || step.kind.empty() || step.expected.empty());
          EXPECT_THAT(step.reason, testing::ContainsRegex("\\(1\\.[0-9]")) << "no section";
          if (step.set.empty()) continue;
          try {
            const LoadedJob changed = parse_job(job.resolved_text, "resolved", "/", step.set);
            EXPECT_NE(changed.resolved_text, job.resolved_text) << step.action;
            ++lines;
          } catch (const Error& error) {
            ADD_FAILURE() << job.job.name << ", " << step.action << ": " << error.what();
          }
        }
      }
    }
  }
  EXPECT_GT(lines, 1000);
}

// A step that cannot be made of valid lines would be dropped in silence: here
// every kind appears for a job that it fits.
TEST(RecipeSteps, NoneIsDroppedForItsLines) {
  const LoadedJob job = plain({"network.layer[0].activation=TANH", "network.layer[0].keep_prob=0.7",
                               "data.normalization.none={}", "regularization.l2_lambda=1"});
  RunFacts eventful = facts();
  eventful.dev_was_best_before_the_end = true;
  const auto all = kinds(recipe_steps(job, both(), eventful));
  for (const char* kind :
       {"bigger network", "train longer", "normalize", "other optimizer", "learning rate",
        "schedule", "batch size", "less regularization", "other architecture", "more data", "L2",
        "dropout", "bigger and regularized", "augmentation", "early stopping"}) {
    EXPECT_THAT(all, Contains(kind));
  }
}

Evaluation at(std::uint64_t step, double cost) {
  Evaluation evaluation;
  evaluation.step = step;
  evaluation.cost = cost;
  return evaluation;
}

TEST(CostWasFalling, OverTheLastFifthOfTheSteps) {
  using Evaluations = std::vector<Evaluation>;
  EXPECT_EQ(cost_was_falling(Evaluations{at(1, 9), at(2, 1)}), std::nullopt);
  EXPECT_EQ(cost_was_falling(Evaluations{at(10, 9), at(80, 1), at(90, 1), at(100, 0.97)}), true);
  EXPECT_EQ(cost_was_falling(Evaluations{at(10, 9), at(80, 1), at(90, 1), at(100, 0.99)}), false);
  EXPECT_EQ(cost_was_falling(Evaluations{at(10, 9), at(80, 1), at(90, 0.5), at(100, 0.97)}), true)
      << "what lies between does not count";
  EXPECT_EQ(cost_was_falling(Evaluations{at(100, 1), at(200, 1), at(300, 2)}), false);
}

}  // namespace
}  // namespace lockstep
