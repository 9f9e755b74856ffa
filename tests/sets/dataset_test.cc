// Data over ranks: who holds what, and statistics that do not depend on it.

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "comm/agreement.h"
#include "sets/dataset.h"
#include "support/collective.h"
#include "support/tiny_job.h"

namespace lockstep {
namespace {

class DatasetTest : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) write_tiny_data(directory_, 141);
    comm_.barrier();
  }
  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();
};

TEST_F(DatasetTest, ARankHoldsItsOwnShardsOnly) {
  const Layout layout{comm_.size(), 2};
  const Dataset data = load_dataset(tiny_job(directory_).job, comm_, layout);
  std::uint64_t own = 0;
  for (std::uint64_t s = data.own_shards.begin; s < data.own_shards.end; ++s) {
    own += shard_size(data.geometry, s);
  }
  EXPECT_EQ(data.train.size(), own);
  EXPECT_EQ(comm_.sum(own), 101U);
  EXPECT_EQ(comm_.sum(data.dev.examples.size()), 40U);
  EXPECT_EQ(data.test.total, 0U);
}

TEST_F(DatasetTest, TrainAndDevAreDisjointAndWhole) {
  const Layout layout{comm_.size(), 1};
  const Dataset data = load_dataset(tiny_job(directory_).job, comm_, layout);
  auto ids = comm_.gather(std::span<const std::uint32_t>(data.train.ids));
  const auto dev = comm_.gather(std::span<const std::uint32_t>(data.dev.examples.ids));
  ids.insert(ids.end(), dev.begin(), dev.end());
  if (comm_.is_root()) {
    EXPECT_EQ(std::set<std::uint32_t>(ids.begin(), ids.end()).size(), 141U);
    EXPECT_EQ(ids.size(), 141U);
  }
}

TEST_F(DatasetTest, NormalizationDoesNotDependOnTheLayout) {
  for (const char* per : {"FEATURE", "ALL", "CHANNEL"}) {
    const Job job =
        tiny_job(directory_, {std::string("data.normalization.standardize.per=") + per}).job;
    const Dataset all = load_dataset(job, comm_, {comm_.size(), 1});
    const Dataset alone = load_dataset(job, Communicator::self(), {1, 1});
    EXPECT_EQ(all.normalizer.mean, alone.normalizer.mean);
    EXPECT_EQ(all.normalizer.inverse_deviation, alone.normalizer.inverse_deviation);
  }
}

TEST_F(DatasetTest, NormalizationIsThatOfTheTrainingSet) {
  const Dataset data = load_dataset(tiny_job(directory_).job, Communicator::self(), {1, 1});
  double sum = 0;
  double squares = 0;
  for (std::uint64_t i = 0; i < data.train.size(); ++i) {
    const auto value = static_cast<double>(data.train.values[i * kTinyFeatures + 5]);
    sum += value;
    squares += value * value;
  }
  const double mean = sum / 101;
  const double deviation = std::sqrt(squares / 101 - mean * mean);
  EXPECT_NEAR(data.normalizer.mean[5], mean, 1e-4);
  EXPECT_NEAR(1.0 / static_cast<double>(data.normalizer.inverse_deviation[5]), deviation, 1e-3);
}

TEST_F(DatasetTest, NormalizationByChannelIsThatOfItsPixels) {
  // The 12 features as 2 channels of 2 x 3 pixels.
  const Job job = tiny_job(directory_, {"data.normalization.standardize.per=CHANNEL",
                                        "data.image={channels: 2 height: 2 width: 3}"})
                      .job;
  const Dataset data = load_dataset(job, Communicator::self(), {1, 1});
  for (const std::uint64_t channel : {0, 1}) {
    double sum = 0;
    double squares = 0;
    for (std::uint64_t i = 0; i < data.train.size(); ++i) {
      for (std::uint64_t j = 6 * channel; j < 6 * channel + 6; ++j) {
        const auto value = static_cast<double>(data.train.values[i * kTinyFeatures + j]);
        sum += value;
        squares += value * value;
      }
    }
    const double mean = sum / (101 * 6);
    const double deviation = std::sqrt(squares / (101 * 6) - mean * mean);
    for (std::uint64_t j = 6 * channel; j < 6 * channel + 6; ++j) {
      EXPECT_NEAR(data.normalizer.mean[j], mean, 1e-4);
      EXPECT_NEAR(1.0 / static_cast<double>(data.normalizer.inverse_deviation[j]), deviation, 1e-3);
    }
  }
}

TEST_F(DatasetTest, AugmentationDoesNotTouchTheStatistics) {
  const std::vector<std::string> augmented = {"data.augmentation={brightness {} erasing {}}"};
  const Dataset data = load_dataset(tiny_job(directory_, augmented).job, comm_, {comm_.size(), 1});
  const Dataset plain = load_dataset(tiny_job(directory_).job, comm_, {comm_.size(), 1});
  EXPECT_TRUE(data.augmentation);
  EXPECT_FALSE(plain.augmentation);
  EXPECT_EQ(data.normalizer.mean, plain.normalizer.mean);
  EXPECT_EQ(data.normalizer.inverse_deviation, plain.normalizer.inverse_deviation);
}

TEST_F(DatasetTest, ImagesThatDoNotFitAreRefusedOnAllRanks) {
  for (const char* image : {"{height: 5 width: 3}", "{channels: 3 height: 4 width: 3}",
                            "{height: 4294967295 width: 4294967295}"}) {
    const Job job = tiny_job(directory_, {std::string("data.image=") + image}).job;
    try {
      load_dataset(job, comm_, {comm_.size(), 1});
      ADD_FAILURE() << "expected an error";
    } catch (const AgreedError& error) {
      EXPECT_EQ(error.code(), ExitCode::usage);
    }
  }
}

TEST_F(DatasetTest, AFailureOfOneRankReachesAll) {
  Job job = tiny_job(directory_).job;
  if (comm_.rank() == comm_.size() - 1) {
    job.data.train.format = IdxSource{directory_ / "missing", directory_ / "labels", {}};
  }
  try {
    load_dataset(job, comm_, {comm_.size(), 1});
    ADD_FAILURE() << "expected an error";
  } catch (const AgreedError& error) {
    EXPECT_EQ(error.code(), ExitCode::missing_input);
  }
}

TEST_F(DatasetTest, OtherDataOnOneRankIsRefused) {
  if (comm_.size() == 1) return;  // nobody to differ from
  if (comm_.is_root()) {
    std::filesystem::create_directory(directory_ / "other");
    write_tiny_data(directory_ / "other", 150);
  }
  comm_.barrier();
  Job job = tiny_job(directory_).job;
  if (comm_.rank() == 1) {
    job.data.train.format =
        IdxSource{directory_ / "other/features", directory_ / "other/labels", {}};
  }
  EXPECT_THROW(load_dataset(job, comm_, {comm_.size(), 1}), AgreedError);
}

TEST_F(DatasetTest, FewerExamplesThanShards) {
  if (comm_.is_root()) write_tiny_data(directory_, 45);  // 5 to train on, 12 shards
  comm_.barrier();
  const Dataset data = load_dataset(tiny_job(directory_).job, comm_, {comm_.size(), 1});
  EXPECT_EQ(comm_.sum(data.train.size()), 5U);
}

}  // namespace
}  // namespace lockstep
