#include "train/run_scorer.h"

#include "comm/agreement.h"
#include "metrics/dev_metric.h"
#include "metrics/relative_rmse.h"
#include "metrics/set_metrics.h"
#include "metrics/threshold.h"
#include "nn/layers.h"

namespace lockstep {

RunScorer::RunScorer(const Job& job, const Communicator& comm, const Layout& layout,
                     const Dataset& data, const Network<float>& network, WorkerPool& pool)
    : comm_(comm),
      layout_(layout),
      data_(data),
      network_(network),
      seed_(job.seed),
      threshold_goal_(job.evaluation.threshold),
      always_with_metrics_(threshold_goal_.has_value() || needs_predictions(stopping_metric(job))),
      evaluator_(comm, pool, network, data.normalizer, data.targets, data.label_width),
      sample_(training_blocks(data.geometry, data.own_shards, layout.threads, data.shard_rows,
                              job.evaluation.train_examples)),
      sample_examples_(training_block_examples(data.geometry, job.evaluation.train_examples)) {}

SetScore RunScorer::sample(std::span<const float> weights) {
  return score(weights, {data_.train, sample_, sample_examples_, data_.row_weights});
}

SetScore RunScorer::score(std::span<const float> weights, const ScoredSet& set,
                          const Evaluator::Visit& visit) {
  return {evaluator_.evaluate(weights, set.examples, set.blocks, visit, set.row_weights),
          set.total};
}

SetScore RunScorer::score_with(std::span<const float> weights, const ScoredSet& set,
                               const UsePredictions& use, const Evaluator::Visit& visit) {
  const std::uint64_t predictions = set.total * output_size(network_.spec());
  if (predictions == 0 || (predictions > kMostPredictions && !set.always_kept)) {
    return score(weights, set, visit);
  }
  PredictionCollector collector(network_.spec(), data_.targets, data_.label_width, layout_.threads);
  SetScore result = score(weights, set, [&](auto thread, auto logits, auto labels) {
    collector.add(thread, logits, labels);
    if (visit) visit(thread, logits, labels);
  });
  const Predictions all = collector.all(comm_);
  if (comm_.is_root()) use(all, result);
  return result;
}

std::optional<float> RunScorer::chosen_threshold(const Predictions& predictions) const {
  if (!threshold_goal_ || !are_finite(predictions)) return std::nullopt;
  return best_threshold(*threshold_goal_, yes_or_no_of(predictions));
}

void RunScorer::add_metrics(const Predictions& predictions, std::optional<float> threshold,
                            SetScore& score) const {
  score.metrics = metrics_of(predictions, data_.class_counts);
  if (has_error_rate(network_.spec().loss)) score.metrics.log_loss = mean_loss(score);
  if (threshold) add_threshold(*threshold, predictions, score.metrics);
}

void RunScorer::add_relative_rmse(const Predictions& predictions, SetScore& score) const {
  if (data_.target_deviations.empty()) return;
  score.relative_rmse = relative_rmse(predictions, data_.target_deviations, seed_);
}

Scores RunScorer::during_run(std::span<const float> weights) {
  Scores scores;
  scores.train = sample(weights);
  scores.train_dev = score(weights, held_out(data_.train_dev));
  scores.dev = score_with(weights, held_out(data_.dev), [&](const auto& predictions, auto& of_dev) {
    add_metrics(predictions, chosen_threshold(predictions), of_dev);
  });
  return scores;
}

Scores RunScorer::all(std::span<const float> weights, bool with_test, const AnswerVisits& visits) {
  const EvaluationBlocks blocks =
      training_blocks(data_.geometry, data_.own_shards, layout_.threads, data_.shard_rows, 0);
  const ScoredSet train{data_.train, blocks, data_.geometry.train_examples, data_.row_weights};
  const UsePredictions compare = [&](const auto& predictions, auto& score) {
    add_relative_rmse(predictions, score);
  };
  const bool values = !data_.target_deviations.empty();
  Scores scores;
  scores.train = values ? score_with(weights, train, compare) : score(weights, train, visits.train);
  scores.train_dev = score_with(weights, held_out(data_.train_dev), compare);
  std::optional<float> threshold;
  const UsePredictions complete = [&](const auto& predictions, auto& score) {
    add_metrics(predictions, threshold, score);
    add_relative_rmse(predictions, score);
  };
  scores.dev = score_with(
      weights, held_out(data_.dev),
      [&](const auto& predictions, auto& of_dev) {
        threshold = chosen_threshold(predictions);
        complete(predictions, of_dev);
      },
      visits.dev);
  if (with_test) scores.test = score_with(weights, held_out(data_.test), complete);
  return scores;
}

Scores RunScorer::at_end(std::span<const float> weights, bool with_test,
                         const TakeAnswers& take_answers) {
  if (!take_answers) return all(weights, with_test, {});
  AnswerCollector of_train(network_.spec(), data_.label_width, layout_.threads);
  AnswerCollector of_dev = of_train;
  Scores scores =
      all(weights, with_test,
          {[&](auto thread, auto logits, auto labels) { of_train.add(thread, logits, labels); },
           [&](auto thread, auto logits, auto labels) { of_dev.add(thread, logits, labels); }});
  const Answers answers{of_train.all(comm_), of_dev.all(comm_)};
  agree(comm_, [&] {
    if (comm_.is_root()) take_answers(answers);
  });
  return scores;
}

}  // namespace lockstep
