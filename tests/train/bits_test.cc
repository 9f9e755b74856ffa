// The promise: the same bits at every layout. Each test trains on all ranks
// and compares with one rank and one thread in the same process.

#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "support/collective.h"
#include "support/tiny_job.h"
#include "train/recorder.h"
#include "train/trainer.h"

namespace lockstep {
namespace {

class Bits : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) write_tiny_data(directory_, 141);
    comm_.barrier();
  }

  Outcome train_on_all(const std::vector<std::string>& overrides, int threads,
                       int prefetch_threads = 0) {
    TrainOptions options;
    options.layout = {comm_.size(), threads, prefetch_threads};
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
      {"optimizer.adamw={learning_rate: 0.01 weight_decay: 0.5}", "training.epochs=2"},
      {"network.output.loss=HUBER", "early_stopping.metric=DEV_COST", "training.epochs=2"},
      {"training.class_weights={balanced: true}", "training.epochs=2"},
  };
  for (const auto& overrides : jobs) {
    EXPECT_EQ(train_on_all(overrides, 1).text, train_alone(overrides).text) << overrides[0];
  }
}

// The last step of an epoch has an odd number of rows of some shards.
TEST_F(Bits, InBfloat16) {
  const std::vector<std::string> overrides = {"training.precision=BFLOAT16", "training.epochs=2"};
  const Outcome alone = train_alone(overrides);
  for (const int threads : {1, 2, 3}) {
    EXPECT_EQ(train_on_all(overrides, threads).text, alone.text) << threads << " threads";
  }
  EXPECT_NE(train_alone({"training.epochs=2"}).text, alone.text);
  std::vector<std::string> mixed = overrides;
  mixed.emplace_back("evaluation.precision=FLOAT32");
  const Outcome mixed_alone = train_alone(mixed);
  EXPECT_NE(mixed_alone.text, alone.text);
  EXPECT_EQ(train_on_all(mixed, 2).text, mixed_alone.text);
}

// Ranks that do not share memory exchange messages, which carry 16 bits of each number.
TEST_F(Bits, ExchangedInBfloat16) {
  const std::vector<std::string> base = {"exchange.precision=BFLOAT16", "training.epochs=2"};
  const std::string in_float32 = train_alone({"training.epochs=2"}).text;
  for (const std::vector<std::string>& more : std::vector<std::vector<std::string>>{
           {},
           {"optimizer.momentum.learning_rate=0.1", "optimizer.clipping.max_norm=0.05"},
           {"training.precision=BFLOAT16"},
           {"training.full_batch=true", "training.shards=5"}}) {
    std::vector<std::string> overrides = base;
    overrides.insert(overrides.end(), more.begin(), more.end());
    const Outcome alone = train_alone(overrides);
    EXPECT_NE(alone.text, in_float32);
    for (const int threads : {1, 3}) {
      for (const char* shared : {"true", "false"}) {
        for (const char* bytes : {"4096", "65536"}) {
          std::vector<std::string> all = overrides;
          all.push_back(std::string("exchange.shared_memory=") + shared);
          all.push_back(std::string("exchange.bucket_bytes=") + bytes);
          EXPECT_EQ(train_on_all(all, threads).text, alone.text)
              << threads << " threads, " << bytes << " bytes, shared memory " << shared;
        }
      }
    }
  }
}

TEST_F(Bits, WeightDecayLeavesBiasesAloneUnlessTheJobIncludesThem) {
  const std::string adamw = "optimizer.adamw={learning_rate: 0.01 weight_decay: 0.5}";
  const Outcome adam = train_alone({"training.epochs=2"});
  const Outcome weights = train_alone({adamw, "training.epochs=2"});
  const Outcome all =
      train_alone({adamw, "regularization.include_biases=true", "training.epochs=2"});
  EXPECT_NE(weights.text, adam.text);
  EXPECT_NE(all.text, weights.text);
}

TEST_F(Bits, ClippedGradients) {
  const std::vector<std::string> overrides = {"optimizer.clipping.max_norm=0.05",
                                              "training.epochs=2"};
  const Outcome alone = train_alone(overrides);
  for (const int threads : {1, 2}) {
    for (const char* bytes : {"4096", "65536"}) {
      std::vector<std::string> other = overrides;
      other.push_back(std::string("exchange.bucket_bytes=") + bytes);
      EXPECT_EQ(train_on_all(other, threads).text, alone.text) << threads << " " << bytes;
    }
  }
  EXPECT_NE(train_alone({"training.epochs=2"}).text, alone.text);
}

// Adam hardly sees a factor that all gradients have; gradient descent does.
TEST_F(Bits, ANormThatIsNeverReachedChangesNothing) {
  const std::vector<std::string> plain = {"optimizer.gradient_descent.learning_rate=0.1",
                                          "training.epochs=2"};
  std::vector<std::string> loose = plain;
  loose.emplace_back("optimizer.clipping.max_norm=1e6");
  const auto without_norms = [](const std::string& text) {
    return std::regex_replace(text, std::regex(" gradient \\S+"), "");
  };
  EXPECT_EQ(without_norms(train_alone(loose).text), without_norms(train_alone(plain).text));
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

TEST_F(Bits, BucketSizesAndSharedMemoryChangeNothing) {
  const Outcome alone = train_alone({});
  for (const char* bytes : {"8192", "65536", "4194304"}) {
    for (const char* shared : {"true", "false"}) {
      EXPECT_EQ(train_on_all({std::string("exchange.bucket_bytes=") + bytes,
                              std::string("exchange.shared_memory=") + shared},
                             1)
                    .text,
                alone.text);
    }
  }
}

// Ranks that do not share memory count as hosts. Between slow ones, shards are assigned unevenly
// (assign_shards_test.cc).
TEST_F(Bits, ShardsThatAreAssignedUnevenlyChangeNothing) {
  const Outcome alone = train_alone({});
  for (const int threads : {1, 2}) {
    EXPECT_EQ(
        train_on_all({"exchange.shared_memory=false", "exchange.link_gigabits_per_second=0.000001"},
                     threads)
            .text,
        alone.text);
  }
}

// Images of 4 x 3 pixels.
const std::vector<std::string> kAugmented = {
    "data.augmentation={horizontal_flip {} crop { min_side: 0.5 } rotation { degrees: 30 } shift { "
    "horizontal: 1 vertical: 1 } elastic { alpha: 1 sigma: 1 probability: 0.5 } brightness {} "
    "contrast {} erasing {}}",
    "data.normalization.standardize.per=CHANNEL", "training.epochs=3"};

TEST_F(Bits, AugmentedWithAnyNumberOfPrefetchThreads) {
  const Outcome alone = train_alone(kAugmented);
  for (const int threads : {1, 2}) {
    for (const int prefetch_threads : {0, 1, 2}) {
      EXPECT_EQ(train_on_all(kAugmented, threads, prefetch_threads).text, alone.text)
          << threads << " threads, " << prefetch_threads << " beside them";
    }
  }
}

TEST_F(Bits, PrefetchThreadsWithoutAugmentation) {
  EXPECT_EQ(train_on_all({}, 2, 1).text, train_alone({}).text);
}

TEST_F(Bits, NegativeControlAugmentationIsSeen) {
  std::vector<std::string> plain = kAugmented;
  plain.erase(plain.begin());
  EXPECT_NE(train_on_all(plain, 1).text, train_alone(kAugmented).text);
}

// With a learning rate that moves nothing, two evaluations are the same, though
// the epochs between them were augmented differently; and the same as without.
TEST_F(Bits, EvaluationIsNotAugmented) {
  std::vector<std::string> overrides = kAugmented;
  for (const char* more : {"optimizer.gradient_descent.learning_rate=1e-30",
                           "optimizer.schedule.warmup_epochs=0", "training.epochs=1"}) {
    overrides.emplace_back(more);
  }
  const auto costs_of = [](const Outcome& outcome) {
    return outcome.text.substr(outcome.text.find("errors"),
                               outcome.text.find("digest") - outcome.text.find("errors"));
  };
  const std::string augmented = costs_of(train_on_all(overrides, 1));
  overrides.back() = "training.epochs=2";
  EXPECT_EQ(costs_of(train_on_all(overrides, 1)), augmented);
  overrides.erase(overrides.begin());
  EXPECT_EQ(costs_of(train_on_all(overrides, 1)), augmented);
}

TEST_F(Bits, NegativeControlAnotherSeedIsSeen) {
  EXPECT_NE(train_on_all({"seed=8"}, 1).text, train_alone({}).text);
}

TEST_F(Bits, NegativeControlAnotherShardCountIsSeen) {
  EXPECT_NE(train_on_all({"training.shards=6"}, 1).text, train_alone({}).text);
}

}  // namespace
}  // namespace lockstep
