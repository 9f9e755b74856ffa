// Using a trained network: predictions, the exported model, scores by class.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "nn/activations.h"
#include "system/program_fixture.h"

namespace lockstep {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;
namespace fs = std::filesystem;

constexpr const char* kTestImages = "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz";

class Result : public ProgramFixture {
 protected:
  void train_tiny(const std::string& arguments = "") const {
    const auto result = run("train job.textproto --run-dir run " + arguments);
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
};

// A few steps on Fashion-MNIST through every activation.
std::string fashion_job(const std::string& output) {
  std::string layers;
  for (const ActivationFacts& facts : kActivations) {
    layers += fmt::format("layer {{ units: 40 keep_prob: 0.9 activation: {} }}\n", facts.name);
  }
  return R"(
    name: "fashion"
    data {
      train { idx {
        features: "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz"
        labels: "/usr/share/datasets/fashion-mnist/t10k-labels-idx1-ubyte.gz"
      } }
    }
    network {
      )" +
         layers + R"(output { units: 10 loss: )" + output + R"( }
    }
    optimizer { adam { learning_rate: 0.003 } }
    training { batch_size: 200 shards: 2 steps: 100 })";
}

TEST_F(Result, TheExportedModelSaysWhatPredictSays) {
  for (const char* output : {"SOFTMAX_CROSS_ENTROPY", "LOGISTIC", "SQUARED_ERROR"}) {
    std::ofstream(directory_ / "fashion.textproto") << fashion_job(output);
    const std::string run_dir = fmt::format("fashion-{}", output);
    const auto trained = run("train fashion.textproto --run-dir " + run_dir);
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    const auto table = run(fmt::format("predict {} {} --output table.csv", run_dir, kTestImages));
    ASSERT_EQ(table.exit_code, 0) << table.err;
    const auto model = run(fmt::format("export {} --onnx model.onnx", run_dir));
    ASSERT_EQ(model.exit_code, 0) << model.err;
    const auto checked =
        run_program(fmt::format("cd {} && {} model.onnx {} table.csv", directory_.string(),
                                LOCKSTEP_CHECK_ONNX, kTestImages));
    EXPECT_EQ(checked.exit_code, 0) << output << ": " << checked.out << checked.err;
    EXPECT_THAT(checked.out, StartsWith("10000 images agree")) << checked.err;
  }
}

TEST_F(Result, PredictionsHaveTheSameBytesAtEveryLayout) {
  train_tiny();
  const auto alone = run("predict run features --threads 1");
  ASSERT_EQ(alone.exit_code, 0) << alone.err;
  EXPECT_THAT(alone.out, StartsWith("example,class,p0,p1,p2\n0,"));
  EXPECT_EQ(std::ranges::count(alone.out, '\n'), 1 + 141);
  EXPECT_EQ(run("predict run features --threads 3").out, alone.out);
  for (const int ranks : {2, 3, 4}) {
    const auto result = run("predict run features", ranks);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.out, alone.out) << ranks << " ranks";
  }
}

TEST_F(Result, InputThatDoesNotFitIsRefused) {
  train_tiny("--set training.epochs=1");
  const auto wrong = run(fmt::format("predict run {}", kTestImages));
  EXPECT_EQ(wrong.exit_code, 65);
  EXPECT_THAT(wrong.err, HasSubstr("784 features per example; the model has 12"));
  EXPECT_EQ(wrong.out, "");
  EXPECT_EQ(run("predict run nowhere").exit_code, 66);
  EXPECT_EQ(run("predict nowhere features").exit_code, 66);
  EXPECT_EQ(run("predict job.textproto features").exit_code, 65);
  EXPECT_EQ(run("predict run features --output no-such-directory/table.csv").exit_code, 74);
  EXPECT_EQ(run("predict run features > /dev/full").exit_code, 74);
  EXPECT_EQ(run("export run --onnx no-such-directory/model.onnx").exit_code, 74);
  EXPECT_EQ(run("export run").exit_code, 2);
}

TEST_F(Result, EvaluateCountsDecisionsByClass) {
  train_tiny();
  const auto alone = run("evaluate run --split dev --json");
  ASSERT_EQ(alone.exit_code, 0) << alone.err;
  const json scores = json::parse(alone.out);
  std::uint64_t examples = 0;
  std::uint64_t right = 0;
  for (std::size_t truth = 0; truth < 3; ++truth) {
    for (std::size_t decided = 0; decided < 3; ++decided) {
      const auto count = scores["confusion"][truth][decided].get<std::uint64_t>();
      examples += count;
      if (truth == decided) right += count;
    }
  }
  EXPECT_EQ(examples, 40U);
  EXPECT_DOUBLE_EQ(1.0 - static_cast<double>(right) / 40.0, scores["error"].get<double>());
  EXPECT_LT(scores["error_interval_95"][0].get<double>(), scores["error"].get<double>());
  EXPECT_GT(scores["error_interval_95"][1].get<double>(), scores["error"].get<double>());
  EXPECT_EQ(scores["classes"].size(), 3U);

  const auto spread = run("evaluate run --split dev --json", 3);
  EXPECT_EQ(spread.out, alone.out);
  const auto text = run("evaluate run --split dev");
  EXPECT_THAT(text.out, HasSubstr("confusion matrix"));
  EXPECT_THAT(text.out, HasSubstr("95% interval"));
}

}  // namespace
}  // namespace lockstep
