#pragma once
// Builds the record of one evaluation from the measurements. Pure.

#include <cstdint>
#include <span>

#include "metrics/scores.h"
#include "nn/loss.h"
#include "records/evaluation.h"
#include "train/weight_measures.h"

namespace lockstep {

// The steps since the previous evaluation, or since the start.
struct TrainedInterval {
  std::span<const LossSums> shard_losses;  // by shard, for the batches trained on
  std::uint64_t rows = 0;                  // number of rows of those batches
  double step_seconds = 0;                 // time of the steps
};

// `step`: number of steps done; `epoch`: the same in epochs. The caller sets the rate, the seconds
// of training, and whether this is the best evaluation.
Evaluation evaluation_record(std::uint64_t step, double epoch, const Scores& scores,
                             const WeightMeasures& weights, const TrainedInterval& interval);

}  // namespace lockstep
