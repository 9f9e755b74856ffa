#include "train/run_scorer.h"

#include "comm/agreement.h"
#include "nn/layers.h"
#include "train/dev_metric.h"
#include "train/set_metrics.h"

namespace lockstep {

RunScorer::RunScorer(const Job& job, const Communicator& comm, const Layout& layout,
                     const Dataset& data, const Network<float>& network, WorkerPool& pool)
    : comm_(comm),
      layout_(layout),
      data_(data),
      network_(network),
      always_with_metrics_(needs_predictions(stopping_metric(job))),
      evaluator_(comm, pool, network, data.normalizer, data.targets, data.label_width),
      sample_(training_blocks(data.geometry, data.own_shards, layout.threads, data.shard_rows,
                              job.evaluation.train_examples)),
      sample_examples_(training_block_examples(data.geometry, job.evaluation.train_examples)) {}

SetScore RunScorer::sample(std::span<const float> weights) {
  return {evaluator_.evaluate(weights, data_.train, sample_, {}, data_.row_weights),
          sample_examples_};
}

SetScore RunScorer::held_out(std::span<const float> weights, const HeldOutSet& set,
                             const Evaluator::Visit& visit) {
  return {evaluator_.evaluate(weights, set.examples, set.blocks, visit), set.total};
}

SetScore RunScorer::with_metrics(std::span<const float> weights, const HeldOutSet& set,
                                 const Evaluator::Visit& visit) {
  const std::uint64_t predictions = set.total * output_size(network_.spec());
  if (predictions == 0 || (predictions > kMostPredictions && !always_with_metrics_)) {
    return held_out(weights, set, visit);
  }
  PredictionCollector collector(network_.spec(), data_.targets, data_.label_width, layout_.threads);
  SetScore score = held_out(weights, set, [&](auto thread, auto logits, auto labels) {
    collector.add(thread, logits, labels);
    if (visit) visit(thread, logits, labels);
  });
  const Predictions all = collector.all(comm_);
  if (!comm_.is_root()) return score;
  score.metrics = metrics_of(all, data_.class_counts);
  if (has_error_rate(network_.spec().loss)) score.metrics.log_loss = mean_loss(score);
  return score;
}

Scores RunScorer::during_run(std::span<const float> weights) {
  Scores scores;
  scores.train = sample(weights);
  scores.train_dev = held_out(weights, data_.train_dev);
  scores.dev = with_metrics(weights, data_.dev);
  return scores;
}

Scores RunScorer::all(std::span<const float> weights, bool with_test, const AnswerVisits& visits) {
  const EvaluationBlocks blocks =
      training_blocks(data_.geometry, data_.own_shards, layout_.threads, data_.shard_rows, 0);
  Scores scores;
  scores.train = {
      evaluator_.evaluate(weights, data_.train, blocks, visits.train, data_.row_weights),
      data_.geometry.train_examples};
  scores.train_dev = held_out(weights, data_.train_dev);
  scores.dev = with_metrics(weights, data_.dev, visits.dev);
  if (with_test) scores.test = with_metrics(weights, data_.test);
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
