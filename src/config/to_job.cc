#include "config/to_job.h"

#include "config/from_proto.h"
#include "config/to_data.h"
#include "config/to_network.h"
#include "config/to_optimizer.h"
#include "proto/job.pb.h"

namespace lockstep {
namespace {

ClassWeights to_class_weights(const proto::ClassWeights& weights) {
  ClassWeights config{.balanced = weights.balanced(), .given = {}};
  for (const proto::ClassWeight& weight : weights.weight()) {
    config.given.push_back({.of = weight.of(), .value = weight.value()});
  }
  return config;
}

TrainingConfig to_training(const proto::Training& training) {
  TrainingConfig config{.batch_size = std::nullopt,
                        .shards = training.shards(),
                        .epochs = std::nullopt,
                        .steps = std::nullopt,
                        .on_nonfinite = from_proto<OnNonfinite>(training.on_nonfinite()),
                        .rollback = {.rate_factor = training.rollback().rate_factor(),
                                     .limit = training.rollback().limit()}};
  config.weights_from = training.weights_from();
  if (training.has_batch_size()) config.batch_size = training.batch_size();
  if (training.has_epochs()) config.epochs = training.epochs();
  if (training.has_steps()) config.steps = training.steps();
  if (training.has_class_weights()) {
    config.class_weights = to_class_weights(training.class_weights());
  }
  return config;
}

ThresholdGoal to_threshold(const proto::Threshold& threshold) {
  switch (threshold.goal_case()) {
    case proto::Threshold::kMinPrecision:
      return MinPrecision{.value = threshold.min_precision()};
    case proto::Threshold::kMinRecall:
      return MinRecall{.value = threshold.min_recall()};
    case proto::Threshold::kCosts:
      return DecisionCosts{.false_yes = threshold.costs().false_yes(),
                           .false_no = threshold.costs().false_no()};
    case proto::Threshold::kLargestF1:
    case proto::Threshold::GOAL_NOT_SET:
      break;
  }
  return LargestF1{};
}

EarlyStoppingConfig to_early_stopping(const proto::EarlyStopping& stopping) {
  return {.metric = from_proto<Metric>(stopping.metric()),
          .patience = stopping.patience(),
          .min_improvement = stopping.min_improvement()};
}

}  // namespace

Job to_job(const proto::Job& job) {
  Job config{
      .name = job.name(),
      .seed = job.seed(),
      .data = to_data(job.data()),
      .network = to_network(job.network(), job.regularization()),
      .regularization = {.include_biases = job.regularization().include_biases()},
      .optimizer = to_optimizer(job.optimizer()),
      .schedule = to_schedule(job.optimizer().schedule()),
      .clipping = std::nullopt,
      .training = to_training(job.training()),
      .evaluation = {.every_epochs = job.evaluation().every_epochs(),
                     .train_examples = job.evaluation().train_examples(),
                     .smallest_improvement = job.evaluation().smallest_improvement()},
      .early_stopping = std::nullopt,
      .checkpointing = {.enabled = job.checkpointing().enabled(),
                        .every_epochs = job.checkpointing().every_epochs(),
                        .every_steps = job.checkpointing().every_steps(),
                        .every_minutes = job.checkpointing().every_minutes(),
                        .keep_last = job.checkpointing().keep_last(),
                        .fatal_failures = job.checkpointing().fatal_failures(),
                        .background_from_bytes = job.checkpointing().background_from_bytes()},
      .exchange = {.bucket_bytes = job.exchange().bucket_bytes(),
                   .shared_memory = job.exchange().shared_memory(),
                   .link_gigabits_per_second = job.exchange().link_gigabits_per_second(),
                   .compare_weights_every_steps = job.exchange().compare_weights_every_steps(),
                   .precision = from_proto<Precision>(job.exchange().precision())},
      .diagnosis = {.base_error = job.diagnosis().base_error(),
                    .base_rmse = job.diagnosis().base_rmse(),
                    .high_gap = job.diagnosis().high_gap(),
                    .high_share = job.diagnosis().high_share()},
      .monitor = std::nullopt,
  };
  config.network.precision = from_proto<Precision>(job.training().precision());
  config.network.evaluation_precision = job.evaluation().has_precision()
                                            ? from_proto<Precision>(job.evaluation().precision())
                                            : config.network.precision;
  if (job.optimizer().has_clipping())
    config.clipping = {.max_norm = job.optimizer().clipping().max_norm()};
  if (job.evaluation().has_threshold()) {
    config.evaluation.threshold = to_threshold(job.evaluation().threshold());
  }
  if (job.has_early_stopping()) config.early_stopping = to_early_stopping(job.early_stopping());
  if (job.has_monitor()) {
    config.monitor = {.every_steps = job.monitor().every_steps(),
                      .examples = job.monitor().examples()};
  }
  return config;
}

}  // namespace lockstep
