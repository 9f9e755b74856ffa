#include "diagnose/checkpoint_summary.h"

#include <optional>
#include <vector>

#include "comm/agreement.h"
#include "evaluate/evaluate_checkpoint.h"
#include "sets/dataset_sizes.h"

namespace lockstep {
namespace {

void add_scores(EvaluationSplit set, const CheckpointScores& scores, Summary& summary) {
  const auto put = [&](std::optional<double>& error, std::optional<double>& cost,
                       std::optional<RelativeRmse>& rmse) {
    error = scores.error;
    cost = scores.cost;
    rmse = scores.relative_rmse;
  };
  ValueErrors& values = summary.value_errors;
  values.deviation = scores.target_deviation;
  switch (set) {
    case EvaluationSplit::train:
      put(summary.train_error, summary.train_cost, values.train);
      summary.train_error_floor = scores.error_floor;
      summary.l2_penalty = scores.penalty;  // L2 and L1 together
      break;
    case EvaluationSplit::train_dev:
      put(summary.train_dev_error, summary.train_dev_cost, values.train_dev);
      break;
    case EvaluationSplit::dev:
      put(summary.dev_error, summary.dev_cost, values.dev);
      break;
    case EvaluationSplit::test:
      put(summary.test_error, summary.test_cost, values.test);
      break;
  }
}

}  // namespace

void add_set_sizes(const Job& job, Summary& summary) {
  const DatasetSizes sizes = dataset_sizes(job);
  summary.train_examples = sizes.train;
  summary.train_dev_examples = sizes.train_dev;
  summary.dev_examples = sizes.dev;
  summary.test_examples = sizes.test;
  summary.features = sizes.features;
  summary.images = sizes.image.has_value();
}

Summary summary_of_checkpoint(const std::filesystem::path& checkpoint, const Job& job,
                              const Communicator& comm, const Layout& layout,
                              bool allow_changed_data) {
  Summary summary;
  std::vector<EvaluationSplit> sets;
  agree(comm, [&] {
    if (!comm.is_root()) return;
    add_set_sizes(job, summary);
    sets.push_back(EvaluationSplit::train);
    if (summary.train_dev_examples > 0) sets.push_back(EvaluationSplit::train_dev);
    if (summary.dev_examples > 0) sets.push_back(EvaluationSplit::dev);
    if (summary.test_examples > 0) sets.push_back(EvaluationSplit::test);
  });
  comm.broadcast(sets);
  for (const EvaluationSplit set : sets) {
    const CheckpointScores scores =
        evaluate_checkpoint(checkpoint, set, comm, layout, allow_changed_data);
    if (comm.is_root()) add_scores(set, scores, summary);
  }
  return summary;
}

}  // namespace lockstep
