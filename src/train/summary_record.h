#pragma once
// The summary of a run, built from what was measured at its end. Pure.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "config/job.h"
#include "data/shards.h"
#include "records/observer.h"
#include "train/dataset.h"
#include "train/layout.h"
#include "train/run_position.h"
#include "train/scores.h"
#include "train/step_counts.h"
#include "train/weight_measures.h"

namespace lockstep {

// Training examples of the first `step` steps of a run.
std::uint64_t trained_examples(const BatchGeometry& geometry, std::uint64_t step);

// How a run ended. Scores and measures are of the weights that the summary is of.
struct RunEnd {
  std::string stop_reason;
  StepCounts counts;
  RunPosition position;  // its sessions up to the end
  Scores scores;         // of all training examples
  std::optional<double> train_error_floor;
  WeightMeasures measures;
  std::span<const float> weights;
  bool restored_best = false;           // the weights are those of the best evaluation
  std::uint64_t peak_memory_bytes = 0;  // the largest rank's
};

// `versions`: of the environment. The diagnosis is left to the observers.
Summary summary_record(const Job& job, const Layout& layout, const Dataset& data, const RunEnd& end,
                       const std::map<std::string, std::string>& versions);

}  // namespace lockstep
