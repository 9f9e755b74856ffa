// Runs that start with the weights of another run, and layers that keep theirs.

#include <bit>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "checkpoint/find.h"
#include "checkpoint/load.h"
#include "comm/agreement.h"
#include "evaluate/predict.h"
#include "model/saved_model.h"
#include "support/collective.h"
#include "support/tiny_job.h"
#include "train/recorder.h"

namespace lockstep {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// With this rate no weight moves.
constexpr const char* kStill = "optimizer={gradient_descent: {learning_rate: 1e-37}}";

class Notices : public TrainingObserver {
 public:
  explicit Notices(std::vector<std::string>& notices) : notices_(notices) {}
  void on_notice(const std::string& text) override { notices_.push_back(text); }

 private:
  std::vector<std::string>& notices_;
};

class WarmStart : public testing::Test {
 protected:
  void SetUp() override {
    if (comm_.is_root()) write_tiny_data(directory_, 141);
    comm_.barrier();
  }

  [[nodiscard]] TrainOptions options(const std::string& name, int threads = 1) const {
    TrainOptions options;
    options.layout = {comm_.size(), threads};
    options.run_dir = directory_ / name;
    return options;
  }

  // A job that starts with the weights of the run `base`.
  [[nodiscard]] LoadedJob warm_job(std::vector<std::string> overrides = {}) const {
    overrides.push_back("training.weights_from=" + (directory_ / "base").string());
    return tiny_job(directory_, overrides);
  }

  Outcome train_base(const LoadedJob& job) { return train_and_record(job, comm_, options("base")); }

  // Trains the run `name` and returns its notices, on rank 0.
  std::vector<std::string> notices_of(const LoadedJob& job, const std::string& name) {
    std::vector<std::string> notices;
    std::vector<std::unique_ptr<TrainingObserver>> observers;
    if (comm_.is_root()) observers.push_back(std::make_unique<Notices>(notices));
    train(job.job, job.resolved_text, comm_, options(name), observers);
    return notices;
  }

  // The state of the run `name`, on every rank.
  [[nodiscard]] SavedModel model_of(const std::string& name) const {
    std::string path;
    agree(comm_, [&] { path = find_checkpoint(directory_ / name).string(); });
    return load_model(path, comm_);
  }

  Communicator comm_ = Communicator::world();
  std::filesystem::path directory_ = collective_temp_dir();
};

TEST_F(WarmStart, TheSameLayersAndDataStartWithTheSameBits) {
  train_base(tiny_job(directory_));
  train_and_record(warm_job({kStill, "training.epochs=1"}), comm_, options("warm"));
  EXPECT_EQ(model_of("warm").weights_digest, model_of("base").weights_digest);
  EXPECT_EQ(load_checkpoint(find_checkpoint(directory_ / "warm")).starting_digest,
            model_of("base").weights_digest);
}

TEST_F(WarmStart, LayersThatDoNotFitStartAnewAndAreNamed) {
  train_base(tiny_job(directory_));
  const LoadedJob wider =
      warm_job({"network.layer[1].units=95", "checkpointing.enabled=false", "training.epochs=1"});
  const std::vector<std::string> notices = notices_of(wider, "wider");
  if (!comm_.is_root()) return;
  EXPECT_THAT(notices, Contains(StartsWith("network.layer[0] starts with the weights of ")));
  EXPECT_THAT(notices, Contains("network.layer[1] starts as its initializer says: its weights are "
                                "90x170 and 90 there and 95x170 and 95 here"));
  EXPECT_THAT(notices, Contains("network.output starts as its initializer says: its weights are "
                                "3x90 and 3 there and 3x95 and 3 here"));
  EXPECT_THAT(notices, Not(Contains(HasSubstr("may have trained on examples"))));
}

// Another seed splits otherwise.
TEST_F(WarmStart, ADevSetThatMayHaveBeenTrainedOnIsACaution) {
  train_base(tiny_job(directory_));
  const LoadedJob job = warm_job({"seed=8", "checkpointing.enabled=false", "training.epochs=1"});
  const std::vector<std::string> notices = notices_of(job, "reseeded");
  if (!comm_.is_root()) return;
  EXPECT_THAT(notices, Contains(HasSubstr("had other dev examples")));
}

// With the same dev set, but a test set that the other run trained on.
TEST_F(WarmStart, ATestSetThatMayHaveBeenTrainedOnIsACautionToo) {
  if (comm_.is_root()) {
    std::filesystem::create_directory(directory_ / "dev");
    write_tiny_data(directory_ / "dev", 40, 77);
  }
  comm_.barrier();
  const std::string own_dev =
      "data.dev={idx: {features: \"dev/features\", labels: \"dev/labels\"}}";
  const std::string no_split = "data.split={}";
  const std::string copies = "data.max_copied_share=1";
  train_base(tiny_job(directory_, {own_dev, no_split, copies, "training.epochs=1"}));
  const LoadedJob job = warm_job({own_dev, "data.split={test: {count: 30}}", copies,
                                  "data.dev_and_test_from=DIFFERENT_DISTRIBUTIONS",
                                  "checkpointing.enabled=false", "training.epochs=1"});
  const std::vector<std::string> notices = notices_of(job, "tested");
  if (!comm_.is_root()) return;
  EXPECT_THAT(notices, Contains(HasSubstr("had other test examples")));
}

TEST_F(WarmStart, AnotherActivationIsNamed) {
  train_base(tiny_job(directory_, {"training.epochs=1"}));
  const LoadedJob job = warm_job(
      {"network.layer[1].activation=RELU", "checkpointing.enabled=false", "training.epochs=1"});
  const std::vector<std::string> notices = notices_of(job, "relu");
  if (!comm_.is_root()) return;
  EXPECT_THAT(notices, Contains("network.layer[1] has the activation TANH there and RELU here"));
}

TEST_F(WarmStart, WhereNoLayerFitsTheRunIsRefused) {
  train_base(tiny_job(directory_));
  const LoadedJob job = warm_job({"network.layer=[{units: 5}]"});
  try {
    train_and_record(job, comm_, options("misfit"));
    FAIL() << "trained";
  } catch (const AgreedError& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    EXPECT_THAT(error.what(), HasSubstr("no layer can start with the weights of"));
    EXPECT_THAT(error.what(), HasSubstr("network.layer[0]: its weights are 170x12"));
  }
}

TEST_F(WarmStart, AFrozenLayerKeepsItsBitsAndTheOthersLearn) {
  train_base(tiny_job(directory_));
  for (const char* optimizer :
       {"optimizer={adamw: {learning_rate: 0.01, weight_decay: 0.1}, clipping: {max_norm: 0.1}}",
        "optimizer={momentum: {learning_rate: 0.1}}",
        "exchange={bucket_bytes: 4096 precision: BFLOAT16 shared_memory: false}"}) {
    train_and_record(warm_job({optimizer, "network.layer[0].frozen=true", "training.epochs=2"}),
                     comm_, options("frozen"));
    const SavedModel before = model_of("base");
    const SavedModel after = model_of("frozen");
    const ParameterTable& table = after.network.parameter_table();
    const Range frozen = table.layers[0];
    for (std::size_t i = frozen.begin; i < frozen.end; ++i) {
      ASSERT_EQ(std::bit_cast<std::uint32_t>(after.weights[i]),
                std::bit_cast<std::uint32_t>(before.weights[i]))
          << i;
    }
    for (const ParameterTensor& tensor : table.tensors) {
      if (tensor.layer == 0) continue;
      const auto part = [&](const SavedModel& model) {
        return std::vector<float>(
            model.weights.begin() + static_cast<std::ptrdiff_t>(tensor.offset),
            model.weights.begin() + static_cast<std::ptrdiff_t>(tensor.range().end));
      };
      EXPECT_NE(part(after), part(before)) << tensor.name;
    }
  }
}

TEST_F(WarmStart, HasTheSameBitsAtEveryLayout) {
  train_base(tiny_job(directory_));
  const LoadedJob job =
      warm_job({"network.layer[1].frozen=true", "optimizer.clipping={max_norm: 0.5}",
                "checkpointing.enabled=false"});
  const Communicator self = Communicator::self();
  TrainOptions alone = options("alone");
  alone.layout = {1, 1};
  const Outcome expected = train_and_record(job, self, alone);
  for (const int threads : {1, 2}) {
    EXPECT_EQ(train_and_record(job, comm_, options("all", threads)).text, expected.text);
  }
}

TEST_F(WarmStart, ARunThatIsInterruptedGoesOnWithTheSameBits) {
  train_base(tiny_job(directory_));
  const LoadedJob job = warm_job({"network.output.frozen=true", "early_stopping.patience=100"});
  const Outcome whole = train_and_record(job, comm_, options("whole"));
  TrainOptions first = options("parts");
  first.stop_requested = [](auto step) { return step == 7U; };
  EXPECT_EQ(train_and_record(job, comm_, first).stop_reason, "interrupted");
  TrainOptions second = options("parts", 2);
  second.resume = Resume::must;
  const Outcome resumed = train_and_record(job, comm_, second);
  EXPECT_TRUE(whole.text.ends_with(resumed.text)) << resumed.text;
}

TEST_F(WarmStart, ARunDoesNotGoOnAfterAStartWithOtherWeights) {
  train_base(tiny_job(directory_));
  const LoadedJob job = warm_job();
  TrainOptions first = options("changed");
  first.stop_requested = [](auto step) { return step == 7U; };
  EXPECT_EQ(train_and_record(job, comm_, first).stop_reason, "interrupted");
  train_base(tiny_job(directory_, {"seed=3"}));
  TrainOptions second = options("changed");
  second.resume = Resume::must;
  try {
    train_and_record(job, comm_, second);
    FAIL() << "resumed";
  } catch (const AgreedError& error) {
    EXPECT_EQ(error.code(), ExitCode::usage);
    EXPECT_THAT(error.what(), HasSubstr("training.weights_from"));
  }
}

// ---- tables ----

// Rows `first` to `last` with the columns in the order of `columns`, letters of u, v, k and y.
void write_table(const std::filesystem::path& path, int first, int last,
                 const std::string& columns) {
  std::ofstream file(path);
  for (std::size_t c = 0; c < columns.size(); ++c) file << (c == 0 ? "" : ",") << columns[c];
  file << "\n";
  for (int i = first; i < last; ++i) {
    const double u = i % 13 - 3;
    const double v = 100 + i;
    const char k = "abc"[i % 3];
    const double y = 5000 + 40 * u - 3 * v + (k == 'b' ? 70 : 0);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      file << (c == 0 ? "" : ",");
      switch (columns[c]) {
        case 'u':
          file << u;
          break;
        case 'v':
          file << v;
          break;
        case 'k':
          file << k;
          break;
        default:
          file << y;
      }
    }
    file << "\n";
  }
}

class WarmStartOfTables : public WarmStart {
 protected:
  void SetUp() override {
    if (comm_.is_root()) {
      write_table(directory_ / "old.csv", 0, 120, "uvky");
      write_table(directory_ / "new.csv", 60, 300, "ykvu");
    }
    comm_.barrier();
  }

  [[nodiscard]] LoadedJob table_job(const std::string& file,
                                    const std::vector<std::string>& overrides) const {
    return parse_job(fmt::format(R"(
      name: "table" seed: 7
      data {{
        train {{ csv {{ file: "{}" table {{ column {{ name: "k" role: CATEGORY }}
                                          column {{ name: "y" role: LABEL }} }} }} }}
        split {{ dev {{ fraction: 0.25 }} }}
      }}
      network {{ layer {{ units: 8 activation: TANH }} output {{ units: 1 loss: SQUARED_ERROR }} }}
      optimizer {{ adam {{ learning_rate: 0.01 }} }}
      training {{ batch_size: 8 shards: 8 epochs: 5 }})",
                                 file),
                     "table", directory_, overrides);
  }

  // The predictions of the run `name` for the old file's inputs, on rank 0.
  [[nodiscard]] std::vector<float> predictions_of(const std::string& name) const {
    if (comm_.is_root()) write_table(directory_ / "inputs.csv", 0, 150, "uvk");
    comm_.barrier();
    std::vector<float> all;
    predict_examples(model_of(name), directory_ / "inputs.csv", {}, comm_, {comm_.size(), 1},
                     [&](const PredictionBlock& block) {
                       for (std::uint64_t i = 0; i < block.predictions.rows; ++i) {
                         all.push_back(block.predictions.row(i)[0]);
                       }
                     });
    return all;
  }
};

TEST_F(WarmStartOfTables, OtherDataAndColumnsInAnotherOrderPredictTheSame) {
  train_base(table_job("old.csv", {}));
  const std::string from = "training.weights_from=" + (directory_ / "base").string();
  train_and_record(table_job("new.csv", {from, kStill, "training.epochs=1"}), comm_,
                   options("warm"));
  const SavedModel base = model_of("base");
  const SavedModel warm = model_of("warm");
  EXPECT_NE(base.normalizer.mean, warm.normalizer.mean);
  EXPECT_NE(base.targets, warm.targets);
  const std::vector<float> before = predictions_of("base");
  const std::vector<float> now = predictions_of("warm");
  ASSERT_EQ(before.size(), now.size());
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_NEAR(now[i], before[i], 0.05) << i;
}

// The same column in another order has other numbers.
TEST_F(WarmStartOfTables, AnOrdinalColumnInAnotherOrderDoesNotFitTheFirstLayer) {
  const auto ordinal = [&](const std::string& order, std::vector<std::string> overrides) {
    overrides.push_back("data.train.csv.table.column=[{name: \"k\" role: ORDINAL " + order +
                        "}, {name: \"y\" role: LABEL}]");
    return table_job("old.csv", overrides);
  };
  const std::string up = "order {text: \"a\"} order {text: \"b\"} order {text: \"c\"}";
  const std::string down = "order {text: \"c\"} order {text: \"b\"} order {text: \"a\"}";
  train_base(ordinal(up, {}));
  const std::string from = "training.weights_from=" + (directory_ / "base").string();
  for (const bool same : {true, false}) {
    const LoadedJob job = ordinal(same ? up : down, {from, "checkpointing.enabled=false"});
    const std::vector<std::string> notices = notices_of(job, "ordinal");
    if (!comm_.is_root()) continue;
    EXPECT_THAT(notices, Contains(HasSubstr(same ? "network.output start with the weights of "
                                                 : "there is no feature \"k (c < b < a)\" there")));
  }
}

TEST_F(WarmStartOfTables, ATableWithAnotherFeatureDoesNotFitTheFirstLayer) {
  train_base(table_job("old.csv", {}));
  const std::string from = "training.weights_from=" + (directory_ / "base").string();
  const LoadedJob job =
      table_job("old.csv", {from,
                            "data.train.csv.table.column=[{name: \"k\" role: IGNORED}, "
                            "{name: \"y\" role: LABEL}]",
                            "checkpointing.enabled=false"});
  const std::vector<std::string> notices = notices_of(job, "fewer");
  if (!comm_.is_root()) return;
  EXPECT_THAT(notices, Contains("network.layer[0] starts as its initializer says: there is no "
                                "feature \"k=a\" here"));
  EXPECT_THAT(notices, Contains(StartsWith("network.output starts with the weights of ")));
}

}  // namespace
}  // namespace lockstep
