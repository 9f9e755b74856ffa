#pragma once
// The record of one evaluation, built from what was measured. Pure.

#include <cstdint>
#include <span>

#include "nn/loss.h"
#include "records/observer.h"
#include "train/scores.h"
#include "train/weight_measures.h"

namespace lockstep {

// The steps since the evaluation before, or since the start.
struct TrainedInterval {
  std::span<const LossSums> shard_losses;  // of the batches trained on, by shard
  std::uint64_t rows = 0;                  // of those batches
  double step_seconds = 0;                 // spent on the steps
};

// `step`: steps done; `epoch`: epochs that they make. The rate and the seconds of training,
// as well as whether it is the best evaluation, are left to the caller.
Evaluation evaluation_record(std::uint64_t step, double epoch, const Scores& scores,
                             const WeightMeasures& weights, const TrainedInterval& interval);

}  // namespace lockstep
