#pragma once
// Scores a saved model on a set of its own job.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "records/set_metrics.h"
#include "train/decision_counts.h"
#include "train/layout.h"

namespace lockstep {

enum class EvaluationSplit { train, train_dev, dev, test };

// The most predictions (examples times outputs) of which metrics are computed: a gibibyte on rank
// 0.
constexpr std::uint64_t kMostEvaluatedPredictions = std::uint64_t{1} << 28U;

struct CheckpointScores {
  std::uint64_t step = 0;
  std::uint64_t examples = 0;
  std::optional<double> error;        // none of values
  std::optional<double> error_floor;  // for the training set: see train/contradictions.h
  double cost = 0;                    // mean loss; on the training set J, with the penalty
  double penalty = 0;                 // part of J; 0 for other sets
  std::string weights_digest;
  std::optional<DecisionCounts> decisions;  // none of values
  SetMetrics metrics;                       // absent with more than kMostEvaluatedPredictions
  std::vector<std::string> class_names;     // by number; empty: classes have no names
  std::vector<std::string> target_names;    // names of the label columns; or empty
};

// Collective. Reads the checkpoint on rank 0 and the data as training did, and returns the same
// numbers as the run's summary, on rank 0. Throws AgreedError when there is no such set, or when
// its data has changed (unless allowed).
CheckpointScores evaluate_checkpoint(const std::filesystem::path& path, EvaluationSplit split,
                                     const Communicator& comm, const Layout& layout,
                                     bool allow_changed_data);

}  // namespace lockstep
