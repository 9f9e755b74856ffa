// The promise: the same bits at every layout. Each test trains on all ranks
// and compares with one rank and one thread in the same process.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "comm/communicator.h"
#include "support/collective.h"
#include "train/recorder.h"
#include "train/tiny_job.h"
#include "train/trainer.h"

namespace lockstep {
namespace {

class Bits : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) write_tiny_data(directory_, 141);
    comm_.barrier();
  }

  Outcome train_on_all(const std::vector<std::string>& overrides, int threads) {
    TrainOptions options;
    options.layout = {comm_.size(), threads};
    options.run_dir = directory_ / "all";
    return train_and_record(tiny_job(directory_, without_files(overrides)), comm_, options);
  }
  Outcome train_alone(const std::vector<std::string>& overrides) {
    const Communicator self = Communicator::self();
    TrainOptions options;
    options.run_dir = directory_ / "alone";
    return train_and_record(tiny_job(directory_, without_files(overrides)), self, options);
  }

  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();

 private:
  static std::vector<std::string> without_files(std::vector<std::string> overrides) {
    overrides.emplace_back("checkpointing.enabled=false");
    return overrides;
  }
};

TEST_F(Bits, SameAtEveryLayout) {
  const Outcome alone = train_alone({});
  for (const int threads : {1, 2, 3}) {
    EXPECT_EQ(train_on_all({}, threads).text, alone.text) << threads << " threads";
  }
}

TEST_F(Bits, EarlyStoppingStopsAtTheSameStepEverywhere) {
  // Dev error cannot improve by more than 1: patience runs out at once.
  const std::vector<std::string> overrides = {"early_stopping.min_improvement=1",
                                              "early_stopping.patience=3"};
  const Outcome alone = train_alone(overrides);
  EXPECT_EQ(alone.stop_reason, "early_stopping");
  EXPECT_EQ(train_on_all(overrides, 2).text, alone.text);
}

TEST_F(Bits, EveryOptimizerAndLoss) {
  const std::vector<std::vector<std::string>> jobs = {
      {"optimizer.gradient_descent.learning_rate=0.1", "training.epochs=2"},
      {"optimizer.momentum.learning_rate=0.1", "network.output.loss=LOGISTIC", "training.epochs=2"},
      {"optimizer.nesterov.learning_rate=0.05", "network.output.loss=SQUARED_ERROR",
       "early_stopping.metric=DEV_COST", "training.epochs=2"},
      {"optimizer.rmsprop.learning_rate=0.01", "training.epochs=2", "data.split.stratified=true"},
  };
  for (const auto& overrides : jobs) {
    EXPECT_EQ(train_on_all(overrides, 1).text, train_alone(overrides).text) << overrides[0];
  }
}

TEST_F(Bits, EveryPenalty) {
  const std::vector<std::vector<std::string>> jobs = {
      {"regularization={l1_lambda: 0.2}"},
      {"regularization={l2_lambda: 0.3, l1_lambda: 0.2, include_biases: true}"},
      {"network.layer[0].regularization={l2_lambda: 0, l1_lambda: 0.5}",
       "network.output.regularization={l2_lambda: 2}"},
  };
  for (std::vector<std::string> overrides : jobs) {
    overrides.emplace_back("training.epochs=2");
    const Outcome alone = train_alone(overrides);
    for (const int threads : {1, 2}) {
      EXPECT_EQ(train_on_all(overrides, threads).text, alone.text) << overrides[0];
    }
    EXPECT_NE(train_alone({"training.epochs=2"}).text, alone.text) << overrides[0];
  }
}

TEST_F(Bits, FullBatch) {
  const std::vector<std::string> overrides = {"training.full_batch=true", "training.epochs=5"};
  EXPECT_EQ(train_on_all(overrides, 2).text, train_alone(overrides).text);
}

TEST_F(Bits, BucketSizesChangeNothing) {
  const Outcome alone = train_alone({});
  for (const char* bytes : {"8192", "65536", "4194304"}) {
    EXPECT_EQ(train_on_all({std::string("exchange.bucket_bytes=") + bytes}, 1).text, alone.text);
  }
}

TEST_F(Bits, NegativeControlAnotherSeedIsSeen) {
  EXPECT_NE(train_on_all({"seed=8"}, 1).text, train_alone({}).text);
}

TEST_F(Bits, NegativeControlAnotherShardCountIsSeen) {
  EXPECT_NE(train_on_all({"training.shards=6"}, 1).text, train_alone({}).text);
}

}  // namespace
}  // namespace lockstep
