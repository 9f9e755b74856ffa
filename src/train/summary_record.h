#pragma once
// Builds the summary of a run from the measurements at its end. Pure.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "comm/layout.h"
#include "config/job.h"
#include "data/shards.h"
#include "metrics/scores.h"
#include "records/summary.h"
#include "sets/dataset.h"
#include "train/run_position.h"
#include "train/step_counts.h"
#include "train/weight_measures.h"

namespace lockstep {

// Number of training examples in the first `step` steps of a run.
std::uint64_t trained_examples(const BatchGeometry& geometry, std::uint64_t step);

// The end of a run. Scores and measures are those of the weights that the summary describes.
struct RunEnd {
  std::string stop_reason;
  StepCounts counts;
  RunPosition position;  // with the sessions up to the end
  Scores scores;         // on all training examples
  std::optional<double> train_error_floor;
  WeightMeasures measures;
  std::span<const float> weights;
  bool restored_best = false;           // the weights are those of the best evaluation
  std::uint64_t peak_memory_bytes = 0;  // memory of the rank with the most
};

// `versions`: those of the environment. Observers add the diagnosis.
Summary summary_record(const Job& job, const Layout& layout, const Dataset& data, const RunEnd& end,
                       const std::map<std::string, std::string>& versions);

}  // namespace lockstep
