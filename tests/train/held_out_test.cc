// What is held out stays out: train-dev, dev and test sets, where they come from,
// and that they leave no trace in the model (lecture 1.1, 1.9).

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <set>

#include "comm/agreement.h"
#include "data/open.h"
#include "evaluate/evaluate_checkpoint.h"
#include "sets/dataset.h"
#include "sets/dataset_sizes.h"
#include "sets/partition.h"
#include "support/collective.h"
#include "support/tiny_job.h"
#include "train/recorder.h"

namespace lockstep {
namespace {

constexpr std::uint32_t kExamples = 141;

using Ids = std::vector<std::uint32_t>;

class HeldOut : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) {
      write_tiny_data(directory_, kExamples);
      std::filesystem::create_directory(directory_ / "other");
      write_tiny_data(directory_ / "other", 90, 54321);
      // 47 groups of three neighbours.
      std::vector<unsigned char> groups;
      for (std::uint32_t i = 0; i < kExamples; ++i) {
        groups.push_back(static_cast<unsigned char>(i / 3));
      }
      write_idx(directory_ / "groups", {kExamples}, groups);
    }
    comm_.barrier();
  }

  // The ids of a set over all ranks, ascending, on rank 0.
  [[nodiscard]] Ids gathered(const Ids& own) const {
    Ids ids = comm_.gather(std::span<const std::uint32_t>(own));
    std::ranges::sort(ids);
    return ids;
  }
  [[nodiscard]] Dataset load(const std::vector<std::string>& overrides, int threads = 1) const {
    return load_dataset(tiny_job(directory_, overrides).job, comm_, {comm_.size(), threads});
  }
  [[nodiscard]] TrainOptions options(const std::string& name) const {
    TrainOptions options;
    options.layout = {comm_.size(), 1};
    options.run_dir = directory_ / name;
    return options;
  }

  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();
  // Dev and test out of another source, train-dev out of the training source.
  const std::vector<std::string> mismatched_ = {"data.held_out.idx.features=other/features",
                                                "data.held_out.idx.labels=other/labels",
                                                "data.held_out.corruption.gaussian_noise=25",
                                                "data.split.train_dev.count=21",
                                                "data.split.dev.fraction=0.5",
                                                "data.split.test.fraction=0.5",
                                                "early_stopping.patience=50"};
};

TEST_F(HeldOut, PartsOfTheTrainingSourceAreDisjointAndWholeAtEveryLayout) {
  for (const char* how : {"stratified=true", "stratified=false", "by_group=true"}) {
    std::vector<std::string> overrides = {"data.split.test.count=18",
                                          "data.split.train_dev.fraction=0.2",
                                          std::string("data.split.") + how};
    if (how == std::string("by_group=true")) {
      overrides.emplace_back("data.train.idx.groups=groups");
    }
    const Dataset data = load(overrides, 2);
    const Dataset alone =
        load_dataset(tiny_job(directory_, overrides).job, Communicator::self(), {1, 1});
    EXPECT_EQ(data.normalizer.mean, alone.normalizer.mean);
    const std::map<std::string, std::pair<Ids, Ids>> sets = {
        {"train", {gathered(data.train.ids), alone.train.ids}},
        {"train-dev", {gathered(data.train_dev.examples.ids), alone.train_dev.examples.ids}},
        {"dev", {gathered(data.dev.examples.ids), alone.dev.examples.ids}},
        {"test", {gathered(data.test.examples.ids), alone.test.examples.ids}}};
    if (!comm_.is_root()) continue;
    Ids all;
    std::map<std::uint32_t, std::string> home;  // of groups
    for (const auto& [name, ids] : sets) {
      EXPECT_EQ(ids.first, ids.second) << name << ", " << how;
      EXPECT_FALSE(ids.first.empty()) << name;
      all.insert(all.end(), ids.first.begin(), ids.first.end());
      for (const std::uint32_t id : ids.first) {
        if (how == std::string("by_group=true")) {
          EXPECT_EQ(home.try_emplace(id / 3, name).first->second, name) << id;
        }
      }
    }
    EXPECT_EQ(all.size(), kExamples);
    EXPECT_EQ(std::set<std::uint32_t>(all.begin(), all.end()).size(), kExamples);
    EXPECT_EQ(sets.at("train-dev").first.size(), how == std::string("by_group=true") ? 27U : 28U);
  }
}

TEST_F(HeldOut, AHeldOutSourceGivesDevAndTestAndTrainGivesTrainDev) {
  const Dataset data = load(mismatched_);
  EXPECT_EQ(data.geometry.train_examples, kExamples - 21);
  EXPECT_EQ(data.train_dev.total, 21U);
  EXPECT_EQ(data.dev.total, 45U);
  EXPECT_EQ(data.test.total, 45U);
  EXPECT_EQ(data.train_dev.fingerprint, data.train_fingerprint);
  EXPECT_EQ(data.dev.fingerprint, data.test.fingerprint);
  EXPECT_NE(data.dev.fingerprint, data.train_fingerprint);
  Ids ids = gathered(data.dev.examples.ids);
  const Ids test = gathered(data.test.examples.ids);
  ids.insert(ids.end(), test.begin(), test.end());
  if (comm_.is_root()) {
    EXPECT_EQ(std::set<std::uint32_t>(ids.begin(), ids.end()).size(), 90U);
  }
  const DatasetSizes sizes = dataset_sizes(tiny_job(directory_, mismatched_).job);
  EXPECT_EQ(sizes.train, kExamples - 21);
  EXPECT_EQ(sizes.train_dev, 21U);
  EXPECT_EQ(sizes.dev, 45U);
  EXPECT_EQ(sizes.test, 45U);
  EXPECT_EQ(sizes.unused, 0U);
}

TEST_F(HeldOut, ASourceOfOtherExamplesIsRefused) {
  if (comm_.is_root()) {
    write_idx(directory_ / "narrow", {90, 3}, std::vector<unsigned char>(270, 1));
    write_idx(directory_ / "wide-labels", {90, 3}, std::vector<unsigned char>(270, 0));
  }
  comm_.barrier();
  for (const std::string& wrong :
       {std::string("features=narrow"), std::string("labels=wide-labels")}) {
    auto overrides = mismatched_;
    overrides.emplace_back("network.output.loss=LOGISTIC");
    overrides.emplace_back("data.held_out.idx." + wrong);
    try {
      static_cast<void>(load(overrides));
      ADD_FAILURE() << "expected an error";
    } catch (const AgreedError& error) {
      EXPECT_EQ(error.code(), ExitCode::data);
      EXPECT_NE(std::string(error.what()).find("the training set has"), std::string::npos)
          << error.what();
    }
  }
}

TEST_F(HeldOut, MismatchedRunsHaveTheSameBitsAtEveryLayout) {
  const LoadedJob job = tiny_job(directory_, mismatched_);
  const Outcome all = train_and_record(job, comm_, options("all"));
  TrainOptions one;
  one.run_dir = directory_ / ("alone-" + std::to_string(comm_.rank()));
  EXPECT_EQ(train_and_record(job, Communicator::self(), one).text, all.text);
}

TEST_F(HeldOut, EvaluatingTrainDevGivesTheSummarysNumbers) {
  const LoadedJob job = tiny_job(directory_, mismatched_);
  std::vector<std::unique_ptr<TrainingObserver>> none;
  const Summary summary = train(job.job, job.resolved_text, comm_, options("evaluated"), none);
  std::uint64_t best = summary.best_step.value_or(0);
  comm_.broadcast(best);
  const CheckpointScores scores =
      evaluate_checkpoint(directory_ / fmt::format("evaluated/ckpt/step-{:08}.ckpt", best),
                          EvaluationSplit::train_dev, comm_, {comm_.size(), 2}, false);
  if (comm_.is_root()) {
    EXPECT_EQ(scores.examples, 21U);
    EXPECT_EQ(scores.error, summary.train_dev_error);
    EXPECT_EQ(scores.cost, summary.train_dev_cost);
  }
}

TEST_F(HeldOut, ARunWithoutTrainDevHasNoNumbersOfIt) {
  const LoadedJob job = tiny_job(directory_);
  std::vector<std::unique_ptr<TrainingObserver>> none;
  const Summary summary = train(job.job, job.resolved_text, comm_, options("without"), none);
  EXPECT_FALSE(summary.train_dev_error || summary.train_dev_cost);
}

// ---- the model does not see it ----

// A run to the end, without early stopping: choosing by the dev set is the one
// thing it is for. The statistics and weights that come out.
struct Model {
  std::vector<float> mean;
  std::vector<float> inverse_deviation;
  std::string weights_digest;
};

// Inverts the features of these examples in an IDX file.
void invert_rows(const std::filesystem::path& path, const Ids& ids) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  constexpr std::uint32_t kHeaderBytes = 16;  // three dimensions
  for (const std::uint32_t id : ids) {
    std::array<char, kTinyFeatures> row{};
    const auto at = static_cast<std::streamoff>(kHeaderBytes + id * kTinyFeatures);
    file.seekg(at);
    file.read(row.data(), row.size());
    for (char& value : row) value = static_cast<char>(255 - static_cast<unsigned char>(value));
    file.seekp(at);
    file.write(row.data(), row.size());
  }
}

TEST_F(HeldOut, EditingADevOrTestRowChangesNoBitOfTheModel) {
  const std::vector<std::vector<std::string>> jobs = {
      {"data.split.test.count=20", "data.split.train_dev.count=15"},
      {"data.split.test.count=20", "data.split.train_dev.count=15",
       "data.normalization.standardize.per=ALL"},
      mismatched_};
  for (std::size_t j = 0; j < jobs.size(); ++j) {
    auto overrides = jobs[j];
    std::erase(overrides, "early_stopping.patience=50");
    overrides.emplace_back("checkpointing.enabled=false");
    std::string text = tiny_job_text();
    const std::string stopping = "early_stopping { patience: 2 }";
    text.replace(text.find(stopping), stopping.size(), "");
    const auto run = [&](const std::string& name) {
      const LoadedJob job = parse_job(text, "tiny", directory_, overrides);
      const Dataset data = load_dataset(job.job, comm_, {comm_.size(), 1});
      std::vector<std::unique_ptr<TrainingObserver>> none;
      const Summary summary = train(job.job, job.resolved_text, comm_, options(name), none);
      return std::pair(
          Model{data.normalizer.mean, data.normalizer.inverse_deviation, summary.weights_digest},
          summary);
    };
    const auto [model, summary] = run(fmt::format("before-{}", j));

    // Every row that is held out is inverted.
    if (comm_.is_root()) {
      const LoadedJob job = parse_job(text, "tiny", directory_, overrides);
      const auto held_out_of = [&](SplitSource which, const DataSource& config) {
        const auto source = open_source(config);
        const Split split = split_source(job.job, which, *source, source->read_labels());
        Ids ids = split.dev;
        ids.insert(ids.end(), split.test.begin(), split.test.end());
        ids.insert(ids.end(), split.train_dev.begin(), split.train_dev.end());
        return ids;
      };
      invert_rows(directory_ / "features", held_out_of(SplitSource::train, job.job.data.train));
      if (job.job.data.held_out) {
        invert_rows(directory_ / "other/features",
                    held_out_of(SplitSource::held_out, *job.job.data.held_out));
      }
    }
    comm_.barrier();
    const auto [edited, edited_summary] = run(fmt::format("after-{}", j));
    EXPECT_EQ(edited.mean, model.mean);
    EXPECT_EQ(edited.inverse_deviation, model.inverse_deviation);
    if (comm_.is_root()) {
      EXPECT_EQ(edited.weights_digest, model.weights_digest);
      EXPECT_EQ(edited_summary.train_cost, summary.train_cost);
      // The edits were seen where they belong.
      EXPECT_NE(edited_summary.dev_cost, summary.dev_cost);
      EXPECT_NE(edited_summary.test_cost, summary.test_cost);
      EXPECT_NE(edited_summary.train_dev_cost, summary.train_dev_cost);
      // Back to the data of before.
      write_tiny_data(directory_, kExamples);
      write_tiny_data(directory_ / "other", 90, 54321);
    }
    comm_.barrier();
  }
}

}  // namespace
}  // namespace lockstep
