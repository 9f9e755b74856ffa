// Every number that a job may hold, at its bounds: what is equal to a bound that counts
// is taken, what is just beyond it is refused.

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "job_text.h"

namespace lockstep {
namespace {

struct Bounds {
  std::string path;
  std::vector<std::string> taken;
  std::vector<std::string> refused;
};

// `set` comes before each of the values.
void expect_bounds(const std::vector<Bounds>& all, const std::vector<std::string>& set = {},
                   const std::string& job = kSmallJob) {
  const auto problems = [&](const std::string& path, const std::string& value) {
    std::vector<std::string> assignments = set;
    assignments.push_back(path + "=" + value);
    return problems_of(job, assignments);
  };
  for (const Bounds& bounds : all) {
    for (const std::string& value : bounds.taken) {
      EXPECT_EQ(problems(bounds.path, value), "") << bounds.path << "=" << value;
    }
    for (const std::string& value : bounds.refused) {
      EXPECT_THAT(problems(bounds.path, value), testing::HasSubstr(bounds.path + " is "))
          << bounds.path << "=" << value;
    }
  }
}

TEST(Bounds, Network) {
  // 65536 steps, of which neither none nor all may be left of what is not 1.
  const std::vector<std::string> probability = {"1", "0.5", "7.63e-6", "0.999992"};
  const std::vector<std::string> none = {"0", "-0.5", "7.62e-6", "0.999993", "1.0000001", "nan"};
  expect_bounds({
      {"network.input_keep_prob", probability, none},
      {"network.layer[0].keep_prob", probability, none},
      {"network.layer[0].units", {"1", "4294967295"}, {"0"}},
      {"network.layer[0].repeat", {"1", "1000"}, {"0", "1001"}},
      {"network.layer[0].initializer.multiplier", {"0", "1.2e-38"}, {"-1", "1.1e-38"}},
      {"network.output.units", {"2"}, {"1", "0"}},
      {"network.output.initializer.multiplier", {"0", "3.4e38"}, {"-1", "3.5e38"}},
  });
  expect_bounds({{"network.output.units", {"1"}, {"0"}}}, {"network.output.loss=LOGISTIC"});
  expect_bounds({{"network.output.units", {"1"}, {"0"}}}, {"network.output.loss=SQUARED_ERROR"});
  expect_bounds({{"network.output.huber_delta", {"1e-9", "1e9"}, {"0", "-1", "inf", "3.5e38"}}},
                {"network.output.loss=HUBER"});
}

TEST(Bounds, TheNumberOfLayers) {
  const auto problem = [](int more) {
    std::string layers;
    for (int i = 0; i < 10; ++i) layers += "layer { units: 1 repeat: 1000 } ";
    if (more > 0) layers += "layer { units: 1 repeat: " + std::to_string(more) + " }";
    return problems_of(with(kSmallJob, "layer { units: 16 }", layers));
  };
  EXPECT_THAT(problem(1), testing::HasSubstr("10001 layers with their repeats; expected at most"));
  EXPECT_THAT(problem(0), testing::Not(testing::HasSubstr("expected at most")));
}

TEST(Bounds, Optimizers) {
  const std::vector<std::string> decay = {"0", "1.2e-38", "0.9999999"};
  const std::vector<std::string> no_decay = {"1", "-1e-9", "0.999999999", "1e-39", "nan"};
  const std::vector<std::string> positive = {"1.2e-38", "3.4e38"};
  const std::vector<std::string> not_positive = {"0", "-1", "1.1e-38", "3.5e38", "inf"};
  expect_bounds({
      {"optimizer.gradient_descent.learning_rate", positive, not_positive},
      {"optimizer.momentum.learning_rate", positive, not_positive},
      {"optimizer.momentum.beta", decay, no_decay},
      {"optimizer.nesterov.learning_rate", positive, not_positive},
      {"optimizer.nesterov.beta", decay, no_decay},
      {"optimizer.rmsprop.learning_rate", positive, not_positive},
      {"optimizer.rmsprop.beta", decay, no_decay},
      {"optimizer.rmsprop.epsilon", positive, not_positive},
      {"optimizer.adam.learning_rate", positive, not_positive},
      {"optimizer.adam.beta1", decay, no_decay},
      {"optimizer.adam.beta2", decay, no_decay},
      {"optimizer.adam.epsilon", positive, not_positive},
      {"optimizer.adamw.learning_rate", {"1.2e-38", "99"}, {"0", "-1", "1.1e-38", "inf"}},
      {"optimizer.adamw.beta1", decay, no_decay},
      {"optimizer.adamw.beta2", decay, no_decay},
      {"optimizer.adamw.epsilon", positive, not_positive},
      {"optimizer.adamw.weight_decay", {"0", "0.3", "999"}, {"-1", "1000", "nan", "1e-39"}},
      {"optimizer.clipping.max_norm", {"1.2e-38", "1e18"}, {"0", "-1", "1.1e18", "1e-39"}},
      {"optimizer.schedule.warmup_epochs", {"0"}, {"-1e-9", "inf"}},
      {"optimizer.schedule.step.every_epochs", {"1e-9"}, {"0", "-1"}},
      {"optimizer.schedule.step.factor", {"1e-9"}, {"0", "-1"}},
      {"optimizer.schedule.exponential.factor_per_epoch", {"1e-9"}, {"0", "-1"}},
      {"optimizer.schedule.cosine.final_factor", {"0"}, {"-1e-9"}},
  });
}

TEST(Bounds, TrainingAndTheRest) {
  const std::vector<std::string> lambda = {"0", "1.2e-38", "3.4e38"};
  const std::vector<std::string> no_lambda = {"-1", "1.1e-38", "3.5e38", "nan"};
  expect_bounds({
      {"regularization.l2_lambda", lambda, no_lambda},
      {"regularization.l1_lambda", lambda, no_lambda},
      {"network.layer[0].regularization.l2_lambda", lambda, no_lambda},
      {"network.layer[0].regularization.l1_lambda", lambda, no_lambda},
      {"network.output.regularization.l2_lambda", lambda, no_lambda},
      {"network.output.regularization.l1_lambda", lambda, no_lambda},
      {"training.epochs", {"1"}, {"0"}},
      {"training.steps", {"1"}, {"0"}},
      {"evaluation.every_epochs", {"1"}, {"0"}},
      {"evaluation.smallest_improvement", {"1e-9"}, {"0"}},
      {"checkpointing.every_minutes", {"0", "1e-9", "1e6"}, {"-1", "1e7"}},
      {"checkpointing.keep_last", {"1"}, {"0"}},
      {"checkpointing.fatal_failures", {"1"}, {"0"}},
      {"exchange.bucket_bytes", {"4096"}, {"4095"}},
      {"exchange.compare_weights_every_steps", {"0"}, {"-1"}},
      {"diagnosis.base_error", {"0", "0.999"}, {"1", "-1e-9", "nan"}},
      {"diagnosis.high_gap", {"1e-9", "0.999"}, {"0", "1", "nan"}},
      {"diagnosis.high_share", {"0", "1"}, {"-1e-9", "1.000001", "nan"}},
      {"monitor.every_steps", {"1"}, {"0"}},
      {"monitor.examples", {"1"}, {"0"}},
  });
  expect_bounds({{"training.shards", {"1", "1048576"}, {"0", "1048577"}}},
                {"training.full_batch=true"});
  expect_bounds({{"training.rollback.rate_factor", {"1e-300", "0.999"}, {"0", "-0.5", "1", "nan"}},
                 {"training.rollback.limit", {"1", "4294967295"}, {"0"}}},
                {"training.on_nonfinite=ROLLBACK"});
  expect_bounds({{"training.batch_size", {"1"}, {"0"}}}, {"training.shards=1"});
  expect_bounds({{"early_stopping.patience", {"1"}, {"0"}},
                 {"early_stopping.min_improvement", {"0"}, {"-1e-9"}}},
                {"data.split.dev.count=1"});
}

TEST(Bounds, Splits) {
  expect_bounds({
      {"data.split.dev.count", {"1"}, {"0"}},
      {"data.split.test.count", {"1"}, {"0"}},
      {"data.split.train_dev.count", {"1"}, {"0"}},
      {"data.split.dev.fraction", {"1e-9", "0.999"}, {"0", "1"}},
      {"data.split.test.fraction", {"1e-9", "0.999"}, {"0", "1"}},
      {"data.split.train_dev.fraction", {"1e-9", "0.999"}, {"0", "1"}},
      {"data.max_copied_share", {"0", "1"}, {"-1e-9", "1.000001", "nan"}},
  });
  expect_bounds({{"data.split.test.fold.of", {"2", "10000"}, {"0", "1", "10001"}}});
  expect_bounds({{"data.split.test.fold.number", {"0", "4"}, {"5", "4294967295"}},
                 {"data.split.test.fold.repeat", {"0", "4294967295"}, {"-1"}}},
                {"data.split.test.fold.of=5"});
  // All of a held-out source may be taken.
  expect_bounds({{"data.split.dev.fraction", {"1e-9", "1"}, {"0", "1.000001"}},
                 {"data.split.test.fraction", {"1e-9", "1"}, {"0", "1.000001"}},
                 {"data.split.train_dev.fraction", {"1e-9", "0.999"}, {"0", "1"}}},
                {"data.held_out={idx {features: 'a' labels: 'b'}}", "data.split.test.count=1"});
}

TEST(Bounds, ImagesAndAugmentation) {
  const std::string job = with(kSmallJob, "data {", "data { image { height: 1 width: 1 } ");
  expect_bounds({{"data.image.channels", {"1"}, {"0"}},
                 {"data.image.height", {"1"}, {"0"}},
                 {"data.image.width", {"1"}, {"0"}}},
                {}, job);
  const std::string a = "data.augmentation.";
  for (const char* transform : {"horizontal_flip", "crop", "zoom", "rotation", "shift", "elastic",
                                "brightness", "contrast", "erasing"}) {
    expect_bounds({{a + transform + ".probability", {"0", "1"}, {"-1e-9", "1.000001", "nan"}}});
  }
  expect_bounds(
      {
          {a + "crop.min_side", {"1e-9", "1"}, {"0", "1.000001"}},
          {a + "crop.max_side", {"0.8", "1"}, {"0.799", "1.000001"}},
          {a + "zoom.min_factor", {"1.2e-38", "1.1"}, {"0", "1.1e-38"}},
          {a + "zoom.max_factor", {"0.9", "3.4e38"}, {"0.899", "3.5e38"}},
          {a + "rotation.degrees", {"0", "180"}, {"-1e-9", "180.001"}},
          {a + "elastic.alpha", {"0"}, {"-1e-9", "inf"}},
          {a + "elastic.sigma", {"0.5"}, {"0.499", "inf"}},
          {a + "brightness.max_change", {"0", "1"}, {"-1e-9", "1.001"}},
          {a + "contrast.max_change", {"0", "1"}, {"-1e-9", "1.001"}},
          {a + "erasing.min_area", {"1e-9", "0.2"}, {"0", "1.001"}},
          {a + "erasing.max_area", {"0.02", "1"}, {"0.019", "1.001"}},
          {a + "erasing.max_aspect", {"1"}, {"0.999", "inf"}},
          {a + "value_range.high", {"1.001"}, {"1", "0.999"}},
      },
      {a + "value_range={low: 1 high: 2}", a + "shift={}"});
}

TEST(Bounds, SourcesOfData) {
  const auto source = [](const std::string& text) {
    return std::vector<std::string>{"data.train={" + text + "}"};
  };
  const std::string path = "data.train.";
  expect_bounds({{path + "libsvm.features", {"1"}, {"0"}}}, source("libsvm {file: 'a'}"));
  expect_bounds({{path + "csv.table.column[0].index", {"1"}, {"0"}}},
                source("csv {file: 'a' table {column {index: 1 role: LABEL}}}"));
  expect_bounds({{path + "synthetic.examples", {"1"}, {"0"}},
                 {path + "synthetic.label_noise", {"0", "0.499"}, {"-1e-9", "0.5"}},
                 {path + "synthetic.two_spirals.turns", {"1.2e-38"}, {"0"}},
                 {path + "synthetic.two_spirals.noise", {"0"}, {"-1e-9"}}},
                source("synthetic {examples: 9 two_spirals {}}"));
  const std::string blobs = path + "synthetic.blobs.";
  expect_bounds({{blobs + "classes", {"2", "10"}, {"1"}}, {blobs + "distance", {"0"}, {"-1e-9"}}},
                source("synthetic {examples: 9 blobs {features: 9}}"));
  expect_bounds({{blobs + "features", {"9", "10"}, {"8"}},
                 {path + "synthetic.label_noise", {"0", "0.899"}, {"0.9"}}},
                source("synthetic {examples: 9 blobs {classes: 10 features: 9}}"));
  const std::string teacher = path + "synthetic.teacher.";
  expect_bounds({{teacher + "features", {"1"}, {"0"}},
                 {teacher + "units", {"1"}, {"0"}},
                 {teacher + "layers", {"0"}, {}},
                 {teacher + "classes", {"2"}, {"1"}},
                 {teacher + "gain", {"1.2e-38"}, {"0"}}},
                source("synthetic {examples: 9 teacher {}}"));
  expect_bounds({{path + "corruption.gaussian_noise", {"1.2e-38"}, {"0", "1.1e-38"}},
                 {"data.normalization.scale.divisor",
                  {"-1", "2.95e-39", "8.5e37"},
                  {"0", "2.9e-39", "8.6e37", "inf"}}});
}

}  // namespace
}  // namespace lockstep
