// What a run decides by itself: when to give up, what to compare, what to say.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/digest.h"
#include "checkpoint/find.h"
#include "checkpoint/load.h"
#include "checkpoint/retention.h"
#include "comm/agreement.h"
#include "support/collective.h"
#include "support/tiny_job.h"
#include "train/recorder.h"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Keeps what a run tells, on rank 0.
struct Told {
  std::vector<std::string> notices;
  std::vector<Evaluation> evaluations;
  Summary summary;
};

class Teller : public TrainingObserver {
 public:
  explicit Teller(Told& told) : told_(told) {}
  void on_notice(const std::string& notice) override { told_.notices.push_back(notice); }
  void on_evaluation(const Evaluation& evaluation) override {
    told_.evaluations.push_back(evaluation);
  }

 private:
  Told& told_;
};

std::string digest_of_weights(const Checkpoint& checkpoint) {
  return digest_hex(digest_of(std::as_bytes(std::span(checkpoint.weights))));
}

class RunDecisions : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) write_tiny_data(directory_, 141);
    comm_.barrier();
  }
  // The checkpoint that a pointer names.
  [[nodiscard]] Checkpoint load(const char* pointer) const {
    return load_checkpoint(find_checkpoint(directory_ / pointer));
  }
  // Collective.
  Told train_with(const char* run, std::vector<std::string> overrides,
                  Resume resume = Resume::never,
                  const std::function<void(TrainOptions&)>& change = {}) {
    overrides.insert(overrides.begin(), "evaluation.every_epochs=1");
    const LoadedJob job = tiny_job(directory_, overrides);
    TrainOptions options;
    options.layout = {comm_.size(), 1};
    options.run_dir = directory_ / run;
    options.resume = resume;
    if (change) change(options);
    Told told;
    std::vector<std::unique_ptr<TrainingObserver>> observers;
    if (comm_.is_root()) observers.push_back(std::make_unique<Teller>(told));
    told.summary = train(job.job, job.resolved_text, comm_, options, observers);
    return told;
  }
  // The steps of a run's saved states, in order.
  std::vector<std::uint64_t> saved_steps(const char* run) const {
    std::vector<std::uint64_t> steps;
    for (const auto& file : std::filesystem::directory_iterator(directory_ / run / "ckpt")) {
      if (file.path().extension() != ".ckpt") continue;
      steps.push_back(load_checkpoint(file.path()).step);
    }
    std::ranges::sort(steps);
    return steps;
  }
  // Collective. How the run fails; empty: it does not.
  std::string failure_of(std::vector<std::string> overrides) {
    overrides.emplace_back("checkpointing.enabled=false");
    try {
      train_with("failing", std::move(overrides));
      return "";
    } catch (const AgreedError& error) {
      EXPECT_EQ(error.code(), ExitCode::diverged) << error.what();
      return error.what();
    }
  }

  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();
};

// Inputs of 1e8 make losses of 1e7 times guessing before anything is learnt, unless tanh
// bounds them.
const std::string kHugeInputs = "data.normalization={scale {divisor: 1e-6}}";

TEST_F(RunDecisions, LargeFirstLossesAreNoDivergence) {
  const Told told =
      train_with("large", {kHugeInputs, "early_stopping=none", "network.layer[1].activation=RELU",
                           "optimizer.gradient_descent.learning_rate=1e-30"});
  EXPECT_EQ(told.summary.stop_reason, "epochs");
  if (!comm_.is_root()) return;
  ASSERT_FALSE(told.evaluations.empty());
  EXPECT_GT(told.evaluations.front().cost, 1e5);
}

TEST_F(RunDecisions, ARiseAboveTheInitialLossIsDivergence) {
  const auto told = HasSubstr("10000 times that of guessing and of the initial weights");
  EXPECT_THAT(failure_of({"optimizer.adam.learning_rate=1e6"}), told);
  EXPECT_THAT(failure_of({kHugeInputs, "network.layer[1].activation=RELU",
                          "optimizer.adam.learning_rate=100"}),
              told);
}

TEST_F(RunDecisions, WhatIsNotFiniteBeforeTheFirstUpdateIsNotBlamedOnTheLearningRate) {
  const std::string failure = failure_of(
      {"data.normalization={scale {divisor: 1e-37}}", "network.output.loss=SQUARED_ERROR",
       "early_stopping=none", "optimizer.gradient_descent.learning_rate=1e-30"});
  EXPECT_THAT(failure, HasSubstr("at step 1, before any weight was updated"));
  EXPECT_THAT(failure, HasSubstr("inputs and targets"));
  EXPECT_THAT(failure, testing::Not(HasSubstr("smaller learning rate")));
}

// Finite gradients whose squares are infinite: no weight would ever move.
TEST_F(RunDecisions, AGradientWhoseSquareIsBeyondFloatEndsTheRun) {
  const std::vector<std::string> job = {"data.normalization={scale {divisor: 1e-10}}",
                                        "network.output.loss=SQUARED_ERROR", "early_stopping=none",
                                        "network.layer=[]", "training.epochs=1"};
  const auto with = [&](const std::string& optimizer) {
    std::vector<std::string> overrides = job;
    overrides.push_back(optimizer);
    return failure_of(overrides);
  };
  for (const char* optimizer : {"optimizer.adam.learning_rate=0.1", "optimizer.rmsprop={}"}) {
    EXPECT_THAT(with(optimizer), HasSubstr("its square may overflow float")) << optimizer;
  }
  EXPECT_THAT(with("optimizer.momentum.learning_rate=1e-30"), testing::IsEmpty());
}

TEST_F(RunDecisions, UnmovedWeightsAreToldOnce) {
  // Biases start at 0 and move by any update.
  const std::vector<std::string> still = {"optimizer={gradient_descent {learning_rate: 1e-30}}",
                                          "early_stopping=none"};
  const auto moved = train_with("moved", {"training.epochs=2"});
  const auto unmoved = train_with("unmoved", still);
  if (!comm_.is_root()) return;
  const auto tells = [](const Told& told) {
    return std::ranges::count_if(told.notices, [](const std::string& notice) {
      return notice.find("no weight has changed by a bit") != std::string::npos;
    });
  };
  EXPECT_EQ(tells(moved), 0);
  EXPECT_EQ(tells(unmoved), 1);
}

// Which examples are wrong, in one order, whoever evaluated them.
TEST_F(RunDecisions, AnswersAreTheSameAtEveryLayout) {
  const LoadedJob job = tiny_job(directory_, {"training.epochs=1", "checkpointing.enabled=false"});
  Answers answers;
  Summary summary;
  const auto answers_of = [&](const Communicator& comm, int threads) {
    TrainOptions options;
    options.layout = {comm.size(), threads};
    options.run_dir = directory_ / "answers";
    options.take_answers = [&](const Answers& all) { answers = all; };
    summary = train(job.job, job.resolved_text, comm, options, {});
    return answers;
  };
  const Answers alone = answers_of(Communicator::self(), 1);
  const auto wrong = [](const ExampleErrors& of) { return std::ranges::count(of, 1); };
  EXPECT_EQ(alone.train.size(), 101U);
  EXPECT_EQ(alone.dev.size(), 40U);
  EXPECT_DOUBLE_EQ(static_cast<double>(wrong(alone.train)) / 101, summary.train_error.value_or(-1));
  EXPECT_DOUBLE_EQ(static_cast<double>(wrong(alone.dev)) / 40, summary.dev_error.value_or(-1));
  EXPECT_GT(wrong(alone.train), 0);
  for (const int threads : {1, 2}) {
    const Answers together = answers_of(comm_, threads);
    if (!comm_.is_root()) continue;
    EXPECT_EQ(together.train, alone.train) << threads;
    EXPECT_EQ(together.dev, alone.dev) << threads;
  }
}

// The best dev error says nothing of dev costs.
TEST_F(RunDecisions, TheBestOfAnotherMetricIsForgotten) {
  const std::string by_cost = "early_stopping={metric: DEV_COST patience: 100}";
  train_with("metric", {"early_stopping=none", "training.epochs=2", "optimizer.schedule=none"});
  const Told resumed =
      train_with("metric", {by_cost, "training.epochs=4", "optimizer.schedule=none"}, Resume::must);
  if (!comm_.is_root()) return;
  EXPECT_THAT(resumed.notices, testing::Contains(HasSubstr("it was chosen by another metric")));
  ASSERT_EQ(resumed.evaluations.size(), 2U);
  EXPECT_TRUE(resumed.evaluations.front().best) << "there is none before it";
}

TEST_F(RunDecisions, TheBestOfAnotherPrecisionIsForgotten) {
  const std::vector<std::string> job = {"early_stopping.patience=100", "optimizer.schedule=none"};
  std::vector<std::string> before = job;
  before.insert(before.end(), {"evaluation.precision=BFLOAT16", "training.epochs=2"});
  train_with("precision", before);
  std::vector<std::string> after = job;
  after.emplace_back("training.epochs=4");
  const Told resumed = train_with("precision", after, Resume::must);
  if (!comm_.is_root()) return;
  EXPECT_THAT(resumed.notices,
              testing::Contains(HasSubstr("it was measured in another precision")));
  EXPECT_TRUE(resumed.evaluations.front().best) << "there is none before it";
}

TEST_F(RunDecisions, TheBestOfTheSameMetricStays) {
  train_with("same", {"early_stopping=none", "training.epochs=2", "optimizer.schedule=none"});
  const Told resumed =
      train_with("same",
                 {"early_stopping={metric: DEV_ERROR patience: 100 min_improvement: 1}",
                  "training.epochs=4", "optimizer.schedule=none"},
                 Resume::must);
  if (!comm_.is_root()) return;
  EXPECT_THAT(resumed.notices, testing::Not(testing::Contains(HasSubstr("is forgotten"))));
  for (const Evaluation& evaluation : resumed.evaluations) EXPECT_FALSE(evaluation.best);
}

// The first evaluation is the best so far; at no other is a checkpoint due.
TEST_F(RunDecisions, ABestEvaluationIsSavedWhenNoneIsDue) {
  const Told told = train_with("best", {"checkpointing={every_epochs: 100 keep_last: 100}",
                                        "early_stopping={patience: 100 min_improvement: 1}",
                                        "training.epochs=3", "optimizer.schedule=none"});
  if (!comm_.is_root()) return;
  EXPECT_THAT(saved_steps("best"), ElementsAre(5, 15)) << "the best, and the end";
  EXPECT_EQ(load("best/ckpt/best").step, 5U);
  EXPECT_EQ(find_latest(directory_ / "best/ckpt")->checkpoint.step, 15U);
  EXPECT_EQ(told.summary.best_step, 5U);
  EXPECT_EQ(told.summary.checkpoint, "ckpt/best");
}

TEST_F(RunDecisions, BetweenBestEvaluationsOnlyWhatIsDueIsSaved) {
  train_with("due", {"checkpointing={every_epochs: 2 keep_last: 100}",
                     "early_stopping={patience: 100 min_improvement: 1}", "training.epochs=5",
                     "optimizer.schedule=none"});
  if (comm_.is_root()) {
    EXPECT_THAT(saved_steps("due"), ElementsAre(5, 10, 20, 25));
  }
}

// Epochs count for states even where they do not for evaluations.
TEST_F(RunDecisions, StatesAreSavedBetweenEvaluations) {
  train_with("between", {"checkpointing={every_epochs: 1 keep_last: 100}", "early_stopping=none",
                         "evaluation.every_epochs=4", "training.epochs=4"});
  if (comm_.is_root()) {
    EXPECT_THAT(saved_steps("between"), ElementsAre(5, 10, 15, 20));
  }
}

// Nothing is better by more than 1, so that patience is spent at the second evaluation.
TEST_F(RunDecisions, ARunThatStoppedEarlyDoesNotGoOn) {
  const std::vector<std::string> job = {"early_stopping={patience: 1 min_improvement: 1}"};
  const Told first = train_with("stopped", job);
  const Told again = train_with("stopped", job, Resume::must);
  for (const Told* told : {&first, &again}) {
    EXPECT_EQ(told->summary.stop_reason, "early_stopping");
    EXPECT_EQ(told->summary.steps, 10U);
  }
  if (!comm_.is_root()) return;
  EXPECT_EQ(first.evaluations.size(), 2U);
  EXPECT_TRUE(again.evaluations.empty());
  EXPECT_EQ(again.summary.weights_digest, first.summary.weights_digest);
  EXPECT_EQ(again.summary.best_step, 5U);
}

// With more patience it continues, by exactly as many evaluations.
TEST_F(RunDecisions, MorePatienceGoesOnWithARunThatStoppedEarly) {
  train_with("patient", {"early_stopping={patience: 1 min_improvement: 1}"});
  const Told again =
      train_with("patient", {"early_stopping={patience: 3 min_improvement: 1}"}, Resume::must);
  EXPECT_EQ(again.summary.stop_reason, "early_stopping");
  EXPECT_EQ(again.summary.steps, 20U);
}

TEST_F(RunDecisions, AnInterruptedRunIsSummedUpWithItsLastWeights) {
  const Told told = train_with("interrupted", {"early_stopping={patience: 100 min_improvement: 1}"},
                               Resume::never, [&](TrainOptions& options) {
                                 options.stop_requested = [](auto step) { return step == 11U; };
                               });
  EXPECT_EQ(told.summary.stop_reason, "interrupted");
  EXPECT_EQ(told.summary.steps, 12U);
  if (!comm_.is_root()) return;
  const Checkpoint latest = load("interrupted/ckpt/latest");
  const Checkpoint best = load("interrupted/ckpt/best");
  EXPECT_EQ(latest.step, 12U);
  EXPECT_EQ(best.step, 5U);
  EXPECT_EQ(told.summary.weights_digest, digest_of_weights(latest));
  EXPECT_NE(told.summary.weights_digest, digest_of_weights(best));
  EXPECT_EQ(told.summary.checkpoint, "ckpt/latest");
  EXPECT_EQ(told.summary.best_step, 5U);
}

// The rate of the step before the evaluation, not of the one that follows.
TEST_F(RunDecisions, TheReportedLearningRateIsThatOfTheLastStep) {
  const Told told = train_with(
      "rates", {"optimizer.schedule={step {every_epochs: 1 factor: 0.5}}",
                "optimizer.adam.learning_rate=0.5", "training.epochs=3", "early_stopping=none"});
  if (!comm_.is_root()) return;
  std::vector<double> rates;
  for (const Evaluation& evaluation : told.evaluations) rates.push_back(evaluation.learning_rate);
  EXPECT_THAT(rates, ElementsAre(0.5, 0.25, 0.125));
}

// Of the batches since the last evaluation alone: with weights that stand still and
// nothing dropped, each epoch's batches cost what all training examples do.
TEST_F(RunDecisions, TheBatchCostIsOfTheBatchesSinceTheLastEvaluation) {
  const Told told = train_with(
      "batches", {"optimizer={gradient_descent {learning_rate: 1e-30}}", "early_stopping=none",
                  "network.input_keep_prob=1", "network.layer[*].keep_prob=1",
                  "evaluation.train_examples=0", "training.epochs=3"});
  if (!comm_.is_root()) return;
  ASSERT_EQ(told.evaluations.size(), 3U);
  for (const Evaluation& evaluation : told.evaluations) {
    EXPECT_NEAR(evaluation.batch_cost, evaluation.cost - evaluation.penalty, 1e-5);
  }
}

// What the program tells of its speed is of the steps: evaluation and saving left out.
TEST_F(RunDecisions, ExamplesPerSecondAreOfTheStepsAlone) {
  const Told told = train_with("speed", {"early_stopping=none", "training.steps=12"});
  if (!comm_.is_root()) return;
  double seconds = 0;
  for (const char* phase : {"data", "augmentation", "forward", "backward", "exchange", "optimizer",
                            "waiting", "monitor"}) {
    seconds += told.summary.seconds.at(phase);
  }
  // Two epochs of 101 examples and two steps of 24.
  EXPECT_DOUBLE_EQ(told.summary.examples_per_second, (2 * 101 + 2 * 24) / seconds);
  // Each evaluation tells of the steps since the one before: together no more than all.
  double told_seconds = 0;
  for (std::size_t i = 0; i < told.evaluations.size(); ++i) {
    told_seconds += (i < 2 ? 101 : 48) / told.evaluations[i].examples_per_second;
  }
  EXPECT_EQ(told.evaluations.size(), 3U);
  EXPECT_LE(told_seconds, seconds * (1 + 1e-9));
  EXPECT_GT(told.summary.seconds.at("evaluation"), 0);
  EXPECT_GT(told.summary.seconds.at("checkpoint"), 0);
}

// Without early stopping the last weights count, whichever were best.
TEST_F(RunDecisions, OnlyEarlyStoppingEndsWithTheBestWeights) {
  const auto end_of = [&](const char* run, const std::string& stopping) {
    return train_with(run, {stopping, "training.epochs=3", "optimizer.schedule=none",
                            "optimizer.adam.learning_rate=0.5"})
        .summary;
  };
  const Summary plain = end_of("plain", "early_stopping=none");
  const Summary stopping = end_of("stopping", "early_stopping={patience: 9 min_improvement: 1}");
  if (!comm_.is_root()) return;
  EXPECT_EQ(plain.checkpoint, "ckpt/latest");
  EXPECT_EQ(plain.weights_digest, load("plain/ckpt/latest").weights_digest);
  EXPECT_EQ(plain.best_epoch, static_cast<double>(plain.best_step.value_or(0)) / 5);
  EXPECT_EQ(stopping.checkpoint, "ckpt/best");
  EXPECT_EQ(stopping.weights_digest, load("stopping/ckpt/best").weights_digest);
  EXPECT_EQ(stopping.best_step, 5U);
  EXPECT_EQ(stopping.best_epoch, 1);
  EXPECT_NE(stopping.weights_digest, plain.weights_digest);
}

// At a small rate the dev cost falls a little each time and the dev error hardly ever.
TEST_F(RunDecisions, TheBestEvaluationsAreThoseOfTheJobsMetric) {
  for (const char* metric : {"DEV_COST", "DEV_ERROR"}) {
    const Told told =
        train_with(metric, {fmt::format("early_stopping={{metric: {} patience: 100}}", metric),
                            "optimizer.schedule=none", "optimizer.adam.learning_rate=1e-5"});
    std::optional<double> lowest;
    for (const Evaluation& evaluation : told.evaluations) {
      const double value = std::string(metric) == "DEV_COST" ? evaluation.dev_cost.value()
                                                             : evaluation.dev_error.value();
      EXPECT_EQ(evaluation.best, !lowest || value < *lowest) << metric << " " << evaluation.step;
      lowest = std::min(value, lowest.value_or(value));
    }
  }
}

// Where the gradient hardly changes a corrected step is as long as the learning rate.
TEST_F(RunDecisions, AdamsMeansAreCorrectedForTheStepThatIsTaken) {
  const auto weights_after = [&](int steps) -> std::vector<float> {
    const std::string run = fmt::format("adam-{}", steps);
    train_with(run.c_str(),
               {fmt::format("training={{full_batch: true shards: 12 steps: {}}}", steps),
                "network.input_keep_prob=1", "network.layer[*].keep_prob=1", "early_stopping=none",
                "optimizer.schedule=none", "optimizer.adam.learning_rate=0.0001"});
    if (!comm_.is_root()) return {};
    return find_latest(directory_ / run / "ckpt")->checkpoint.weights;
  };
  const std::vector<float> one = weights_after(1);
  const std::vector<float> two = weights_after(2);
  if (!comm_.is_root()) return;
  float longest = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    longest = std::max(longest, std::abs(two[i] - one[i]));
  }
  EXPECT_GT(longest, 0.9e-4F);
  EXPECT_LT(longest, 1.02e-4F);
}

TEST_F(RunDecisions, TheBestOnAnotherDevSetIsForgotten) {
  const std::vector<std::string> job = {"training.epochs=2", "optimizer.schedule=none",
                                        "early_stopping={patience: 100 min_improvement: 1}"};
  std::vector<std::string> longer = job;
  longer.front() = "training.epochs=4";
  train_with("other-dev", job);
  agree(comm_, [&] {
    if (comm_.is_root()) write_tiny_data(directory_, 151);
  });
  const Told told = train_with("other-dev", longer, Resume::must,
                               [](TrainOptions& options) { options.allow_changed_data = true; });
  if (!comm_.is_root()) return;
  EXPECT_THAT(told.notices, testing::Contains(HasSubstr("the dev set has changed")));
  EXPECT_TRUE(told.evaluations.front().best);
  EXPECT_EQ(told.summary.best_step, told.evaluations.front().step);
}

TEST_F(RunDecisions, EvaluationsAreWhereTheyAreDueAndAtTheEnd) {
  const Told told =
      train_with("evaluations", {"training.steps=18", "early_stopping=none"}, Resume::never);
  if (!comm_.is_root()) return;
  std::vector<std::uint64_t> steps;
  std::vector<double> epochs;
  for (const Evaluation& evaluation : told.evaluations) {
    steps.push_back(evaluation.step);
    epochs.push_back(evaluation.epoch);
  }
  EXPECT_THAT(steps, ElementsAre(5, 10, 15, 18)) << "5 steps an epoch";
  EXPECT_THAT(epochs, ElementsAre(1, 2, 3, 3.6));
  EXPECT_EQ(told.summary.stop_reason, "steps");
  EXPECT_EQ(told.summary.steps, 18U);
  EXPECT_EQ(told.summary.epochs, 3.6);
}

TEST_F(RunDecisions, ChangedDataIsResumedOnlyWhenAllowed) {
  const std::vector<std::string> job = {"training.epochs=2", "optimizer.schedule=none",
                                        "data.split.dev={fraction: 0.25}"};
  std::vector<std::string> longer = job;
  longer.front() = "training.epochs=3";
  train_with("data", job);
  agree(comm_, [&] {
    if (comm_.is_root()) write_tiny_data(directory_, 151);
  });
  try {
    train_with("data", longer, Resume::must);
    ADD_FAILURE() << "expected an error";
  } catch (const AgreedError& error) {
    EXPECT_EQ(error.code(), ExitCode::data);
    EXPECT_THAT(error.what(), HasSubstr("the training data has changed since the checkpoint"));
  }
  const Told allowed = train_with("data", longer, Resume::must,
                                  [](TrainOptions& options) { options.allow_changed_data = true; });
  EXPECT_EQ(allowed.summary.stop_reason, "epochs");
}

TEST_F(RunDecisions, TimesAndSessionsGoOnAfterAResume) {
  const std::vector<std::string> two = {"training.epochs=2", "optimizer.schedule=none"};
  const std::vector<std::string> four = {"training.epochs=4", "optimizer.schedule=none",
                                         "early_stopping=none"};
  const Told first = train_with("sessions", two);
  const Told second = train_with("sessions", four, Resume::must);
  if (!comm_.is_root()) return;
  EXPECT_EQ(first.summary.sessions.size(), 1U);
  ASSERT_EQ(second.summary.sessions.size(), 2U);
  const RunSession& earlier = second.summary.sessions[0];
  const RunSession& later = second.summary.sessions[1];
  EXPECT_THAT(
      (std::vector{earlier.first_step, earlier.last_step, later.first_step, later.last_step}),
      ElementsAre(0, 10, 10, 20));
  EXPECT_EQ(later.ranks, static_cast<std::uint32_t>(comm_.size()));
  EXPECT_GE(second.evaluations.front().seconds, earlier.seconds);
  EXPECT_GE(earlier.seconds, first.evaluations.back().seconds);
  EXPECT_DOUBLE_EQ(second.summary.seconds.at("total"),
                   earlier.phases.at("total") + later.phases.at("total"));
}

}  // namespace
}  // namespace lockstep
