#include "evaluate/score_examples.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/worker_pool.h"
#include "comm/agreement.h"
#include "evaluate/evaluator.h"
#include "metrics/relative_rmse.h"
#include "metrics/threshold.h"
#include "nn/layers.h"

namespace lockstep {
namespace {

// The numbers of this rank's examples in the order of the blocks.
std::vector<std::uint32_t> ids_in_order(const ScoredExamples& scored) {
  std::vector<std::uint32_t> ids;
  for (const std::vector<RowBlock>& of_thread : scored.blocks) {
    for (const RowBlock& block : of_thread) {
      for (const std::uint32_t row : block) ids.push_back(scored.examples.ids[row]);
    }
  }
  return ids;
}

// Throws Error(usage) when the worst examples are asked for and there are too many predictions.
void require_size_for_worst(std::size_t worst, std::uint64_t predictions) {
  if (worst == 0 || predictions <= kMostEvaluatedPredictions) return;
  throw Error(ExitCode::usage,
              fmt::format("--worst: the set has {} predictions, and the worst of at most {} can be "
                          "found: leave --worst "
                          "out, or give another --split, or fewer examples as --data",
                          predictions, kMostEvaluatedPredictions));
}

}  // namespace

ScoresAndPredictions score_and_predict(const SavedModel& model, const ScoredExamples& scored,
                                       const Communicator& comm, const Layout& layout) {
  const NetworkSpec& spec = model.network.spec();
  const std::uint64_t predicted = scored.total * output_size(spec);
  agree(comm, [&] { require_size_for_worst(scored.worst, predicted); });
  WorkerPool pool(layout.threads);
  Evaluator evaluator(comm, pool, model.network, model.normalizer, model.targets,
                      scored.label_width);
  DecisionCounter counter(spec, scored.label_width, layout.threads);
  PredictionCollector collector(spec, model.targets, scored.label_width, layout.threads);
  const bool collects = predicted <= kMostEvaluatedPredictions;
  const Evaluator::Visit count = [&](int thread, Matrix<const float> logits,
                                     Matrix<const float> labels) {
    counter.add(thread, logits, labels);
    if (collects) collector.add(thread, logits, labels);
  };
  const LossSums sums =
      evaluator.evaluate(model.weights, scored.examples, scored.blocks, count, scored.row_weights);
  const auto examples = static_cast<double>(scored.total);
  CheckpointScores scores;
  scores.step = model.step;
  scores.examples = scored.total;
  scores.weights_digest = model.weights_digest;
  scores.class_names = class_names_of(model.table);
  if (model.table) scores.target_names = label_names(model.table->fitted->schema);
  scores.cost = sums.loss / examples;
  scores.error = error_rate(sums);
  scores.decisions = counter.total(comm);
  Predictions predictions = collector.all(comm);
  std::vector<std::uint32_t> ids;
  if (scored.worst > 0) {
    ids = comm.gather(std::span<const std::uint32_t>(ids_in_order(scored)));
  }
  if (!comm.is_root()) return {std::move(scores), {}};
  scores.metrics = metrics_of(predictions, scored.class_counts);
  if (collects && has_error_rate(spec.loss)) scores.metrics.log_loss = scores.cost;
  const std::span<const double> deviations = scored.target_deviations;
  if (deviations.size() == 1) scores.target_deviation = deviations[0];
  if (collects && !deviations.empty()) {
    scores.relative_rmse = relative_rmse(predictions, deviations, model.job.seed);
  }
  if (collects) {
    scores.worst = worst_examples(predictions, ids, model.targets.deviation, scored.worst);
  }
  if (collects && model.threshold && are_finite(predictions)) {
    add_threshold(*model.threshold, predictions, scores.metrics);
  }
  return {std::move(scores), std::move(predictions)};
}

CheckpointScores score_examples(const SavedModel& model, const ScoredExamples& scored,
                                const Communicator& comm, const Layout& layout) {
  return score_and_predict(model, scored, comm, layout).scores;
}

}  // namespace lockstep
