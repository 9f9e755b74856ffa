#include "model/build.h"
#include "data/open.h"

#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "nn/dense_network.h"
#include "nn/layers.h"
#include "support/tiny_job.h"

namespace lockstep {
namespace {

TEST(Build, LayersFollowEachOther) {
  const NetworkSpec spec = build_network(tiny_job("/").job.network, 12);
  ASSERT_EQ(spec.layers.size(), 3U);
  EXPECT_EQ(layer_sizes(spec), (std::vector<std::uint64_t>{12, 170, 90, 3}));
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(spec.layers[i].inputs, std::vector{i});
    EXPECT_TRUE(spec.layers[i].epilogue.bias);
  }
  EXPECT_EQ(spec.layers[0].epilogue.activation, Activation::relu);
  EXPECT_EQ(dense(spec.layers[0]).initializer.variance, WeightVariance::he);
  EXPECT_EQ(dense(spec.layers[1]).initializer.variance, WeightVariance::xavier);
  EXPECT_EQ(spec.layers[2].epilogue.activation, Activation::linear);
  EXPECT_DOUBLE_EQ(spec.layers[1].epilogue.keep_prob, 0.8);
}

// Every layer's own: no layer starts as another does.
TEST(Build, InitializersAreThoseOfTheirLayers) {
  const NetworkSpec spec =
      build_network(tiny_job("/", {"network.layer[0].initializer={kind: GLOROT multiplier: 2}",
                                   "network.layer[1].initializer={kind: LECUN multiplier: 3}",
                                   "network.output.initializer={kind: IDENTITY multiplier: 4}"})
                        .job.network,
                    12);
  EXPECT_EQ(spec.input_keep_prob, 0.9);
  EXPECT_EQ(dense(spec.layers[0]).initializer.variance, WeightVariance::glorot);
  EXPECT_EQ(dense(spec.layers[0]).initializer.multiplier, 2);
  EXPECT_EQ(dense(spec.layers[1]).initializer.variance, WeightVariance::lecun);
  EXPECT_EQ(dense(spec.layers[1]).initializer.multiplier, 3);
  EXPECT_EQ(dense(spec.layers[2]).initializer.variance, WeightVariance::identity);
  EXPECT_EQ(dense(spec.layers[2]).initializer.multiplier, 4);
  EXPECT_EQ(spec.layers[2].epilogue.keep_prob, 1);
}

TEST(Build, OptimizersAndSchedulesTakeOverEveryField) {
  const auto optimizer = [](const std::string& kind) {
    const Job job = tiny_job("/", {"optimizer." + kind}).job;
    EXPECT_EQ(base_learning_rate(job.optimizer), 0.5);
    return job.optimizer;
  };
  EXPECT_TRUE(
      std::holds_alternative<GradientDescent>(optimizer("gradient_descent={learning_rate: 0.5}")));
  EXPECT_EQ(std::get<Momentum>(optimizer("momentum={learning_rate: 0.5 beta: 0.25}")).beta, 0.25);
  EXPECT_EQ(std::get<Nesterov>(optimizer("nesterov={learning_rate: 0.5 beta: 0.25}")).beta, 0.25);
  const auto rmsprop =
      std::get<RmsProp>(optimizer("rmsprop={learning_rate: 0.5 beta: 0.25 epsilon: 0.125}"));
  EXPECT_EQ(rmsprop.beta, 0.25);
  EXPECT_EQ(rmsprop.epsilon, 0.125);
  const auto adam =
      std::get<Adam>(optimizer("adam={learning_rate: 0.5 beta1: 0.25 beta2: 0.75 epsilon: 0.125}"));
  EXPECT_EQ(adam.beta1, 0.25);
  EXPECT_EQ(adam.beta2, 0.75);
  EXPECT_EQ(adam.epsilon, 0.125);

  const auto schedule = [](const std::string& kind) {
    return tiny_job("/", {"optimizer.schedule={warmup_epochs: 3 " + kind + "}"}).job.schedule;
  };
  EXPECT_EQ(schedule("constant {}").warmup_epochs, 3);
  EXPECT_TRUE(std::holds_alternative<ConstantFactor>(schedule("constant {}").kind));
  const auto step = std::get<StepDecay>(schedule("step {every_epochs: 7 factor: 0.5}").kind);
  EXPECT_EQ(step.every_epochs, 7);
  EXPECT_EQ(step.factor, 0.5);
  const auto exponential = schedule("exponential {factor_per_epoch: 0.75}");
  EXPECT_EQ(std::get<ExponentialDecay>(exponential.kind).factor_per_epoch, 0.75);
  EXPECT_EQ(std::get<CosineDecay>(schedule("cosine {final_factor: 0.25}").kind).final_factor, 0.25);
}

TEST(Build, TablesTakeOverEveryRule) {
  const auto rules = [](const std::string& fields) {
    const Job job = tiny_job("/", {"data.train={csv {file: \"t.csv\" table {column {index: 3 role: "
                                   "LABEL} " +
                                   fields + "}}}"})
                        .job;
    return std::get<CsvSource>(job.data.train.format).table.value();
  };
  const TableRules plain = rules("");
  ASSERT_EQ(plain.columns.size(), 1U);
  EXPECT_EQ(plain.columns[0].index, 3U);
  EXPECT_EQ(plain.columns[0].role, ColumnRole::label);
  EXPECT_EQ(plain.others, ColumnRole::number);
  EXPECT_EQ(plain.when_missing, WhenMissing::refuse);
  EXPECT_TRUE(plain.missing_texts.empty());
  EXPECT_EQ(plain.unknown_category, UnknownCategory::error);
  const TableRules own = rules(
      "column {name: \"c\" role: CATEGORY} column {index: 1 role: IGNORED} other_columns: "
      "IGNORED when_missing: TRAINING_MEAN missing {text: \"NA\"} missing {text: \"?\"} "
      "unknown_category: ALL_ZERO");
  ASSERT_EQ(own.columns.size(), 3U);
  EXPECT_EQ(own.columns[1].name, "c");
  EXPECT_EQ(own.columns[1].role, ColumnRole::category);
  EXPECT_EQ(own.columns[2].role, ColumnRole::ignored);
  EXPECT_EQ(own.others, ColumnRole::ignored);
  EXPECT_EQ(own.when_missing, WhenMissing::training_mean);
  EXPECT_EQ(own.missing_texts, (std::vector<std::string>{"NA", "?"}));
  EXPECT_EQ(own.unknown_category, UnknownCategory::all_zero);
}

// What is read to predict is in the format of the training data.
TEST(Build, FilesToPredictAreReadAsTheTrainingData) {
  const auto like = [](const std::string& source) {
    const Job job = tiny_job("/", {"data.train={" + source + "}"}).job;
    return unlabelled_source(job.data.train, "in").format;
  };
  for (const bool last : {false, true}) {
    const auto npy = std::get<NpySource>(like(fmt::format(
        "npy {{features: \"x\" labels: \"y\" channels_last: {}}}", last ? "true" : "false")));
    EXPECT_EQ(npy.features, "in");
    EXPECT_TRUE(npy.labels.empty());
    EXPECT_EQ(npy.channels_last, last);
  }
  for (const auto& [name, kind] : {std::pair("CIFAR_10", CifarKind::cifar10),
                                   {"CIFAR_100_FINE", CifarKind::cifar100_fine},
                                   {"CIFAR_100_COARSE", CifarKind::cifar100_coarse}}) {
    const auto cifar =
        std::get<CifarSource>(like(fmt::format("cifar {{file {{path: \"x\"}} kind: {}}}", name)));
    EXPECT_EQ(cifar.files, std::vector<std::filesystem::path>{"in"});
    EXPECT_EQ(cifar.kind, kind);
    EXPECT_FALSE(cifar.labelled);
  }
  const auto csv = std::get<CsvSource>(
      like("csv {file: \"x\" header: false delimiter: \";\" table {column {index: 1 role: "
           "LABEL}}}"));
  EXPECT_EQ(csv.file, "in");
  EXPECT_FALSE(csv.dialect.header);
  EXPECT_EQ(csv.dialect.delimiter, ';');
  EXPECT_FALSE(csv.labelled);
  const auto libsvm = std::get<LibsvmSource>(like("libsvm {file: \"x\"}"));
  EXPECT_EQ(libsvm.file, "in");
  EXPECT_FALSE(libsvm.labelled);
  EXPECT_TRUE(std::get<IdxSource>(like("idx {features: \"x\" labels: \"y\"}")).labels.empty());
}

TEST(Build, LambdasOfLayersReplaceThoseOfTheJob) {
  const auto build = [](const std::vector<std::string>& overrides) {
    return build_regularization(tiny_job("/", overrides).job);
  };
  const RegularizationSpec shared = build({"regularization.l1_lambda=0.2"});
  ASSERT_EQ(shared.layers.size(), 3U);
  EXPECT_FALSE(shared.include_biases);
  for (const LayerPenalty& layer : shared.layers) {
    EXPECT_EQ(layer.l2_lambda, 0.3);
    EXPECT_EQ(layer.l1_lambda, 0.2);
  }
  const RegularizationSpec own = build({"regularization.include_biases=true",
                                        "network.layer[1].regularization={l1_lambda: 0.4}",
                                        "network.output.regularization={l2_lambda: 0}"});
  EXPECT_TRUE(own.include_biases);
  EXPECT_EQ(own.layers[0].l2_lambda, 0.3);
  EXPECT_EQ(own.layers[0].l1_lambda, 0);
  EXPECT_EQ(own.layers[1].l2_lambda, 0.3) << "absent: the job's";
  EXPECT_EQ(own.layers[1].l1_lambda, 0.4);
  EXPECT_EQ(own.layers[2].l2_lambda, 0) << "0 is there";
  EXPECT_EQ(own.layers[2].l1_lambda, 0);
}

TEST(Build, LogisticRegressionHasNoHiddenLayer) {
  const auto job = parse_job(
      "name: 'lr' data { train { idx { features: 'f' labels: 'l' } } }"
      "network { output { units: 1 loss: LOGISTIC } }"
      "optimizer { gradient_descent { learning_rate: 0.5 } }"
      "training { full_batch: true epochs: 3 }",
      "lr", "/", {});
  const NetworkSpec spec = build_network(job.job.network, 4);
  ASSERT_EQ(spec.layers.size(), 1U);
  EXPECT_EQ(spec.loss, Loss::logistic);
  EXPECT_DOUBLE_EQ(base_learning_rate(job.job.optimizer), 0.5);
  EXPECT_TRUE(std::holds_alternative<GradientDescent>(job.job.optimizer));
}

}  // namespace
}  // namespace lockstep
