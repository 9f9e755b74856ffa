#include "train/summary_record.h"

#include "base/digest.h"
#include "train/decide.h"
#include "train/phase_clock.h"
#include "train/sessions.h"

namespace lockstep {
namespace {

void add_scores(const RunEnd& end, Summary& summary) {
  const Scores& scores = end.scores;
  summary.train_error = error_rate(scores.train);
  summary.train_error_floor = end.train_error_floor;
  summary.train_dev_error = error_rate(scores.train_dev);
  summary.dev_error = error_rate(scores.dev);
  summary.test_error = error_rate(scores.test);
  summary.train_cost = cost(scores.train, end.measures.penalty);
  summary.train_dev_cost = mean_loss(scores.train_dev);
  summary.dev_cost = mean_loss(scores.dev);
  summary.test_cost = mean_loss(scores.test);
  summary.dev_metrics = scores.dev.metrics;
  summary.test_metrics = scores.test.metrics;
  summary.value_errors.train = scores.train.relative_rmse;
  summary.value_errors.train_dev = scores.train_dev.relative_rmse;
  summary.value_errors.dev = scores.dev.relative_rmse;
  summary.value_errors.test = scores.test.relative_rmse;
}

void add_weights(const RunEnd& end, Summary& summary) {
  summary.l2_penalty = end.measures.penalty.l2;
  summary.l1_penalty = end.measures.penalty.l1;
  summary.weights_norm = end.measures.statistics.norm;
  summary.weights_near_zero = end.measures.statistics.near_zero;
  summary.weights_digest = digest_hex(digest_of(std::as_bytes(end.weights)));
}

// Adds the times of all known sessions; steps before the first of them are not counted.
void add_times(const BatchGeometry& geometry, const RunPosition& position, Summary& summary) {
  summary.sessions = position.sessions;
  summary.seconds = total_phases(position.sessions);
  const std::uint64_t examples = trained_examples(geometry, position.step) -
                                 trained_examples(geometry, position.sessions.front().first_step);
  summary.examples_per_second = static_cast<double>(examples) / seconds_of_steps(summary.seconds);
}

void add_data(const Dataset& data, Summary& summary) {
  summary.train_examples = data.geometry.train_examples;
  summary.train_dev_examples = data.train_dev.total;
  summary.dev_examples = data.dev.total;
  summary.test_examples = data.test.total;
  summary.train_fingerprint = data.train_fingerprint;
  summary.dev_fingerprint = data.dev.fingerprint;
  summary.features = data.features;
  if (data.target_deviations.size() == 1) {
    summary.value_errors.deviation = data.target_deviations[0];
  }
  summary.images = data.image.has_value();
}

}  // namespace

std::uint64_t trained_examples(const BatchGeometry& geometry, std::uint64_t step) {
  const std::uint64_t per_epoch = steps_per_epoch(geometry);
  std::uint64_t rows = step / per_epoch * geometry.train_examples;
  for (std::uint64_t i = 0; i < step % per_epoch; ++i) rows += batch_rows(geometry, i);
  return rows;
}

Summary summary_record(const Job& job, const Layout& layout, const Dataset& data, const RunEnd& end,
                       const std::map<std::string, std::string>& versions) {
  const RunPosition& position = end.position;
  Summary summary;
  summary.stop_reason = end.stop_reason;
  summary.epochs = end.counts.epochs(position.step);
  summary.steps = position.step;
  summary.skipped_steps = position.skipped_steps;
  summary.rollbacks = position.rollbacks.count;
  summary.evaluations = position.evaluations;
  if (position.stopping.best_metric) {
    summary.best_step = position.stopping.best_step;
    summary.best_epoch = end.counts.epochs(position.stopping.best_step);
  }
  add_scores(end, summary);
  add_weights(end, summary);
  add_times(data.geometry, position, summary);
  add_data(data, summary);
  summary.checkpoint = summarized_checkpoint(job.checkpointing, end.restored_best);
  summary.peak_memory_bytes = end.peak_memory_bytes;
  summary.ranks = layout.ranks;
  summary.threads = layout.threads;
  summary.shards = static_cast<int>(job.training.shards);
  summary.versions = versions;
  return summary;
}

}  // namespace lockstep
