// Jobs on data of every format: the same bits at every layout, and what is held
// out leaves no trace in the model (lecture 1.9).

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include <fstream>
#include <string>
#include <vector>

#include "comm/agreement.h"
#include "sets/dataset.h"
#include "sets/dataset_sizes.h"
#include "support/collective.h"
#include "train/recorder.h"

namespace lockstep {
namespace {

// A small job without early stopping: choosing by the dev set is the one thing it
// is for.
std::string job_text(const std::string& data, int classes) {
  return fmt::format(R"(
    name: "formats" seed: 7
    data {{ {} }}
    network {{ layer {{ units: 9 keep_prob: 0.8 }} output {{ units: {} }} }}
    optimizer {{ adam {{ learning_rate: 0.01 }} }}
    training {{ batch_size: 24 shards: 6 epochs: 3 }}
    checkpointing {{ enabled: false }}
    exchange {{ bucket_bytes: 4096 }})",
                     data, classes);
}

// Labels -1 and +1, three features; a line is a function of its number.
void write_libsvm(const std::filesystem::path& path, int examples, int from) {
  std::ofstream file(path);
  for (int i = from; i < from + examples; ++i) {
    file << (i % 3 == 0 ? "+1" : "-1") << " 1:" << i % 7 << " 3:" << (i * 5 % 211) * 0.25 << '\n';
  }
}

void write_bytes(const std::filesystem::path& path, const std::string& header, std::size_t bytes) {
  std::ofstream file(path, std::ios::binary);
  file << header;
  auto state = static_cast<std::uint32_t>(bytes);
  for (std::size_t i = 0; i < bytes; ++i) {
    state = state * 1664525U + 1013904223U;
    file.put(static_cast<char>((state >> 16) % 2));
  }
}

void write_npy(const std::filesystem::path& path, const std::string& shape, std::size_t values) {
  std::string dictionary = "{'descr': '|u1', 'fortran_order': True, 'shape': " + shape + "}";
  dictionary.resize(118, ' ');
  write_bytes(path, std::string("\x93NUMPY\x01\0\x76\0", 10) + dictionary, values);
}

class Formats : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) {
      write_libsvm(directory_ / "train.svm", 90, 0);
      write_libsvm(directory_ / "dev.svm", 30, 100);
      write_libsvm(directory_ / "test.svm", 30, 200);
      write_npy(directory_ / "x.npy", "(90, 2, 3)", 540);
      write_npy(directory_ / "y.npy", "(90,)", 90);
      write_bytes(directory_ / "batch1", "", std::size_t{3073} * 40);
      write_bytes(directory_ / "batch2", "", std::size_t{3073} * 30);
    }
    comm_.barrier();
  }

  [[nodiscard]] LoadedJob job(const std::string& data, int classes = 2,
                              const std::vector<std::string>& overrides = {}) const {
    return parse_job(job_text(data, classes), "formats", directory_, overrides);
  }
  [[nodiscard]] TrainOptions options(const std::string& name) const {
    TrainOptions options;
    options.layout = {comm_.size(), 1};
    options.run_dir = directory_ / name;
    return options;
  }
  void expect_same_bits_alone(const LoadedJob& loaded) const {
    const Outcome all = train_and_record(loaded, comm_, options("all"));
    TrainOptions one;
    one.run_dir = directory_ / ("alone-" + std::to_string(comm_.rank()));
    EXPECT_EQ(train_and_record(loaded, Communicator::self(), one).text, all.text);
  }
  // The error that all ranks throw, of this job's data.
  [[nodiscard]] std::string error(const LoadedJob& loaded) const {
    try {
      static_cast<void>(load_dataset(loaded.job, comm_, {comm_.size(), 1}));
    } catch (const AgreedError& agreed) {
      EXPECT_EQ(agreed.code(), ExitCode::data);
      return agreed.what();
    }
    ADD_FAILURE() << "expected an error";
    return {};
  }

  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();
  const std::string libsvm_ = R"(
    train { libsvm { file: "train.svm" } label_coding: MINUS_ONE_PLUS_ONE }
    dev { libsvm { file: "dev.svm" } } test { libsvm { file: "test.svm" } }
    dev_and_test_from: ONE_DISTRIBUTION)";
  const std::string spirals_ = R"(
    train { synthetic { examples: 200 label_noise: 0.1 two_spirals {} } }
    split { dev { count: 50 } stratified: true }
    test { synthetic { examples: 40 seed: 2 two_spirals {} } }
    dev_and_test_from: DIFFERENT_DISTRIBUTIONS)";
};

TEST_F(Formats, TheSameBitsAtEveryLayout) {
  expect_same_bits_alone(job(libsvm_));
  expect_same_bits_alone(job(spirals_));
  expect_same_bits_alone(job(R"(
    train { npy { features: "x.npy" labels: "y.npy" } } split { dev { count: 20 } }
    max_copied_share: 1)"));
  expect_same_bits_alone(job(R"(
    train { cifar { file { path: "batch1" } file { path: "batch2" } } }
    split { dev { count: 20 } } normalization { standardize { per: CHANNEL } }
    augmentation { horizontal_flip {} shift {} })",
                             10));
}

TEST_F(Formats, ARankMakesItsOwnPointsAndTheyAreThoseOfOneRank) {
  const LoadedJob loaded = job(spirals_);
  const Dataset data = load_dataset(loaded.job, comm_, {comm_.size(), 1});
  const Dataset alone = load_dataset(loaded.job, Communicator::self(), {1, 1});
  EXPECT_EQ(data.normalizer.mean, alone.normalizer.mean);
  EXPECT_EQ(data.train_fingerprint, alone.train_fingerprint);
  EXPECT_EQ(alone.train.size(), 150U);
  const auto row_bytes = data.features * element_size(data.train.type);
  const auto rows = rows_of(alone.train, data.train.ids);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(data.train.labels[i], alone.train.labels[rows[i]]);
    EXPECT_TRUE(
        std::ranges::equal(std::span(data.train.values).subspan(i * row_bytes, row_bytes),
                           std::span(alone.train.values).subspan(rows[i] * row_bytes, row_bytes)));
  }
}

TEST_F(Formats, EditingALineOfDevOrTestChangesNoBitOfTheModel) {
  const LoadedJob loaded = job(libsvm_);
  std::vector<std::unique_ptr<TrainingObserver>> none;
  const auto normalizer = [&] {
    return load_dataset(loaded.job, comm_, {comm_.size(), 1}).normalizer;
  };
  const Normalizer before = normalizer();
  const Summary summary = train(loaded.job, loaded.resolved_text, comm_, options("before"), none);
  if (comm_.is_root()) {
    for (const char* name : {"dev.svm", "test.svm"}) {
      std::ifstream in(directory_ / name);
      std::string first;
      std::getline(in, first);
      const std::string rest((std::istreambuf_iterator<char>(in)), {});
      std::ofstream(directory_ / name) << "+1 1:100 2:-3\n" << rest;
    }
  }
  comm_.barrier();
  const Normalizer after = normalizer();
  const Summary edited = train(loaded.job, loaded.resolved_text, comm_, options("after"), none);
  EXPECT_EQ(after.mean, before.mean);
  EXPECT_EQ(after.inverse_deviation, before.inverse_deviation);
  if (!comm_.is_root()) return;
  EXPECT_EQ(edited.steps, summary.steps);
  EXPECT_EQ(edited.weights_digest, summary.weights_digest);
  EXPECT_EQ(edited.train_cost, summary.train_cost);
  // The edits were seen where they belong.
  EXPECT_NE(edited.dev_cost, summary.dev_cost);
  EXPECT_NE(edited.test_cost, summary.test_cost);
}

TEST_F(Formats, OtherSetsHaveTheWidthOfTheTrainingSet) {
  if (comm_.is_root()) {
    std::ofstream(directory_ / "narrow.svm") << "-1 1:3\n+1\n";
    std::ofstream(directory_ / "wide.svm") << "-1 1:3\n+1 4:1\n";
  }
  comm_.barrier();
  const Dataset data = load_dataset(job(libsvm_, 2, {"data.test.libsvm.file=narrow.svm"}).job,
                                    comm_, {comm_.size(), 1});
  EXPECT_EQ(data.test.total, 2U);
  const auto wide = std::vector<std::string>{"data.test.libsvm.file=wide.svm"};
  EXPECT_EQ(error(job(libsvm_, 2, wide)),
            (directory_ / "wide.svm").string() +
                ":2:4: index 4 is above the 3 features\n(the training set has 3 features)");
  auto wider = wide;
  wider.emplace_back("data.train.libsvm.features=4");
  EXPECT_EQ(load_dataset(job(libsvm_, 2, wider).job, comm_, {comm_.size(), 1}).features, 4U);
}

// FAULTS row 23.
TEST_F(Formats, LabelsThatAreNotWhatTheLossTakesAreExplained) {
  const std::string as_is = error(job(libsvm_, 2, {"data.train.label_coding=AS_IS"}));
  EXPECT_NE(
      as_is.find("train.svm: expected class labels, integers in 0..1, but 60 of 90 labels are "
                 "not"),
      std::string::npos)
      << as_is;
  EXPECT_NE(as_is.find("say label_coding: MINUS_ONE_PLUS_ONE"), std::string::npos) << as_is;
  const std::string blobs =
      error(job("train { synthetic { examples: 50 blobs { classes: 3 } } }", 2));
  EXPECT_EQ(blobs, "the synthetic source has 3 classes; the network has 2 outputs");
}

TEST_F(Formats, TheBestErrorIsThatOfWhatDevComesFrom) {
  const auto best = [&](const std::string& data) {
    return dataset_sizes(job(data).job).bayes_error.value_or(-1);
  };
  const std::string train = "train { synthetic { examples: 50 blobs {} } } ";
  EXPECT_NEAR(best(train), 0.1586552539, 1e-9);
  EXPECT_NEAR(best(train + "dev { synthetic { examples: 9 seed: 2 blobs { distance: 0 } } }"), 0.5,
              1e-12);
  EXPECT_EQ(best(train + "dev { synthetic { examples: 9 seed: 2 two_spirals {} } }"), -1);
  // Noise on the features makes it larger, by how much nobody says.
  EXPECT_EQ(best("train { synthetic { examples: 50 blobs {} } corruption { gaussian_noise: 1 } }"),
            -1);
  EXPECT_EQ(best(libsvm_), -1);
}

}  // namespace
}  // namespace lockstep
