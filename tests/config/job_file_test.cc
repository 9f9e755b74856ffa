#include "config/job_file.h"

#include <string>
#include <variant>

#include <gtest/gtest.h>

#include "job_text.h"
#include "nn/dense_network.h"

namespace lockstep {
namespace {

TEST(JobFile, FillsInTheDefaultsOfTheSchema) {
  const Job job = parse(kSmallJob).job;
  EXPECT_EQ(job.name, "small");
  EXPECT_EQ(job.seed, 1U);
  EXPECT_FALSE(job.data.dev || job.data.test || job.data.split.dev || job.data.split.test);
  EXPECT_FALSE(job.data.held_out || job.data.split.train_dev || job.data.train.corruption);
  EXPECT_FALSE(job.data.split.stratified || job.data.split.by_group);
  EXPECT_FALSE(job.data.split.by_content);
  EXPECT_EQ(job.data.max_copied_share, 0.5);
  EXPECT_FALSE(job.data.standardizes_targets) << "the labels are classes";
  EXPECT_EQ(job.data.dev_and_test_from, DevAndTestFrom::one_source);
  EXPECT_EQ(std::get<Standardize>(job.data.normalization).per, StatisticsPer::feature);
  EXPECT_EQ(job.network.input_keep_prob, 1.0);
  ASSERT_EQ(job.network.hidden.size(), 1U);
  EXPECT_EQ(job.network.hidden[0].epilogue.activation, Activation::relu);
  EXPECT_EQ(job.network.hidden[0].epilogue.keep_prob, 1.0);
  EXPECT_EQ(dense(job.network.hidden[0]).initializer.variance, WeightVariance::he);
  EXPECT_EQ(dense(job.network.hidden[0]).initializer.multiplier, 1.0);
  EXPECT_EQ(job.network.output.loss, Loss::softmax_cross_entropy);
  EXPECT_EQ(job.network.output.initializer.variance, WeightVariance::xavier);
  for (const LayerPenalty& penalty : {job.network.hidden[0].penalty, job.network.output.penalty}) {
    EXPECT_EQ(penalty.l2_lambda, 0.0);
    EXPECT_EQ(penalty.l1_lambda, 0.0);
  }
  EXPECT_FALSE(job.regularization.include_biases);
  const auto adam = std::get<Adam>(job.optimizer);
  EXPECT_EQ(adam.learning_rate, 0.001);
  EXPECT_EQ(adam.beta1, 0.9);
  EXPECT_EQ(adam.beta2, 0.999);
  EXPECT_EQ(adam.epsilon, 1e-8);
  EXPECT_EQ(job.schedule.warmup_epochs, 0.0);
  EXPECT_TRUE(std::holds_alternative<ConstantFactor>(job.schedule.kind));
  EXPECT_EQ(job.training.batch_size, 64U);
  EXPECT_EQ(job.training.shards, 16U);
  EXPECT_EQ(job.training.epochs, 5U);
  EXPECT_EQ(job.training.steps, std::nullopt);
  EXPECT_EQ(job.training.on_nonfinite, OnNonfinite::stop);
  EXPECT_EQ(job.evaluation.every_epochs, 1U);
  EXPECT_EQ(job.evaluation.train_examples, 10000U);
  EXPECT_EQ(job.evaluation.smallest_improvement, 0.01);
  EXPECT_FALSE(job.early_stopping);
  EXPECT_TRUE(job.checkpointing.enabled);
  EXPECT_EQ(job.checkpointing.every_epochs, 1U);
  EXPECT_EQ(job.checkpointing.every_steps, 0U);
  EXPECT_EQ(job.checkpointing.background_from_bytes, 16U << 20);
  EXPECT_EQ(job.checkpointing.every_minutes, 0);
  EXPECT_EQ(job.checkpointing.keep_last, 2U);
  EXPECT_EQ(job.exchange.bucket_bytes, 1048576U);
  EXPECT_TRUE(job.exchange.shared_memory);
  EXPECT_EQ(job.exchange.link_gigabits_per_second, 10);
  EXPECT_EQ(job.diagnosis.base_error, 0.0);
}

// The largest divisor of the batch up to 64 that leaves 4 rows to a shard.
TEST(JobFile, ChoosesTheShardsByTheBatch) {
  const auto shards = [](const std::string& training) {
    return parse(kSmallJob, {"training={" + training + " epochs: 1}"}).job.training.shards;
  };
  EXPECT_EQ(shards("batch_size: 256"), 64U);
  EXPECT_EQ(shards("batch_size: 200"), 50U);
  EXPECT_EQ(shards("batch_size: 1000"), 50U);
  EXPECT_EQ(shards("batch_size: 32"), 8U);
  EXPECT_EQ(shards("batch_size: 7"), 1U);
  EXPECT_EQ(shards("batch_size: 101"), 1U);
  EXPECT_EQ(shards("batch_size: 1"), 1U);
  EXPECT_EQ(shards("batch_size: 4294967295"), 51U);
  EXPECT_EQ(shards("full_batch: true"), 64U);
  EXPECT_EQ(shards("batch_size: 256 shards: 2"), 2U);
}

TEST(JobFile, ReadsEveryField) {
  const Job job = parse(kFullJob).job;
  EXPECT_EQ(job.name, "full-1.0_x");
  EXPECT_EQ(job.seed, 7U);
  const auto train = std::get<IdxSource>(job.data.train.format);
  EXPECT_EQ(train.features, "/data/x.gz");
  EXPECT_EQ(train.labels, "/jobs/y.gz");
  EXPECT_FALSE(train.groups);
  EXPECT_FALSE(job.data.dev);
  const auto test = std::get<IdxSource>(job.data.test.value().format);
  EXPECT_EQ(test.features, "/jobs/tx.gz");
  EXPECT_EQ(test.labels, "/jobs/ty.gz");
  EXPECT_EQ(job.data.test->corruption.value().gaussian_noise, 2.5);
  EXPECT_EQ(job.data.test->corruption->seed, 3U);
  EXPECT_EQ(job.data.dev_and_test_from, DevAndTestFrom::different_distributions);
  EXPECT_EQ(std::get<PartFraction>(job.data.split.train_dev.value()).fraction, 0.25);
  EXPECT_EQ(std::get<PartCount>(job.data.split.dev.value()).examples, 500U);
  EXPECT_TRUE(job.data.split.stratified);
  EXPECT_EQ(std::get<Standardize>(job.data.normalization).per, StatisticsPer::all);
  EXPECT_EQ(job.network.input_keep_prob, 0.8);
  ASSERT_EQ(job.network.hidden.size(), 3U);
  EXPECT_EQ(dense(job.network.hidden[0]).units, 32U);
  EXPECT_EQ(job.network.hidden[0].epilogue.activation, Activation::tanh);
  EXPECT_EQ(job.network.hidden[0].epilogue.keep_prob, 0.5);
  EXPECT_EQ(dense(job.network.hidden[0]).initializer.variance, WeightVariance::glorot);
  EXPECT_EQ(dense(job.network.hidden[0]).initializer.multiplier, 2.0);
  EXPECT_EQ(job.network.hidden[1].epilogue.activation, Activation::leaky_relu);
  EXPECT_EQ(dense(job.network.hidden[1]).initializer.variance, WeightVariance::he);
  EXPECT_EQ(job.network.hidden[2].epilogue.activation, Activation::sigmoid);
  EXPECT_EQ(dense(job.network.hidden[2]).initializer.variance, WeightVariance::xavier);
  EXPECT_EQ(job.network.output.units, 1U);
  EXPECT_EQ(job.network.output.loss, Loss::logistic);
  EXPECT_EQ(job.network.output.initializer.variance, WeightVariance::zero);
  EXPECT_EQ(job.network.hidden[0].penalty.l2_lambda, 0.25);
  EXPECT_EQ(job.network.hidden[0].penalty.l1_lambda, 0.125);
  EXPECT_EQ(job.network.hidden[1].penalty.l2_lambda, 0.5);
  EXPECT_EQ(job.network.hidden[1].penalty.l1_lambda, 0.75);
  EXPECT_EQ(job.network.output.penalty.l2_lambda, 0.0);
  EXPECT_EQ(job.network.output.penalty.l1_lambda, 0.125);
  EXPECT_TRUE(job.regularization.include_biases);
  const auto adam = std::get<Adam>(job.optimizer);
  EXPECT_EQ(adam.learning_rate, 0.01);
  EXPECT_EQ(adam.beta1, 0.8);
  EXPECT_EQ(adam.beta2, 0.99);
  EXPECT_EQ(adam.epsilon, 1e-6);
  EXPECT_EQ(job.schedule.warmup_epochs, 2.0);
  EXPECT_EQ(std::get<StepDecay>(job.schedule.kind).every_epochs, 3.0);
  EXPECT_EQ(std::get<StepDecay>(job.schedule.kind).factor, 0.5);
  EXPECT_EQ(job.training.batch_size, 24U);
  EXPECT_EQ(job.training.shards, 12U);
  EXPECT_EQ(job.training.epochs, std::nullopt);
  EXPECT_EQ(job.training.steps, 100U);
  EXPECT_EQ(job.training.on_nonfinite, OnNonfinite::roll_back);
  EXPECT_EQ(job.training.rollback.rate_factor, 0.1);
  EXPECT_EQ(job.training.rollback.limit, 7U);
  EXPECT_EQ(job.evaluation.every_epochs, 2U);
  EXPECT_EQ(job.evaluation.train_examples, 0U);
  EXPECT_EQ(job.evaluation.smallest_improvement, 0.002);
  EXPECT_EQ(job.early_stopping.value().metric, Metric::dev_cost);
  EXPECT_EQ(job.early_stopping->patience, 3U);
  EXPECT_EQ(job.early_stopping->min_improvement, 0.001);
  EXPECT_FALSE(job.checkpointing.enabled);
  EXPECT_EQ(job.checkpointing.every_epochs, 4U);
  EXPECT_EQ(job.checkpointing.every_steps, 7U);
  EXPECT_EQ(job.checkpointing.background_from_bytes, 8U);
  EXPECT_EQ(job.checkpointing.every_minutes, 0.5);
  EXPECT_EQ(job.checkpointing.keep_last, 5U);
  EXPECT_EQ(job.checkpointing.fatal_failures, 6U);
  EXPECT_EQ(job.exchange.bucket_bytes, 8192U);
  EXPECT_FALSE(job.exchange.shared_memory);
  EXPECT_EQ(job.exchange.compare_weights_every_steps, 7U);
  EXPECT_EQ(job.diagnosis.base_error, 0.15);
  EXPECT_EQ(job.diagnosis.high_gap, 0.01);
  EXPECT_EQ(job.diagnosis.high_share, 0.25);
}

TEST(JobFile, ReadsWhatHappensToStepsThatAreNotFinite) {
  const auto training = [](const std::string& choice) {
    return parse(kSmallJob, {"training.on_nonfinite=" + choice}).job.training;
  };
  EXPECT_EQ(training("STOP").on_nonfinite, OnNonfinite::stop);
  EXPECT_EQ(training("SKIP_STEP").on_nonfinite, OnNonfinite::skip_step);
  EXPECT_EQ(training("ROLLBACK").on_nonfinite, OnNonfinite::roll_back);
  EXPECT_EQ(training("ROLLBACK").rollback.rate_factor, 0.5);
  EXPECT_EQ(training("ROLLBACK").rollback.limit, 3U);
}

Optimizer optimizer_of(const std::string& kind) {
  return parse(with(kSmallJob, "adam { }", kind)).job.optimizer;
}

TEST(JobFile, ReadsEveryOptimizer) {
  EXPECT_EQ(std::get<GradientDescent>(optimizer_of("gradient_descent {}")).learning_rate, 0.1);
  const auto momentum = std::get<Momentum>(optimizer_of("momentum { beta: 0.5 }"));
  EXPECT_EQ(momentum.learning_rate, 0.1);
  EXPECT_EQ(momentum.beta, 0.5);
  const auto nesterov = std::get<Nesterov>(optimizer_of("nesterov { learning_rate: 2 }"));
  EXPECT_EQ(nesterov.learning_rate, 2.0);
  EXPECT_EQ(nesterov.beta, 0.9);
  const auto rmsprop = std::get<RmsProp>(optimizer_of("rmsprop { epsilon: 1e-5 }"));
  EXPECT_EQ(rmsprop.learning_rate, 0.001);
  EXPECT_EQ(rmsprop.beta, 0.9);
  EXPECT_EQ(rmsprop.epsilon, 1e-5);
}

TEST(JobFile, ReadsEverySchedule) {
  const auto schedule = [](const std::string& kind) {
    return parse(with(kSmallJob, "adam { }", "adam { } schedule { " + kind + " }")).job.schedule;
  };
  EXPECT_TRUE(std::holds_alternative<ConstantFactor>(schedule("constant {}").kind));
  EXPECT_TRUE(std::holds_alternative<ConstantFactor>(schedule("warmup_epochs: 1.5").kind));
  EXPECT_EQ(schedule("warmup_epochs: 1.5").warmup_epochs, 1.5);
  EXPECT_EQ(std::get<StepDecay>(schedule("step {}").kind).every_epochs, 10.0);
  EXPECT_EQ(std::get<ExponentialDecay>(schedule("exponential {}").kind).factor_per_epoch, 0.95);
  EXPECT_EQ(std::get<CosineDecay>(schedule("cosine {final_factor: 0.1}").kind).final_factor, 0.1);
}

TEST(JobFile, ReadsEveryNormalizationAndPart) {
  const auto data = [](const std::string& fields) {
    return parse(with(kSmallJob, "data {", "data { " + fields)).job.data;
  };
  EXPECT_EQ(std::get<ScaleInputs>(data("normalization { scale { } }").normalization).divisor,
            255.0);
  EXPECT_TRUE(std::holds_alternative<KeepInputs>(data("normalization { none { } }").normalization));
  const SplitRules split = data("split { dev { fraction: 0.1 } test { count: 3 } }").split;
  EXPECT_EQ(std::get<PartFraction>(split.dev.value()).fraction, 0.1);
  EXPECT_EQ(std::get<PartCount>(split.test.value()).examples, 3U);
  const PartSize test =
      data("split { test { fold { number: 2 of: 5 repeat: 3 } } }").split.test.value();
  EXPECT_EQ(std::get<PartFold>(test).number, 2U);
  EXPECT_EQ(std::get<PartFold>(test).of, 5U);
  EXPECT_EQ(std::get<PartFold>(test).repeat, 3U);
}

TEST(JobFile, ImagesAndAugmentationHaveTheirDefaults) {
  const DataConfig plain = parse(kSmallJob).job.data;
  EXPECT_FALSE(plain.image);
  EXPECT_FALSE(plain.augmentation);
  const DataConfig data =
      parse(with(kSmallJob, "data {",
                 "data { image { height: 5 width: 6 } normalization { standardize { per: CHANNEL } "
                 "} augmentation { horizontal_flip { } crop { } zoom { } rotation { } shift { } "
                 "elastic { } brightness { } contrast { } erasing { } }"))
          .job.data;
  EXPECT_EQ(std::get<Standardize>(data.normalization).per, StatisticsPer::channel);
  EXPECT_EQ(data.image->channels, 1U);
  EXPECT_EQ(data.image->height, 5U);
  EXPECT_EQ(data.image->width, 6U);
  const AugmentationRules& a = data.augmentation.value();
  EXPECT_EQ(a.horizontal_flip->probability, 0.5);
  EXPECT_EQ(a.crop->probability, 1);
  EXPECT_EQ(a.crop->min_side, 0.8);
  EXPECT_EQ(a.crop->max_side, 1);
  EXPECT_EQ(a.zoom->min_factor, 0.9);
  EXPECT_EQ(a.zoom->max_factor, 1.1);
  EXPECT_EQ(a.rotation->degrees, 10);
  EXPECT_EQ(a.shift->horizontal, 2U);
  EXPECT_EQ(a.shift->vertical, 2U);
  EXPECT_EQ(a.elastic->alpha, 4);
  EXPECT_EQ(a.elastic->sigma, 4);
  EXPECT_EQ(a.brightness->max_change, 0.2);
  EXPECT_EQ(a.contrast->max_change, 0.2);
  EXPECT_EQ(a.erasing->probability, 0.5);
  EXPECT_EQ(a.erasing->min_area, 0.02);
  EXPECT_EQ(a.erasing->max_area, 0.2);
  EXPECT_EQ(a.erasing->max_aspect, 3);
  EXPECT_EQ(a.erasing->value, 0);
  EXPECT_FALSE(a.border.nearest);
  EXPECT_EQ(a.border.value, 0);
  EXPECT_FALSE(a.value_range);
}

TEST(JobFile, OnlyTheTransformsGivenArePresent) {
  const AugmentationRules a =
      parse(with(kSmallJob, "data {",
                 "data { augmentation { contrast { max_change: 0.3 } border: NEAREST border_value: "
                 "2 value_range { low: -1 high: 3 } }"))
          .job.data.augmentation.value();
  EXPECT_FALSE(a.horizontal_flip || a.crop || a.zoom || a.rotation || a.shift || a.elastic ||
               a.brightness || a.erasing);
  EXPECT_EQ(a.contrast->max_change, 0.3);
  EXPECT_TRUE(a.border.nearest);
  EXPECT_EQ(a.border.value, 2);
  EXPECT_EQ(a.value_range->low, -1);
  EXPECT_EQ(a.value_range->high, 3);
}

TEST(JobFile, ReadsAHeldOutSourceAndGroups) {
  const auto data = parse(with(kSmallJob, "data {", R"(data {
    held_out { idx { features: "h.gz" labels: "i.gz" groups: "g.gz" } }
    split { dev { fraction: 1 } by_group: true })"))
                        .job.data;
  const auto held_out = std::get<IdxSource>(data.held_out.value().format);
  EXPECT_EQ(held_out.features, "/jobs/h.gz");
  EXPECT_EQ(held_out.labels, "/jobs/i.gz");
  EXPECT_EQ(held_out.groups, "/jobs/g.gz");
  EXPECT_TRUE(data.split.by_group);
}

TEST(JobFile, ReadsASplitByContent) {
  const auto data = parse(with(kSmallJob, "data {", R"(data {
    split { dev { count: 5 } by_content: true }
    max_copied_share: 0.25)"))
                        .job.data;
  EXPECT_TRUE(data.split.by_content);
  EXPECT_EQ(data.max_copied_share, 0.25);
}

TEST(JobFile, TargetsOfValuesAreStandardizedUnlessGivenOtherwise) {
  const auto standardizes = [](const std::vector<std::string>& overrides) {
    return parse(kSmallJob, overrides).job.data.standardizes_targets;
  };
  for (const char* loss : {"SQUARED_ERROR", "ABSOLUTE_ERROR", "HUBER"}) {
    const std::string set = std::string("network.output.loss=") + loss;
    EXPECT_TRUE(standardizes({set})) << loss;
    EXPECT_TRUE(standardizes({set, "data.targets=STANDARDIZED"})) << loss;
    EXPECT_FALSE(standardizes({set, "data.targets=AS_GIVEN"})) << loss;
  }
}

TEST(JobFile, ReadsClassWeights) {
  const auto weights = [](const std::string& text) {
    return parse(kSmallJob, {"training.class_weights={" + text + "}"}).job.training.class_weights;
  };
  EXPECT_FALSE(parse(kSmallJob).job.training.class_weights);
  EXPECT_TRUE(weights("balanced: true").value().balanced);
  const ClassWeights given = weights("weight { of: \"yes\" value: 2.5 }").value();
  ASSERT_EQ(given.given.size(), 1U);
  EXPECT_EQ(given.given[0].of, "yes");
  EXPECT_EQ(given.given[0].value, 2.5);
}

TEST(JobFile, HuberIsQuadraticUpToItsDelta) {
  const auto delta = [](const std::vector<std::string>& overrides) {
    const Job job = parse(kSmallJob, overrides).job;
    EXPECT_EQ(job.network.output.loss, Loss::huber);
    return job.network.output.huber_delta;
  };
  EXPECT_EQ(delta({"network.output.loss=HUBER"}), 1);
  EXPECT_EQ(delta({"network.output={units: 10 loss: HUBER huber_delta: 0.25}"}), 0.25);
}

TEST(JobFile, WeightsOfAnotherRunAreAPathBesideTheJob) {
  const auto from = [](const std::vector<std::string>& overrides) {
    return parse(kSmallJob, overrides).job.training.weights_from;
  };
  EXPECT_EQ(from({}), "");
  EXPECT_EQ(from({"training.weights_from=runs/base"}), "/jobs/runs/base");
  EXPECT_EQ(from({"training.weights_from=/runs/base"}), "/runs/base");
}

TEST(JobFile, LayersAreFrozenOneByOne) {
  const NetworkConfig network =
      parse(kSmallJob, {"network.layer=[{units: 4 frozen: true repeat: 2}, {units: 3}]"})
          .job.network;
  EXPECT_TRUE(network.hidden[0].frozen);
  EXPECT_TRUE(network.hidden[1].frozen);
  EXPECT_FALSE(network.hidden[2].frozen);
  EXPECT_FALSE(network.output.frozen);
}

TEST(JobFile, FullBatchHasNoBatchSize) {
  const Job job = parse(with(kSmallJob, "batch_size: 64", "full_batch: true")).job;
  EXPECT_EQ(job.training.batch_size, std::nullopt);
}

TEST(JobFile, NoHiddenLayerIsLogisticRegression) {
  EXPECT_TRUE(parse(with(kSmallJob, "layer { units: 16 }", "")).job.network.hidden.empty());
}

TEST(JobFile, RepeatedLayersStandOneByOneInTheResolvedJob) {
  const std::string text =
      with(kSmallJob, "layer { units: 16 }",
           "layer { units: 16 } layer { units: 8 activation: TANH keep_prob: 0.5 repeat: 3 }");
  const LoadedJob job = parse(text);
  ASSERT_EQ(job.job.network.hidden.size(), 4U);
  EXPECT_EQ(dense(job.job.network.hidden[0]).units, 16U);
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(dense(job.job.network.hidden[i]).units, 8U);
    EXPECT_EQ(job.job.network.hidden[i].epilogue.activation, Activation::tanh);
    EXPECT_EQ(job.job.network.hidden[i].epilogue.keep_prob, 0.5);
    EXPECT_EQ(dense(job.job.network.hidden[i]).initializer.variance, WeightVariance::xavier);
  }
  EXPECT_EQ(job.resolved_text.find("repeat"), std::string::npos);
  // The same job, and the same text, once more.
  EXPECT_EQ(parse(job.resolved_text).resolved_text, job.resolved_text);
  // As if they had been written out.
  const std::string layer = "layer { units: 8 activation: TANH keep_prob: 0.5 }";
  EXPECT_EQ(
      parse(with(kSmallJob, "layer { units: 16 }", "layer { units: 16 }" + layer + layer + layer))
          .resolved_text,
      job.resolved_text);
  // Overrides count the entries of the file.
  const LoadedJob wider = parse(text, {"network.layer[1].units=9", "network.layer[1].repeat=2"});
  ASSERT_EQ(wider.job.network.hidden.size(), 3U);
  EXPECT_EQ(dense(wider.job.network.hidden[2]).units, 9U);
}

TEST(JobFile, IdentityAndMonitor) {
  const LoadedJob job =
      parse(with(kSmallJob, "layer { units: 16 }",
                 "layer { units: 16 initializer { kind: IDENTITY multiplier: 1.5 } }") +
            "monitor { every_steps: 7 }");
  EXPECT_EQ(dense(job.job.network.hidden[0]).initializer.variance, WeightVariance::identity);
  EXPECT_EQ(dense(job.job.network.hidden[0]).initializer.multiplier, 1.5);
  ASSERT_TRUE(job.job.monitor.has_value());
  EXPECT_EQ(job.job.monitor->every_steps, 7U);
  EXPECT_EQ(job.job.monitor->examples, 256U);
  EXPECT_FALSE(parse(kSmallJob).job.monitor.has_value());
}

}  // namespace
}  // namespace lockstep
