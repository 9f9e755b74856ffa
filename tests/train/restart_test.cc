// A run that is interrupted and continues, at the same or another layout, ends
// with the bits of the run that was not.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "comm/agreement.h"
#include "evaluate/evaluate_checkpoint.h"
#include "support/collective.h"
#include "support/tiny_job.h"
#include "train/recorder.h"

namespace lockstep {
namespace {

class Restart : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) write_tiny_data(directory_, 141);
    comm_.barrier();
  }
  TrainOptions options(const char* name, int threads) const {
    TrainOptions options;
    options.layout = {comm_.size(), threads};
    options.run_dir = directory_ / name;
    return options;
  }
  // Trains in one piece and in two.
  void expect_same_bits(const LoadedJob& job);

  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();
};

TEST_F(Restart, EndsWithTheSameBits) {
  for (const char* precision : {"FLOAT32", "BFLOAT16"}) {
    expect_same_bits(tiny_job(directory_, {"early_stopping.patience=100",
                                           std::string("exchange.precision=") + precision}));
  }
}

void Restart::expect_same_bits(const LoadedJob& job) {
  const Outcome whole = train_and_record(job, comm_, options("whole", 1));

  TrainOptions first = options("parts", 2);
  // Only the last rank is asked to stop, in the middle of an epoch.
  first.stop_requested = [&](auto step) { return step == 7U && comm_.rank() == comm_.size() - 1; };
  const Outcome interrupted = train_and_record(job, comm_, first);
  EXPECT_EQ(interrupted.stop_reason, "interrupted");
  EXPECT_EQ(interrupted.steps, 8U);

  TrainOptions second = options("parts", 1);
  second.resume = Resume::must;
  const Outcome resumed = train_and_record(job, comm_, second);
  // What follows the interruption is what the whole run had said then.
  EXPECT_GT(resumed.text.size(), 200U);
  EXPECT_TRUE(whole.text.ends_with(resumed.text)) << "whole:\n"
                                                  << whole.text << "resumed:\n"
                                                  << resumed.text;
}

// As a sweep does it: the schedule spans the whole run all the same.
TEST_F(Restart, APausedRunEndsWithTheSameBits) {
  const LoadedJob job = tiny_job(directory_, {"early_stopping.patience=100"});
  const Outcome whole = train_and_record(job, comm_, options("unpaused", 1));

  TrainOptions first = options("paused", 1);
  int asked = 0;
  first.stop_after_evaluation = [&] { return std::string(++asked == 2 ? "paused" : ""); };
  const Outcome paused = train_and_record(job, comm_, first);
  EXPECT_EQ(paused.stop_reason, "paused");
  EXPECT_EQ(paused.steps, 10U) << "two epochs of five steps";
  EXPECT_EQ(asked, comm_.is_root() ? 2 : 0);

  // Asked again at once when resumed; then the state is as it was.
  TrainOptions again = options("paused", 2);
  again.resume = Resume::must;
  again.stop_after_evaluation = [] { return std::string("paused"); };
  EXPECT_EQ(train_and_record(job, comm_, again).steps, 10U);

  again.stop_after_evaluation = [] { return std::string(); };
  const Outcome resumed = train_and_record(job, comm_, again);
  EXPECT_GT(resumed.text.size(), 200U);
  EXPECT_TRUE(whole.text.ends_with(resumed.text)) << "whole:\n"
                                                  << whole.text << "resumed:\n"
                                                  << resumed.text;
}

TEST_F(Restart, WithoutTestTheTestSetIsNotScored) {
  const LoadedJob job = tiny_job(directory_, {"data.split.test.count=20", "training.epochs=1"});
  std::vector<std::unique_ptr<TrainingObserver>> none;
  TrainOptions without = options("without", 1);
  without.with_test = false;
  const Summary summary = train(job.job, job.resolved_text, comm_, without, none);
  EXPECT_FALSE(summary.test_error);
  const Summary with = train(job.job, job.resolved_text, comm_, options("with", 1), none);
  EXPECT_EQ(with.test_error.has_value(), comm_.is_root());
  EXPECT_EQ(summary.weights_digest, with.weights_digest);
}

TEST_F(Restart, MustNeedsACheckpointAndAutomaticStartsFresh) {
  const LoadedJob job = tiny_job(directory_);
  TrainOptions must = options("none", 1);
  must.resume = Resume::must;
  EXPECT_THROW(train_and_record(job, comm_, must), AgreedError);
  must.resume = Resume::automatic;
  EXPECT_EQ(train_and_record(job, comm_, must).text,
            train_and_record(job, comm_, options("fresh", 1)).text);
}

TEST_F(Restart, AChangedNetworkIsRefused) {
  TrainOptions again = options("changed", 1);
  train_and_record(tiny_job(directory_, {"training.epochs=1"}), comm_, again);
  again.resume = Resume::must;
  EXPECT_THROW(
      train_and_record(tiny_job(directory_, {"network.layer[0].keep_prob=0.5"}), comm_, again),
      AgreedError);
}

TEST_F(Restart, EvaluatingACheckpointGivesTheSummarysNumbers) {
  const LoadedJob job = tiny_job(directory_);
  std::vector<std::unique_ptr<TrainingObserver>> none;
  const Summary summary = train(job.job, job.resolved_text, comm_, options("evaluated", 1), none);
  std::uint64_t best = summary.best_step.value_or(0);
  comm_.broadcast(best);
  const auto path = directory_ / "evaluated/ckpt" / fmt::format("step-{:08}.ckpt", best);
  for (const int threads : {1, 2}) {
    const Layout layout{comm_.size(), threads};
    const auto dev = evaluate_checkpoint(path, EvaluationSplit::dev, comm_, layout, false);
    const auto train = evaluate_checkpoint(path, EvaluationSplit::train, comm_, layout, false);
    if (!comm_.is_root()) continue;
    EXPECT_EQ(dev.error, summary.dev_error);
    EXPECT_EQ(dev.cost, summary.dev_cost);
    EXPECT_EQ(dev.weights_digest, summary.weights_digest);
    EXPECT_EQ(train.error, summary.train_error);
    EXPECT_EQ(train.cost, summary.train_cost);
  }
  EXPECT_THROW(
      evaluate_checkpoint(path, EvaluationSplit::test, comm_, Layout{comm_.size(), 1}, false),
      AgreedError);
}

// Every set by the fingerprint of its own source: test has one of its own here.
TEST_F(Restart, ChangedDataIsEvaluatedOnlyWhenAllowed) {
  const std::filesystem::path other = directory_ / "other";
  const auto write = [&](std::uint32_t train, std::uint32_t test) {
    agree(comm_, [&] {
      if (!comm_.is_root()) return;
      std::filesystem::create_directories(other);
      write_tiny_data(directory_, train);
      write_tiny_data(other, test);
    });
  };
  write(141, 50);
  const LoadedJob job =
      tiny_job(directory_,
               {"data.test={idx {features: \"other/features\" labels: \"other/labels\"}}",
                "data.dev_and_test_from=ONE_DISTRIBUTION", "data.max_copied_share=1",
                "training.epochs=1", "data.split={dev {fraction: 0.2} train_dev {fraction: 0.2}}"});
  train_and_record(job, comm_, options("changed-data", 1));
  const auto path = directory_ / "changed-data/ckpt/step-00000004.ckpt";
  // Which sets can be scored: train, train-dev, dev and test.
  const auto scored = [&](bool allowed) {
    std::string sets;
    for (const EvaluationSplit split : {EvaluationSplit::train, EvaluationSplit::train_dev,
                                        EvaluationSplit::dev, EvaluationSplit::test}) {
      try {
        evaluate_checkpoint(path, split, comm_, {comm_.size(), 1}, allowed);
        sets += '+';
      } catch (const AgreedError& error) {
        EXPECT_EQ(error.code(), ExitCode::data) << error.what();
        sets += '-';
      }
    }
    return sets;
  };
  EXPECT_EQ(scored(false), "++++");
  write(141, 51);
  EXPECT_EQ(scored(false), "+++-");
  write(151, 50);
  EXPECT_EQ(scored(false), "---+");
  EXPECT_EQ(scored(true), "++++");
}

TEST_F(Restart, DivergenceStopsAllRanks) {
  const LoadedJob job = tiny_job(directory_, {"optimizer.gradient_descent.learning_rate=1e30",
                                              "network.layer[1].activation=RELU"});
  try {
    train_and_record(job, comm_, options("diverged", 1));
    ADD_FAILURE() << "expected a divergence";
  } catch (const AgreedError& error) {
    EXPECT_EQ(error.code(), ExitCode::diverged) << error.what();
  }
}

}  // namespace
}  // namespace lockstep
