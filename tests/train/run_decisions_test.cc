// What a run decides by itself: when to give up, what to compare, what to say.

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "comm/agreement.h"
#include "support/collective.h"
#include "train/recorder.h"
#include "train/tiny_job.h"

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

class RunDecisions : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) write_tiny_data(directory_, 141);
    comm_.barrier();
  }
  // Collective.
  Told train_with(const char* run, std::vector<std::string> overrides,
                  Resume resume = Resume::never) {
    overrides.emplace_back("evaluation.every_epochs=1");
    const LoadedJob job = tiny_job(directory_, overrides);
    TrainOptions options;
    options.layout = {comm_.size(), 1};
    options.run_dir = directory_ / run;
    options.resume = resume;
    Told told;
    std::vector<std::unique_ptr<TrainingObserver>> observers;
    if (comm_.is_root()) observers.push_back(std::make_unique<Teller>(told));
    told.summary = train(job.job, job.resolved_text, comm_, options, observers);
    return told;
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

// Inputs of 1e8 make losses of 1e7 times guessing before anything is learnt.
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
    EXPECT_THAT(with(optimizer), HasSubstr("so that its square is beyond float")) << optimizer;
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
  const auto wrong = [](const WrongAnswers& of) { return std::ranges::count(of, 1); };
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
