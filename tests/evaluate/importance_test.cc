// The importance of columns of a model whose weights are known.

#include "evaluate/importance.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <memory>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "checkpoint/load.h"
#include "checkpoint/save.h"
#include "comm/agreement.h"
#include "config/job_file.h"
#include "sets/dataset.h"
#include "support/collective.h"
#include "train/trainer.h"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// The model: 2 * size + 30 for red + 10 for blue + 1.
constexpr float kSize = 2;
constexpr float kBlue = 10;
constexpr float kRed = 30;
constexpr float kBias = 1;

std::string table_text() {
  std::string text = "noise,color,size,y\n";
  for (int i = 0; i < 1500; ++i) {
    const int size = i * i % 23;
    const bool red = i % 3 == 0;
    text +=
        fmt::format("{},{},{},{}\n", i * 7 % 31, red ? "red" : "blue",
                    i % 13 == 5 ? "NA" : std::to_string(size), 2 * size + (red ? 30 : 10) + i % 5);
  }
  return text;
}

class ImportanceOfColumns : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) std::ofstream(directory_ / "table.csv") << table_text();
    comm_.barrier();
    TrainOptions options;
    options.layout = {comm_.size(), 1};
    options.run_dir = directory_ / "run";
    const LoadedJob loaded = job();
    std::vector<std::unique_ptr<TrainingObserver>> none;
    train(loaded.job, loaded.resolved_text, comm_, options, none);
    if (comm_.is_root()) {
      Checkpoint checkpoint = load_checkpoint(directory_ / "run/ckpt/step-00000002.ckpt");
      EXPECT_EQ(checkpoint.weights.size(), 5U);
      checkpoint.weights = {0, kBlue, kRed, kSize, kBias};
      save_checkpoint(checkpoint, model_);
    }
    comm_.barrier();
  }
  [[nodiscard]] LoadedJob job() const {
    return parse_job(R"(
      name: "linear" seed: 11
      data {
        train { csv { file: "table.csv" table {
          column { name: "color" role: CATEGORY }
          column { name: "y" role: LABEL }
          missing { text: "NA" }
          when_missing: TRAINING_MEAN } } }
        split { dev { count: 600 } }
        normalization { none {} }
        targets: AS_GIVEN
        max_copied_share: 1
      }
      network { output { units: 1 loss: SQUARED_ERROR } }
      optimizer { adam {} }
      training { batch_size: 300 shards: 4 steps: 2 })",
                     "linear", directory_, {});
  }
  [[nodiscard]] Importance measured(const ImportanceOptions& options, int threads = 1) const {
    return measure_importance(model_, options, comm_, {comm_.size(), threads});
  }
  [[nodiscard]] std::string refusal(const ImportanceOptions& options) const {
    try {
      static_cast<void>(measured(options));
    } catch (const AgreedError& error) {
      return error.what();
    }
    return "";
  }

  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();
  std::filesystem::path model_ = directory_ / "model.ckpt";
};

// The RMSE when feature j of example i is that of example source(i, j).
template <typename Source>
double rmse(const Examples& dev, const Source& source) {
  std::vector<float> values(dev.size() * dev.features);
  std::memcpy(values.data(), dev.values.data(), dev.values.size());
  constexpr float kWeights[] = {0, kBlue, kRed, kSize};
  double squares = 0;
  for (std::uint64_t i = 0; i < dev.size(); ++i) {
    double predicted = kBias;
    for (std::uint64_t j = 0; j < 4; ++j) predicted += kWeights[j] * values[source(i, j) * 4 + j];
    squares += (predicted - dev.labels[i]) * (predicted - dev.labels[i]);
  }
  return std::sqrt(squares / static_cast<double>(dev.size()));
}

TEST_F(ImportanceOfColumns, IsWhatADirectComputationSays) {
  const Importance found = measured({.repeats = 3}, 2);
  if (!comm_.is_root()) return;
  EXPECT_EQ(found.metric, Metric::rmse);
  EXPECT_EQ(found.examples, 600U);
  ASSERT_EQ(found.columns.size(), 3U);
  EXPECT_EQ(found.columns[0].name, "size");
  EXPECT_EQ(found.columns[1].name, "color");
  EXPECT_EQ(found.columns[2].name, "noise");

  const Dataset data = load_dataset(job().job, Communicator::self(), {1, 1});
  const Examples& dev = data.dev.examples;
  const double original = rmse(dev, [](auto i, auto) { return i; });
  EXPECT_NEAR(found.original, original, 1e-5);
  // A column's place among the inputs, and its features.
  const auto expect_right = [&](const ColumnImportance& column, std::uint32_t place,
                                Range features) {
    for (std::uint32_t repeat = 0; repeat < 3; ++repeat) {
      const auto order = random_permutation({11, Purpose::importance}, place, repeat, dev.size());
      const double permuted = rmse(dev, [&](std::uint64_t i, std::uint64_t j) {
        return features.contains(j) ? order[i] : i;
      });
      EXPECT_NEAR(column.of_repeats[repeat], permuted - original, 1e-5) << column.name;
      EXPECT_GT(column.of_repeats[repeat], 1) << column.name;
    }
    EXPECT_EQ(column.worse, 3U);
  };
  expect_right(found.columns[0], 2, {3, 4});
  expect_right(found.columns[1], 1, {1, 3});
  EXPECT_THAT(found.columns[2].of_repeats, ElementsAre(0, 0, 0)) << "its weight is 0";
  EXPECT_EQ(found.columns[2].worse, 0U);
}

TEST_F(ImportanceOfColumns, IsTheSameAtEveryLayout) {
  for (const EvaluationSplit split : {EvaluationSplit::dev, EvaluationSplit::train}) {
    for (const Metric metric : {Metric::r2, Metric::dev_cost}) {
      const ImportanceOptions options{.split = split, .repeats = 2, .metric = metric};
      const Importance spread = measured(options, 2);
      if (!comm_.is_root()) continue;
      const Importance alone = measure_importance(model_, options, Communicator::self(), {1, 1});
      EXPECT_EQ(spread.original, alone.original);
      ASSERT_EQ(spread.columns.size(), alone.columns.size());
      for (std::size_t c = 0; c < alone.columns.size(); ++c) {
        EXPECT_EQ(spread.columns[c].name, alone.columns[c].name);
        EXPECT_EQ(spread.columns[c].of_repeats, alone.columns[c].of_repeats);
      }
      EXPECT_GT(alone.columns[0].mean, 0) << "worse is above 0, whatever the metric's sign";
    }
  }
}

TEST_F(ImportanceOfColumns, NeedsASetAndAMetricThatFits) {
  EXPECT_THAT(refusal({.split = EvaluationSplit::test}), HasSubstr("no such set of examples"));
  EXPECT_THAT(refusal({.split = EvaluationSplit::test, .allow_changed_data = true}),
              HasSubstr("no such set of examples"));
  EXPECT_THAT(refusal({.metric = Metric::dev_error}), HasSubstr("give rmse, mae, r2 or cost"));
}

TEST(InputColumns, HaveTheFeaturesOfTheirCategories) {
  const TableSchema schema{.columns = {{"id", ColumnRole::id, {}},
                                       {"", ColumnRole::number, {}},
                                       {"color", ColumnRole::category, {"blue", "red"}},
                                       {"y", ColumnRole::label, {}},
                                       {"size", ColumnRole::number, {}}},
                           .class_names = {}};
  const std::vector<InputColumn> columns = input_columns(&schema, 4);
  ASSERT_EQ(columns.size(), 3U);
  EXPECT_EQ(columns[0].name, "column 2");
  EXPECT_EQ(columns[0].features, (Range{0, 1}));
  EXPECT_EQ(columns[1].name, "color");
  EXPECT_EQ(columns[1].features, (Range{1, 3}));
  EXPECT_EQ(columns[2].name, "size");
  EXPECT_EQ(columns[2].features, (Range{3, 4}));
}

TEST(InputColumns, AreTheFeaturesWithoutATable) {
  const std::vector<InputColumn> columns = input_columns(nullptr, 2);
  ASSERT_EQ(columns.size(), 2U);
  EXPECT_EQ(columns[1].name, "feature 1");
  EXPECT_EQ(columns[1].features, (Range{1, 2}));
}

TEST(ImportanceOfRepeats, CountsThoseThatMadeItWorse) {
  const ColumnImportance column = importance_of("size", {0.5, -0.25, 0, 0.75});
  EXPECT_EQ(column.mean, 0.25);
  EXPECT_EQ(column.worse, 2U);
  EXPECT_LT(column.interval.low, 0.25);
  EXPECT_GT(column.interval.high, 0.25);
}

}  // namespace
}  // namespace lockstep
