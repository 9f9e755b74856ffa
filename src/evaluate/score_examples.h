#pragma once
// Scores a saved model on labelled examples.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "comm/layout.h"
#include "data/examples.h"
#include "metrics/decision_counts.h"
#include "metrics/set_metrics.h"
#include "metrics/worst_examples.h"
#include "model/saved_model.h"
#include "records/set_metrics.h"
#include "records/value_errors.h"
#include "sets/evaluation_blocks.h"

namespace lockstep {

// The most predictions (examples times outputs) of which metrics are computed: a gibibyte on rank
// 0.
constexpr std::uint64_t kMostEvaluatedPredictions = std::uint64_t{1} << 28U;

struct CheckpointScores {
  std::uint64_t step = 0;
  std::uint64_t examples = 0;
  std::optional<double> error;        // none of values
  std::optional<double> error_floor;  // for the training set: see sets/contradictions.h
  double cost = 0;                    // mean loss; on the training set J, with the penalty
  double penalty = 0;                 // part of J; 0 for other sets
  std::string weights_digest;
  std::optional<DecisionCounts> decisions;  // none of values
  SetMetrics metrics;                       // absent with more than kMostEvaluatedPredictions
  std::vector<std::string> class_names;     // by number; empty: classes have no names
  std::vector<std::string> target_names;    // names of the label columns; or empty
  std::optional<RelativeRmse> relative_rmse = {};  // present for losses that predict values
  double target_deviation = 0;                     // of a single target; otherwise 0
  std::vector<WorstExample> worst = {};  // as many as were asked for; without their places
};

// The examples of all ranks.
struct ScoredExamples {
  const Examples& examples;  // of this rank
  const EvaluationBlocks& blocks;
  std::uint64_t total = 0;  // of all ranks
  std::uint64_t label_width = 0;
  std::span<const std::uint64_t> class_counts;  // as metrics_of() takes them
  std::span<const float> row_weights = {};      // as Evaluator::evaluate() takes them
  // Those of the targets over the training set; empty: relative_rmse is not computed.
  std::span<const double> target_deviations = {};
  std::size_t worst = 0;  // the most examples that `worst` names
};

struct ScoresAndPredictions {
  CheckpointScores scores;
  Predictions predictions;  // empty with more than kMostEvaluatedPredictions
};

// Collective. The scores of score_examples(), and the predictions in the order of the blocks, on
// rank 0. Throws AgreedError(usage) when `worst` is above 0 and there are more than
// kMostEvaluatedPredictions.
ScoresAndPredictions score_and_predict(const SavedModel& model, const ScoredExamples& scored,
                                       const Communicator& comm, const Layout& layout);

// Collective. Returns the scores, whose cost is the mean loss, on rank 0: the same at every layout.
CheckpointScores score_examples(const SavedModel& model, const ScoredExamples& scored,
                                const Communicator& comm, const Layout& layout);

}  // namespace lockstep
