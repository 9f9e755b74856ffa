#include "train/evaluation_record.h"

namespace lockstep {

Evaluation evaluation_record(std::uint64_t step, double epoch, const Scores& scores,
                             const WeightMeasures& weights, const TrainedInterval& interval) {
  LossSums batches;
  for (const LossSums& shard : interval.shard_losses) batches += shard;
  const auto rows = static_cast<double>(interval.rows);
  Evaluation evaluation;
  evaluation.step = step;
  evaluation.epoch = epoch;
  evaluation.cost = cost(scores.train, weights.penalty);
  evaluation.penalty = weights.penalty.sum();
  evaluation.l2_penalty = weights.penalty.l2;
  evaluation.l1_penalty = weights.penalty.l1;
  evaluation.batch_cost = batches.loss / rows;
  evaluation.train_error = error_rate(scores.train);
  evaluation.train_dev_error = error_rate(scores.train_dev);
  evaluation.train_dev_cost = mean_loss(scores.train_dev);
  evaluation.dev_error = error_rate(scores.dev);
  evaluation.dev_cost = mean_loss(scores.dev);
  evaluation.dev_metrics = scores.dev.metrics;
  evaluation.weights_norm = weights.statistics.norm;
  evaluation.weights_near_zero = weights.statistics.near_zero;
  evaluation.examples_per_second = rows / interval.step_seconds;
  return evaluation;
}

}  // namespace lockstep
